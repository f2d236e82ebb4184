"""The transcripts in ``docs`` come from a command, with a real server and the real clients."""

from pathlib import Path

from server.transcripts import FILE, Talk, Talks, read, write
from tests.channels.wechat.keys import SERVER_ENVIRONMENT
from tests.conftest import ROOT

SAYS = ["朝阳退休每月返多少", "2", "详细"]
TALKS = Talks("微信", "终端", [Talk("同名的地方", SAYS), Talk("从头说起", ["那能取出来吗"])])


def test_a_conversation_is_held_in_both_and_written_down(server: str, tmp_path: Path) -> None:
    files = write(tmp_path, server, TALKS, SERVER_ENVIRONMENT)
    weixin, terminal = (file.read_text(encoding="utf-8") for file in files)
    assert [file.name for file in files] == ["transcripts-wechat.md", "transcripts-shell.md"]
    for text, me, option in ((weixin, "我：", "【2】"), (terminal, "您：", "[2] ")):
        assert f"## 1. {TALKS.talks[0].title}" in text
        asked, picked, more = text.split(me)[1:4]
        assert "哪一个" in asked
        assert f"{option}辽宁朝阳市" in asked
        # A number picks in the same conversation, and the fold opens.
        assert "每月 65 元" in picked.split("。")[0]
        assert "来源：" in more
        assert "来源：" not in picked
        # The second person is somebody else.
        assert "65" not in text.split(me)[4]


def test_there_are_ten_and_the_pages_in_docs_hold_them_all() -> None:
    talks = read(FILE)
    assert len(talks.talks) == 10
    for name in ("wechat", "shell"):
        text = (ROOT / f"docs/transcripts-{name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {getattr(talks, name)}")
        me = "我：" if name == "wechat" else "您："
        for talk in talks.talks:
            assert talk.title in text
            assert all(f"{me}{line}" in text for line in talk.says)
        assert "连不上" not in text
        assert "出了点毛病" not in text

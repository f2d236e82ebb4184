"""The web channel of the real server, with the real model."""

import uuid

import pytest
import requests

from tests.channels.test_privacy import stored, traces
from tests.channels.variants import PERSONAL, expected, typed


@pytest.fixture
def page(server: str) -> requests.Session:
    session = requests.Session()
    token = session.post(f"{server}/chat/session", json={}, timeout=10).json()["token"]
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def test_a_whole_visit(server: str, page: requests.Session) -> None:
    body = {"id": str(uuid.uuid4()), "text": "北京退休人员75岁医保每月返多少钱"}
    answer = page.post(f"{server}/chat/message", json=body, timeout=30)
    assert answer.status_code == 200
    [reply] = answer.json()["replies"]
    blocks = reply["custom"]["answers"][0]["blocks"]
    assert [each["amount"] for each in blocks if each["kind"] == "figure"] == ["110"]
    assert page.post(f"{server}/chat/message", json=body, timeout=30).json() == answer.json()

    turns = page.get(f"{server}/chat/history", timeout=10).json()["turns"]
    assert [turn["from"] for turn in turns] == ["user", "bot"]
    assert turns[1]["id"] == reply["id"]
    assert turns[1]["custom"] == reply["custom"]

    thumb = {"reply": reply["id"], "value": "up"}
    assert page.post(f"{server}/chat/feedback", json=thumb, timeout=10).status_code == 204
    again = {"id": str(uuid.uuid4()), "text": "那上海呢"}
    replies = page.post(f"{server}/chat/message", json=again, timeout=30).json()["replies"]
    assert "上海" in replies[0]["text"]

    assert page.delete(f"{server}/chat/session", timeout=10).status_code == 204
    assert page.get(f"{server}/chat/history", timeout=10).json()["turns"] == []


def test_a_personal_number_is_masked_on_the_way_in(server: str, page: requests.Session) -> None:
    text = "我身份证110101195003072318，医保余额怎么查"
    body = {"id": str(uuid.uuid4()), "text": text}
    answer = page.post(f"{server}/chat/message", json=body, timeout=30).json()
    assert answer["note"]
    history = page.get(f"{server}/chat/history", timeout=10)
    assert "110101195003072318" not in history.text
    assert history.json()["turns"][0]["text"] == "我身份证***，医保余额怎么查"


def test_the_page_is_served(server: str) -> None:
    answer = requests.get(f"{server}/chat", timeout=10)
    assert answer.status_code == 200
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    assert requests.get(f"{server}/chat/config", timeout=10).json()["topics"]


def test_no_variant_leaves_a_trace_on_the_real_server(
    server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for number, line in enumerate(PERSONAL):
        body = {"sender": f"private-{number}", "message": typed(line)}
        answer = requests.post(f"{server}/webhooks/rest/webhook", json=body, timeout=30)
        assert answer.status_code == 200
        assert answer.json()[0]["text"]
    metrics = requests.get(f"{server}/metrics", timeout=10).content
    folders = tmp_path_factory.getbasetemp().glob("server*")
    everything = b"\n".join([metrics, *map(stored, folders)]).decode(errors="replace")
    assert expected(PERSONAL[0]) in everything, "the search itself finds nothing"
    # Shorter ones may stand in what other tests said on purpose.
    assert not [trace for trace in traces(PERSONAL) if len(trace) >= 11 and trace in everything]

"""Starting on a fresh machine: what is missing is said in a sentence, and nothing is forced."""

import os
import pty
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What the script itself calls.
SHELL = ("sh", "dirname", "id", "env", "chmod")
TOOLS = ("chromium", "node", "npm", "nginx", "openssl", "docker-compose")
APT = """#!/bin/sh
echo "$@" >> "$LOG"
for name in chromium node npm nginx openssl docker-compose; do
    [ "$1" = update ] || : > "$BIN/$name" && chmod +x "$BIN"/*
done
exit "${APT_FAILS:-0}"
"""
Script = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the script alone, and a machine with nothing but a shell."""
    folder = tmp_path / "project"
    (folder / "scripts").mkdir(parents=True)
    (folder / "widget" / "node_modules").mkdir(parents=True)
    text = (ROOT / "scripts/test-tools.sh").read_text(encoding="utf-8")
    # The machine's own nginx would be found there.
    assert ":/usr/sbin:/sbin" in text
    (folder / "scripts/test-tools.sh").write_text(text.replace(":/usr/sbin:/sbin", ""), "utf-8")
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name in SHELL:
        (binaries / name).symlink_to(str(shutil.which(name)))
    (binaries / "sudo").write_text('#!/bin/sh\nexec "$@"\n', "utf-8")
    (binaries / "sudo").chmod(0o755)
    return folder


def with_tools(project: Path, *names: str) -> None:
    for name in names:
        file = project.parent / "bin" / name
        file.write_text(APT if name == "apt-get" else "#!/bin/sh\n", "utf-8")
        file.chmod(0o755)


def run(project: Path, terminal: int | None = None, **environment: str) -> tuple[int, str, str]:
    """Exit code, the browser, and what is said."""
    binaries = project.parent / "bin"
    log = project.parent / "apt.log"
    streams = {} if terminal is None else {"stderr": terminal}
    done = subprocess.run(
        ["sh", str(project / "scripts/test-tools.sh")],
        env={"PATH": str(binaries), "BIN": str(binaries), "LOG": str(log)} | environment,
        stdin=subprocess.DEVNULL if terminal is None else terminal,
        stdout=subprocess.PIPE, text=True, check=False,
        **(streams or {"stderr": subprocess.PIPE}),
    )  # fmt: skip
    return done.returncode, done.stdout.strip(), done.stderr or ""


def installed(project: Path) -> str:
    log = project.parent / "apt.log"
    return log.read_text("utf-8") if log.exists() else ""


def test_a_machine_that_has_everything_hears_nothing(project: Path) -> None:
    with_tools(project, *TOOLS, "apt-get")
    code, browser, said = run(project)
    assert (code, said) == (0, "")
    assert browser == str(project.parent / "bin" / "chromium")
    assert installed(project) == ""


@pytest.mark.parametrize("name", ["chromium-browser", "google-chrome"])
def test_another_browser_will_do(project: Path, name: str) -> None:
    with_tools(project, *TOOLS[1:], name)
    assert run(project) == (0, str(project.parent / "bin" / name), "")


def test_a_missing_browser_is_one_sentence_with_what_to_install(project: Path) -> None:
    with_tools(project, *TOOLS[1:], "apt-get")
    code, browser, said = run(project)
    assert (code, browser) == (0, "")
    (line,) = said.splitlines()
    assert "apt-get install chromium" in line
    assert "跳过" in line
    assert installed(project) == "", "the system was touched without asking"


def test_a_system_without_apt_is_told_too(project: Path) -> None:
    with_tools(project, *TOOLS[1:])
    code, _, said = run(project)
    assert code == 0
    assert "chromium" in said
    assert len(said.splitlines()) == 1


def test_ci_installs_it(project: Path) -> None:
    with_tools(project, "apt-get")
    code, browser, said = run(project, CI="true")
    assert code == 0
    assert Path(browser).name == "chromium"
    assert len(said.splitlines()) == 1
    install = installed(project).splitlines()[-1]
    for name in ("chromium", "nodejs", "nginx-light", "docker-compose"):
        assert name in install


def test_ci_does_not_go_on_with_less(project: Path) -> None:
    with_tools(project, "apt-get")
    code, _, said = run(project, CI="true", APT_FAILS="1")
    assert code == 1
    assert "没装上" in said


@pytest.mark.parametrize(("answer", "wanted"), [("n", False), ("", False), ("y", True)])
def test_at_a_terminal_it_asks(project: Path, answer: str, wanted: bool) -> None:
    with_tools(project, *TOOLS[1:], "apt-get")
    master, inside = pty.openpty()
    try:
        os.write(master, f"{answer}\n".encode())
        code, browser, _ = run(project, terminal=inside)
        said = os.read(master, 65536).decode()
    finally:
        os.close(master)
        os.close(inside)
    assert code == 0
    assert "[y/N]" in said
    assert bool(browser) == wanted
    assert bool(installed(project)) == wanted


def test_make_test_and_ci_use_it() -> None:
    assert "scripts/test-tools.sh" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "scripts/test-tools.sh" in (ROOT / ".ci/run").read_text(encoding="utf-8")


# —— the environment ——

UV = """#!/bin/sh
echo "index=$UV_DEFAULT_INDEX $*" >> "$LOG"
case "$UV_FAILS$*" in 1*sync*|1export*) echo "error: no network" >&2; exit 2 ;; esac
[ "$1" != venv ] || mkdir -p .venv/bin
[ "$1" != sync ] || mkdir -p .venv/bin
[ ! -d .venv/bin ] || { printf '#!/bin/sh\\n' > .venv/bin/python; chmod +x .venv/bin/python; }
"""
MORE = ("awk", "cmp", "cp", "df", "mkdir", "mktemp", "printf", "python3", "rm")
Environment = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """Runs ``scripts/environment.sh`` on a fresh machine with a uv that only notes its orders."""
    folder, binaries, log = tmp_path / "project", tmp_path / "bin", tmp_path / "uv.log"
    (folder / "scripts").mkdir(parents=True)
    binaries.mkdir()
    shutil.copy(ROOT / "scripts/environment.sh", folder / "scripts")
    (folder / "uv.lock").write_text("version = 1\n", "utf-8")
    for name in (*SHELL, *MORE):
        if found := shutil.which(name):
            (binaries / name).symlink_to(found)
    (binaries / "uv").write_text(UV, "utf-8")
    (binaries / "uv").chmod(0o755)

    def started(**variables: str) -> tuple[int, str, list[str]]:
        done = subprocess.run(
            ["sh", str(folder / "scripts/environment.sh")],
            env={"PATH": str(binaries), "HOME": str(tmp_path), "LOG": str(log)} | variables,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        orders = log.read_text("utf-8").splitlines() if log.exists() else []
        assert done.stdout == ""
        return done.returncode, done.stderr, orders

    return started


def installing(orders: list[str]) -> list[str]:
    return [order for order in orders if " sync " in order]


def test_the_environment_is_made_in_one_line_and_then_not_again(environment: Environment) -> None:
    code, said, orders = environment()
    assert code == 0
    (line,) = said.splitlines()
    assert "安装依赖" in line
    (order,) = installing(orders)
    assert order.startswith("index= sync --frozen")
    code, said, after = environment()
    assert (code, said, after) == (0, "", orders)


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"])
def test_a_mirror_is_used_with_the_checksums_of_the_lock(
    environment: Environment, variable: str
) -> None:
    code, said, orders = environment(**{variable: "https://mirror.example.cn/simple"})
    assert code == 0
    assert len(said.splitlines()) == 1
    (order,) = installing(orders)
    assert order.startswith("index=https://mirror.example.cn/simple pip sync")
    assert "--require-hashes" in order


@pytest.mark.parametrize("mirror", ["", "https://mirror.example.cn/simple"])
def test_an_installation_that_fails_says_what_to_try_and_is_tried_again(
    environment: Environment, mirror: str
) -> None:
    code, said, _ = environment(UV_FAILS="1", UV_DEFAULT_INDEX=mirror)
    assert code == 1
    assert "镜像" in said.splitlines()[-1]
    assert environment(UV_DEFAULT_INDEX=mirror)[0] == 0


def test_a_full_disk_is_said_before_anything_is_loaded(
    environment: Environment, tmp_path: Path
) -> None:
    full = tmp_path / "bin" / "df"
    full.unlink()
    full.write_text("#!/bin/sh\necho head\necho disk 9999999 1 1048576 99% /\n", "utf-8")
    full.chmod(0o755)
    code, said, orders = environment()
    assert code == 1
    assert "只剩 1 GB" in said
    assert installing(orders) == []


def test_the_readme_says_what_it_takes() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    top = text[: text.index("## ")]
    for word in ("make run", "make test", "WSL", "GB", "UV_DEFAULT_INDEX"):
        assert word in top

"""Times the page on a slow phone beside an earlier one: ``python -m tests.widget.throttled rev``.

Both are served by the mock and opened by turns, so that what else the machine does falls on
both alike; what counts is the ratio.
"""

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.widget.chat import FIGURE
from tests.widget.conftest import ARGUMENTS, CHROMIUM, PHONE, ROOT

THEN = ("channels/web/static", "widget/mock/replies.json")
# One server for both, so that only the pages differ.
NOW = ("widget/mock/server.mjs", "widget/src/words.json")
# What Chromium's own tools call a mid-tier phone on slow 4G.
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
SLOWER = 4
ROUNDS = 15
SEEN = "1890"
SETTLED = 1000
# What is timed, in milliseconds.
TIMED = ("first contentful paint", "ready to type", "answer seen after sending")


def unpacked(revision: str, folder: Path) -> Path:
    """The page of a revision with the answers that it was made for."""
    command = ["git", "archive", revision, *THEN]
    packed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    for name in NOW:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@contextmanager
def served(root: Path) -> Iterator[str]:
    """The address of a mock."""
    command = ["node", str(root / "widget" / "mock" / "server.mjs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mock:
        assert mock.stdout is not None
        yield mock.stdout.readline().strip()
        mock.terminate()


def timed(browser: Browser, url: str) -> tuple[float, ...]:
    """One visit of somebody who was never here, with one question."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", NETWORK)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{url}/chat")
    field = page.get_by_role("textbox").first
    field.fill(FIGURE)
    ready = page.evaluate("performance.now()")
    # Idle first, so that what the page does about the typing is not taken for its answer; and the
    # clock starts before the key, because a page may draw before or after the key is let go.
    page.wait_for_timeout(SETTLED)
    sent = page.evaluate("performance.now()")
    field.press("Enter")
    page.get_by_text(SEEN).first.wait_for()
    seen = page.evaluate("performance.now()")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return painted, ready, seen - sent


def main() -> None:
    """Print medians and their ratio."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as open_:
        then = open_.enter_context(served(unpacked(sys.argv[1], Path(place))))
        now = open_.enter_context(served(ROOT))
        browser = open_.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS
        )
        rounds = [(timed(browser, then), timed(browser, now)) for _ in range(ROUNDS)]
        for place_, name in enumerate(TIMED):
            before, after = (median(each[side][place_] for each in rounds) for side in (0, 1))
            print(f"{name}: {before:.0f} ms then, {after:.0f} ms now, {after / before:.2f} times")
        browser.close()


if __name__ == "__main__":
    main()

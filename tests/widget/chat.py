"""The chat page as a person uses it, and the questions that the tests ask."""

from playwright.sync_api import Locator, Page, expect

# What the answers to them have to show; the mock and the real bot both know them.
FIGURE = "上海退休75岁每月返多少"
BANDS = "上海退休每月返多少"
COMPARE = "武汉和北京退休75岁哪个返得多"
COMPARE_UNLIKE = "上海和北京退休75岁哪个返得多"
MOTHER = "我妈75岁在上海退休，医保每年打多少钱"
DECISION = "岳父能用我的医保吗"
CAUSE = "返的钱为什么比以前少"
STEPS = "异地就医怎么备案"
BALANCE = "余额怎么查"
ASKED = "退休每月返多少"
TWO = "北京退休72岁每月返多少，余额怎么查"
EMERGENCY = "我爸突然胸口疼"
HELLO = "你好"
WHICH = "那个怎么弄"

REPLIES = "article.left"
SAID = "article.right"


class Chat:
    """One page with the chat on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input = page.get_by_role("textbox", name="您想问什么")
        self.replies = page.locator(REPLIES)
        self.said = page.locator(SAID)
        self.elder = page.get_by_role("button", name="大字")
        self.more = page.get_by_role("button", name="更多", exact=True)

    def type(self, text: str) -> None:
        """Type and send; do not wait."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Locator:
        """Send a message and wait for its answer."""
        before = self.replies.count()
        self.type(text)
        expect(self.replies).to_have_count(before + 1)
        return self.last

    @property
    def last(self) -> Locator:
        """The newest answer."""
        return self.replies.last

    def texts(self) -> list[str]:
        """What the person said, in order."""
        return [each.inner_text() for each in self.said.locator(".Bubble").all()]

    def reload(self) -> None:
        """Load the page again, and wait until it has its settings."""
        self.page.reload()
        expect(self.page.locator(".skeleton")).to_have_count(0)

    def history(self) -> list[dict]:
        """The conversation as the server has it."""
        return self.page.evaluate(
            """async () => {
                const token = JSON.parse(localStorage.getItem("yibao.token"));
                const headers = { Authorization: `Bearer ${token}` };
                const response = await fetch("/chat/history", { headers });
                return (await response.json()).turns;
            }"""
        )

    def times_received(self, text: str) -> int:
        """How often the server got a message."""
        turns = [turn for turn in self.history() if turn["from"] == "user"]
        return sum(turn["text"] == text for turn in turns)

    def settle(self) -> None:
        """Wait until the conversation has scrolled to where it goes."""
        self.page.evaluate(
            """() => new Promise((done) => {
                const log = document.querySelector(".MessageList");
                let [top, calm] = [log.scrollTop, 0];
                const look = () => {
                    calm = log.scrollTop === top ? calm + 1 : 0;
                    top = log.scrollTop;
                    if (calm < 8) requestAnimationFrame(look);
                    else done();
                };
                look();
            })"""
        )

    def overflow(self) -> int:
        """CSS pixels by which anything is wider than the window."""
        return self.page.evaluate(
            """() => Math.max(...[...document.querySelectorAll("body *")]
                .filter((e) => e.checkVisibility() && !e.closest(".hidden"))
                .map((e) => e.getBoundingClientRect().right)) - innerWidth"""
        )

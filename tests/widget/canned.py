"""Writes the answers of the mock: ``python -m tests.widget.canned address`` asks a running bot."""

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import requests

from tests.widget.conftest import WIDGET

FILE = Path(WIDGET) / "mock" / "replies.json"
# Name of an answer in the mock, and what is said until it comes.
CONVERSATIONS: dict[str, list[str]] = {
    "figure": ["上海退休75岁每月返多少"],
    "mother": ["我妈75岁在上海退休，医保每年打多少钱"],
    "assumed": ["我妈75岁在上海退休，医保每年打多少钱", "北京呢"],
    "bands": ["上海退休每月返多少"],
    "beijing": ["退休每月返多少", "北京"],
    "compare": ["上海和北京退休75岁哪个返得多"],
    "wuhan": ["武汉和北京退休75岁哪个返得多"],
    "decision": ["岳父能用我的医保吗"],
    "cause": ["返的钱为什么比以前少"],
    "steps": ["异地就医怎么备案"],
    "balance": ["余额怎么查"],
    "two": ["北京退休72岁每月返多少，余额怎么查"],
    "ask": ["退休每月返多少"],
    "emergency": ["我爸突然胸口疼"],
    "greet": ["你好"],
    "rejected": ["今天天气怎么样"],
    "which": ["那个怎么弄"],
    "unsure": ["不对"],
}


def answer(address: str, said: list[str]) -> dict[str, Any]:
    """The bot's reply to the last of some messages.

    Args:
        address: of the server.
        said: the messages, in order.
    """
    sender = str(uuid.uuid4())
    reply: dict[str, Any] = {}
    for text in said:
        found = requests.post(
            f"{address}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=60
        )
        reply = found.json()[0]
    buttons = [{"title": button["title"]} for button in reply.get("buttons", [])]
    return {"text": reply["text"], "buttons": buttons, "custom": reply["custom"]}


def main() -> None:
    """Ask for all answers and write them."""
    address = sys.argv[1].rstrip("/")
    replies = {name: answer(address, said) for name, said in CONVERSATIONS.items()}
    FILE.write_text(json.dumps(replies, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What a person sees of a text: without signs that nobody sees, in one width.

Every check of typed text starts from here, so that none of them can be passed by a sign that a
later step takes away.
"""

import re
import unicodedata

# Default-ignorable code points of Unicode, controls, half pairs, private and non-characters.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\uffff\ud800-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
# Controls that part words or lines, and the blank pattern of Braille.
_PARTING = re.compile("[\u000b\f\r\u001c-\u001f\u0085\u2028\u2029\u2800]")
_BLANKS = str.maketrans("\t\n", "  ")
# Rasa takes a leading slash for a command; what looks like one is not left to a later step.
_SLASHES = re.compile(r"^[\s/／∕⁄⧸╱⟋\\＼﹨∖⧵⧹]+")


def printed(text: str) -> str:
    """The text as it was written, lines and all, without signs that nobody sees."""
    return _PARTING.sub(" ", _INVISIBLE.sub("", text))


def visible(text: str) -> str:
    """The text without invisible signs, variation selectors and controls, in NFKC.

    A second reading changes nothing: what NFKC makes of a sign may be invisible again.
    """
    while True:
        plain = printed(unicodedata.normalize("NFKC", printed(text)))
        plain = plain.translate(_BLANKS)
        if plain == text:
            return plain
        text = plain


def without_slash(text: str) -> str:
    """A text that Rasa cannot take for a command: without slashes at its beginning."""
    return _SLASHES.sub("", text)

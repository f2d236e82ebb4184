import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nlu.surface import printed, visible, without_slash

# DerivedCoreProperties.txt of Unicode, Default_Ignorable_Code_Point.
IGNORABLE = [
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
]


def test_nothing_ignorable_is_left():
    assert [code for code in IGNORABLE if visible(f"医{chr(code)}保") != "医保"] == []


def test_no_control_format_surrogate_or_private_sign_is_left():
    kept = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in ("Cc", "Cs", "Co"):
            left = visible(f"医{chr(code)}保")
            if left not in ("医保", "医 保"):
                kept.append(hex(code))
    assert kept == []


def test_words_stay_apart_and_widths_are_one():
    assert visible("医保\n余额\t？") == "医保 余额 ?"
    assert visible("１３８ＡＢ①") == "138AB1"
    assert printed("医保\u200b余额？\ufe0f") == "医保余额？"


@given(st.text(max_size=40))
def test_a_second_reading_changes_nothing(text):
    assert visible(visible(text)) == visible(text)


@given(st.text(alphabet=st.sampled_from("/／\\ \u00ad\u3164\uffa0a医"), max_size=12))
def test_no_command_is_left(text):
    assert not visible(without_slash(visible(text))).lstrip().startswith("/")

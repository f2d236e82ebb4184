"""What a run of digits can be: an identity number, a mobile number, a bank card, a hotline."""

import re

PROVINCES = frozenset(
    map(
        str,
        (
            *(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37),
            *(41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83),
        ),
    )
)
# Short numbers that everybody may say: hotlines of offices, banks, carriers and the police.
_HOTLINE = re.compile(
    r"110|112|114|119|120|122|123\d{2}|95\d{3,4}|961\d{2}|96\d{3}|100\d{2}|1066\d|118114|12110"
    r"|(?:400|800)\d{7}"
)
_LANDLINE = re.compile(r"(?:(?:00)?860?|0)(?:10|2\d|[3-9]\d{2})[1-9]\d{6,7}")
_MOBILE = re.compile(r"(?:\+?0{0,2}86|0)?(1[3-9]\d{9})")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_identity(digits: str) -> bool:
    """Whether 18 signs name a province and a day, or are right by their check sign; or 15 do."""
    if len(digits) == 18 and digits[:17].isdigit():
        known = digits[:2] in PROVINCES
        return known and (is_day(digits[6:14]) or is_checked(digits))
    if len(digits) == 15 and digits.isdigit():
        return digits[:2] in PROVINCES and is_day("19" + digits[6:12])
    return False


def is_checked(digits: str) -> bool:
    """Whether the last sign of an identity number of 18 signs fits the others (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == digits[17]


def is_day(digits: str) -> bool:
    """Whether eight digits are a day between 1900 and 2099."""
    year, month, day = digits[:4], int(digits[4:6]), int(digits[6:8])
    return year[:2] in ("19", "20") and 1 <= month <= 12 and 1 <= day <= 31


def is_days(digits: str) -> bool:
    """Whether digits are nothing but days, or a day with a time of day."""
    if not digits.isdigit():
        return False
    if len(digits) in (8, 16):
        return all(is_day(digits[at : at + 8]) for at in range(0, len(digits), 8))
    if len(digits) in (12, 14, 17):
        return is_day(digits[:8]) and int(digits[8:10]) < 24 and int(digits[10:12]) < 60
    return False


def is_year(digits: str) -> bool:
    """Whether four digits are a year of our time."""
    return len(digits) == 4 and digits[:2] in ("19", "20")


def is_mobile(digits: str) -> bool:
    """Whether digits are a mobile number of the mainland, with or without its prefix."""
    return _MOBILE.fullmatch(digits) is not None


def without_prefix(digits: str) -> str:
    """A mobile number's eleven digits."""
    return digits[-11:]


def is_card(digits: str) -> bool:
    """Whether 15 to 19 digits are a bank card by first digit and check digit (Luhn)."""
    if not 15 <= len(digits) <= 19 or not digits.isdigit() or digits[0] not in "34569":
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_union_card(digits: str) -> bool:
    """Whether digits begin and are as long as a UnionPay card."""
    return 16 <= len(digits) <= 19 and digits.isdigit() and digits.startswith("62")


def is_hotline(digits: str) -> bool:
    """Whether digits are a public number."""
    return _HOTLINE.fullmatch(digits) is not None


def is_landline(digits: str) -> bool:
    """Whether digits are an area code with a local number."""
    return _LANDLINE.fullmatch(digits) is not None


def is_round(digits: str) -> bool:
    """Whether digits look like an amount: at least two noughts at the end."""
    return len(digits) > 2 and digits.endswith("00")

"""The arithmetic of numbers that name people and their cards: check digits, dates, divisions."""

from __future__ import annotations

import datetime as dt
import re

from gongkai.ground import clock

# Province codes of GB/T 2260; 81 to 83 stand in residents' permits of Hong Kong, Macao and Taiwan.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_OLDEST = 1880


def is_division(digits: str) -> bool:
    """Whether six digits may be the division of an identity number."""
    # A leading 9 marks the permanent residents' card of foreigners; the province follows it.
    start = 1 if digits[0] == "9" else 0
    return bool(_PROVINCE.match(digits, start)) and digits[2:] != "0000"


def is_birth_day(digits: str) -> bool:
    """Whether eight digits are a day that lies in the past and within a life."""
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return day.year >= _OLDEST and day <= clock.today()


def is_identity_number(digits: str) -> bool:
    """Whether 18 signs are an identity number: division, birth day and check digit (GB 11643, ISO 7064 MOD 11-2)."""
    if len(digits) != 18 or not digits[:17].isdecimal():
        return False
    if not (is_division(digits[:6]) and is_birth_day(digits[6:14])):
        return False
    return check_digit(digits[:17]) == digits[17].upper()


def check_digit(digits: str) -> str:
    """The check digit of the first 17 digits of an identity number."""
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def is_bank_card(digits: str) -> bool:
    """Whether 16 to 19 digits may be a bank card: known first digits and Luhn (ISO/IEC 7812)."""
    if not (16 <= len(digits) <= 19 and digits.isdecimal()) or len(set(digits)) < 4:
        return False
    is_known = digits.startswith(("62", "4", "51", "52", "53", "54", "55", "60", "34", "35", "37", "90", "95", "98"))
    return is_known and luhn(digits)


def luhn(digits: str) -> bool:
    """The check of card numbers."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

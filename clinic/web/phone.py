"""Telephone numbers as people type them, made into something a telephone can dial."""

import re

EXTENSION = re.compile(r"(?i)[\s,;]*(?:ext(?:ension)?\.?|x|#)\s*(\d{1,6})\s*$")
NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/]*\d)*")
SHORTEST, LONGEST = 7, 15  # with a country code
US_LENGTHS = (7, 10)


def digits_of(number: str) -> str:
    return "".join(char for char in number if char.isascii() and char.isdigit())


def parse_phone(text: str) -> tuple[str, str] | None:
    """Return the one number in a text, with a leading plus if it had one, and its extension; None when unsure."""
    text = text.strip()
    extension = ""
    if found := EXTENSION.search(text):
        extension, text = found[1], text[: found.start()]
    runs = NUMBER.findall(text)
    if len(runs) != 1 or any(char.isalpha() for char in text):
        return None
    plus, digits = "+" if runs[0].startswith("+") else "", digits_of(runs[0])
    # Other lengths are two numbers in a row, or one with something behind it: a stranger would answer.
    is_one = SHORTEST <= len(digits) <= LONGEST if plus else len(digits) in US_LENGTHS or is_long_distance(digits)
    return (f"{plus}{digits}", extension) if is_one else None


def is_long_distance(digits: str) -> bool:
    return len(digits) == 11 and digits.startswith("1")


def tel(text: object) -> str:
    """Return the address that dials a number, an extension after a pause; empty when there is no one sure number."""
    parsed = parse_phone(str(text or ""))
    if parsed is None:
        return ""
    number, extension = parsed
    return f"tel:{number},{extension}" if extension else f"tel:{number}"


def last_four(text: object) -> str:
    """Return the last four digits of the one number in a text; empty when there is none."""
    parsed = parse_phone(str(text or ""))
    return parsed[0][-4:] if parsed else ""


def same_phone(text: object) -> str:
    """Return a number as two are compared: its digits, without the 1 of the United States."""
    parsed = parse_phone(str(text or ""))
    return parsed[0].lstrip("+").removeprefix("1") if parsed and len(parsed[0]) > 10 else (parsed[0] if parsed else "")

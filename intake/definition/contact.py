"""Telephone numbers, e-mail addresses and names: what a form takes, how it is kept, and when two are the same."""

import re
import unicodedata

from django.utils.translation import gettext as _

EXTENSION = re.compile(r"(?i)[\s,;]*(?:ext(?:ension)?\.?|x|#)\s*(\d{1,7})\s*$")
PHONE = re.compile(r"[+(]?[\d\s().\-/\u2010-\u2013]*")
EMAIL_LONGEST, LOCAL_LONGEST = 254, 64
LABEL = re.compile(r"[^\W_](?:[^\W_]|-)*(?<!-)")
# Letters that no decomposition takes apart.
PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


class ContactError(ValueError):
    """Say what a person can do about a number, an address or a name that cannot be right."""


def clean_phone(text: str) -> str:
    """Return a number as it is kept: E.164, with `;ext=` before an extension."""
    rest, extension = text.strip(), ""
    if found := EXTENSION.search(rest):
        extension, rest = f";ext={found[1]}", rest[: found.start()].strip()
    if not PHONE.fullmatch(rest):
        raise ContactError(_("Enter a phone number with area code, like 503 555 0177."))
    digits = re.sub(r"\D", "", rest)
    for prefix in ("+", "011", "00"):
        if rest.startswith(prefix):
            return _abroad(digits if prefix == "+" else digits[len(prefix) :]) + extension
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) > 11:
        raise ContactError(_("For a number outside the US, start with + and the country code."))
    return _american(digits) + extension


def _abroad(digits: str) -> str:
    if digits.startswith("1"):
        return _american(digits[1:])
    if not 8 <= len(digits) <= 15 or digits.startswith("0"):
        raise ContactError(_("For a number outside the US, start with + and the country code."))
    return f"+{digits}"


def _american(digits: str) -> str:
    if digits and len(digits) != 10:
        message = _("This number has %(n)d digits. US numbers have 10.")
        raise ContactError(message % {"n": len(digits)})
    if not re.fullmatch(r"[2-9]\d\d[2-9]\d{6}", digits) or digits[1:3] == "11" or len(set(digits)) == 1:
        raise ContactError(_("Enter a phone number with area code, like 503 555 0177."))
    return f"+1{digits}"


def show_phone(text: str) -> str:
    """Return a number as people write it; a text that was kept as typed comes back as it is."""
    number, _sep, extension = text.partition(";ext=")
    if found := re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number):
        number = f"({found[1]}) {found[2]}-{found[3]}"
    return f"{number} ext. {extension}" if extension else number


def phone_key(text: str) -> str:
    """Return a number as two are compared: its digits, without extension and without the 1 of the United States."""
    digits = re.sub(r"\D", "", EXTENSION.sub("", text.partition(";ext=")[0]))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def clean_email(text: str) -> str:
    """Return an address as it is kept: trimmed, the domain in lower case."""
    text = text.strip()
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    if (
        not at
        or "@" in local
        or any(char.isspace() for char in text)
        or not 1 <= len(local) <= LOCAL_LONGEST
        or len(text) > EMAIL_LONGEST
        or local.startswith(".")
        or local.endswith(".")
        or ".." in local
        or len(labels) < 2
        or not all(LABEL.fullmatch(label) for label in labels)
        or not re.fullmatch(r"[^\W\d_]{2,}", labels[-1])
    ):
        raise ContactError(_("Enter an email like name@example.com, or leave it blank."))
    return f"{local}@{domain.lower()}"


def has_letter(text: str) -> bool:
    return any(char.isalpha() for char in text)


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name as two are compared: without case, Latin accents and signs; hyphens part words."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(PLAIN_LETTERS)
    letters: list[str] = []
    for char in unicodedata.normalize("NFD", folded):
        if unicodedata.combining(char) and letters and letters[-1].isascii():
            continue  # an accent on a Latin letter; elsewhere a mark carries meaning
        letters.append(char)
    text = unicodedata.normalize("NFC", "".join(letters))
    kept = ("" if char in "'.\u2019\u02bc`" else char if is_name_char(char) else " " for char in text)
    return tuple("".join(kept).split())


def is_name_char(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


def name_key(name: str) -> str:
    """Return a name as two are compared: Smith-Jones, Smith Jones and SmithJones are one."""
    return "".join(name_words(name))


def signature_fits(signature: str, legal: str, preferred: str = "") -> bool:
    """Say whether a signature is the legal name, written in full, or its first and last, or the preferred and last."""
    signed, words = name_key(signature), name_words(legal)
    if not words or signed == name_key(legal):
        return bool(words)
    given = set(name_words(signature))

    def holds(part: str) -> bool:
        return part in given or signed.startswith(part) or signed.endswith(part)

    first_and_last = holds(words[0]) and holds(words[-1]) and len(words) > 1
    return first_and_last or bool(name_key(preferred) and holds(name_key(preferred)) and holds(words[-1]))

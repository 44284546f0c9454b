"""A sheet as a tagged PDF (PDF/UA-1), typeset by typst from JSON with fonts of its own and none of the machine's."""

import json
import re
import unicodedata
from importlib.resources import files
from pathlib import Path

import msgspec

from intake.review.sheets.sheet import Sheet

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONTS = Path(str(files("fontpkg_atkinson_hyperlegible"))) / "files"
MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
TRIES = 8


class NoPdf(Exception):
    """The sheet could not be typeset; says nothing of what stands on it."""


def pdf_of(sheet: Sheet, clinic: str) -> bytes:
    """Return the sheet as a PDF; a sign that no font has is put into words, as typst names those it lacks."""
    import typst  # a compiler, which only who prints a sheet needs

    words: dict[int, str] = {}
    for _try in range(TRIES):
        content = json.dumps(replaced({**msgspec.to_builtins(sheet), "clinic": clinic}, words), ensure_ascii=False)
        try:
            return bytes(
                typst.compile(
                    TEMPLATE,
                    root=TEMPLATE.parent,
                    format="pdf",
                    font_paths=[FONTS],
                    ignore_system_fonts=True,
                    pdf_standards="ua-1",
                    sys_inputs={"sheet": content},
                )
            )
        except typst.TypstError as error:
            lacking = missing_signs(str(error.diagnostic))
        if not lacking - words.keys():
            break
        words |= {sign: in_words(sign) for sign in lacking}
    raise NoPdf from None


def missing_signs(message: str) -> set[int]:
    found = "".join(MISSING.findall(message))
    return {int(code, 16) for code in ESCAPED.findall(found)} | set(map(ord, ESCAPED.sub("", found)))


def in_words(sign: int) -> str:
    """Name a sign in brackets; signs that only join or steer others are left out."""
    if unicodedata.category(chr(sign)) in ("Cc", "Cf", "Mn", "Cs"):
        return ""
    name = unicodedata.name(chr(sign), "").lower()
    return f"[{name}]" if unicodedata.category(chr(sign)) == "So" and name else f"[U+{sign:04X}]"


def replaced(value: object, words: dict[int, str]) -> object:
    """Return the same value with signs replaced in every text."""
    if isinstance(value, str):
        return value.translate(words)
    if isinstance(value, dict):
        return {key: replaced(one, words) for key, one in value.items()}
    return [replaced(one, words) for one in value] if isinstance(value, list | tuple) else value

"""The compiled catalogues are the ones that stand beside them in words."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

CATALOGUES = sorted((Path(__file__).resolve().parents[2] / "clinic" / "locale").glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_is_current(path):
    with path.open("rb") as words, path.with_suffix(".mo").open("rb") as compiled:
        written, used = read_po(words), read_mo(compiled)

    expected = {message.id: message.string for message in written if message.id and any(message.string)}
    assert {message.id: message.string for message in used if message.id} == expected
    assert not [message.id for message in written if message.fuzzy]


def test_there_is_a_catalogue():
    assert CATALOGUES

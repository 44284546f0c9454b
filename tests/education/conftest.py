from pathlib import Path

import pytest

from education.documents.load import load_folder

CONTENT = Path(__file__).resolve().parents[2] / "education" / "content"


@pytest.fixture
def content(db):
    """The whole real content, loaded."""
    return load_folder(CONTENT / "en", "en")

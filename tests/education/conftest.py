import pytest

from tests.real_content import put_content


@pytest.fixture
def content(db):
    """The whole real content, loaded."""
    put_content()

"""The confirmation calls the pages as they call themselves."""

import pytest

from education.models import Page
from intake.journey.reading import reading_links

pytestmark = pytest.mark.django_db


def test_a_title_that_an_editor_changed_is_the_one_that_is_linked():
    Page.objects.create(slug="driving-home", number=1, title="When can I drive?")

    assert [(link.title, link.url) for link in reading_links(["driving-home#rule", "gone#a"])] == [
        ("When can I drive?", "/learn/driving-home/#rule")
    ]

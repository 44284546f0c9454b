"""What a page makes a phone fetch before it can be read."""

import re

import pytest

from benchmarks.weight import path_of, sheets_of, weight

pytestmark = pytest.mark.django_db  # a template may ask for the clinic's name
MOST_BYTES = 12_000
MOST_REQUESTS = 8


def test_a_public_page_loads_few_light_style_sheets_and_none_for_forms():
    sheets = sheets_of("base.html")

    assert sum(weight(name) for name in sheets) <= MOST_BYTES
    assert not {"css/forms.css", "css/intake.css", "css/staff.css"} & set(sheets)


@pytest.mark.parametrize("path", ["/", "/learn/", "/faq/", "/get-help-now/"])
def test_a_public_page_asks_for_little(client, path):
    html = client.get(path).content.decode()

    fetched = set(
        re.findall(r'<(?:link rel="(?:icon|stylesheet|preload)"|script|img)[^>]*?(?:href|src)="([^"]+)"', html)
    )
    assert len({"the page itself", *fetched}) <= MOST_REQUESTS


@pytest.mark.parametrize("template", ["base.html", "intake/base.html", "admin/base_site.html"])
def test_no_sheet_of_ours_fights_with_important(template):
    ours = [name for name in sheets_of(template) if name.startswith("css/")]

    assert ours
    assert [name for name in ours if "!important" in path_of(name).read_text(encoding="utf-8")] == []

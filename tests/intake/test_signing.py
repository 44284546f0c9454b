"""A signature that is another name than the legal one: asked about once, gently, and never a bar."""

import pytest

from tests.intake.cases import QUIET
from tests.intake.factories import a_ready_draft, fresh, main_text, page_url, post_page

pytestmark = pytest.mark.django_db


def sign(client, draft, name, **more):
    return post_page(client, draft, "signature", {"signature-name": name}, **more)


def test_another_name_is_asked_about_and_not_yet_kept(client):
    draft = a_ready_draft(client)

    response = sign(client, draft, "Somebody Else")

    words = main_text(client.get(response["Location"]))
    assert "You typed “Somebody Else”. The name in this form is “Alex Example”." in words
    assert fresh(draft).answers.get("signature-name") != "Somebody Else"


def test_yes_signs_with_it(client):
    draft = a_ready_draft(client)
    sign(client, draft, "Somebody Else")

    sign(client, draft, "Somebody Else", confirmed="yes")

    assert fresh(draft).answers["signature-name"] == "Somebody Else"
    assert fresh(draft).unsaved == {}


def test_change_it_leads_back_with_what_was_typed(client):
    draft = a_ready_draft(client)
    sign(client, draft, "Somebody Else")

    response = sign(client, draft, "Somebody Else", change="yes")
    html = client.get(response["Location"]).content.decode()

    assert 'value="Somebody Else"' in html
    assert "error-summary" not in html


@pytest.mark.parametrize("name", ["alex example", "Alex Q. Example", QUIET["signature-name"]])
def test_a_name_that_fits_is_not_asked_about(client, name):
    draft = a_ready_draft(client)

    response = sign(client, draft, name)

    assert response["Location"] != page_url("signature")
    assert fresh(draft).answers["signature-name"] == name

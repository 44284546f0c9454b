"""A second form's way: its own address, its own cookie, and no second look without a date of birth."""

import copy

import pytest
from django.test import Client

from intake.definition.documents import NAMES, Documents
from intake.journey.drafts import cookie_name
from intake.models import Draft
from intake.questionnaires.publishing import publish
from tests.intake.factories import go_away, main_text, publish_previsit
from tests.intake.test_second_form import second

pytestmark = pytest.mark.django_db


@pytest.fixture
def slug():
    publish_previsit()
    return publish(second())[0].slug


def test_a_form_without_a_date_of_birth_is_closed_after_twenty_idle_minutes(client, slug):
    first = client.post(f"/intake/{slug}/")["Location"]
    go_away(Draft.objects.get(), 21)

    response = client.post(first, {"visitor": "Kim Typed"})

    assert response.status_code == 410
    assert "Kim Typed" in main_text(response)
    assert client.get(f"/intake/{slug}/check/").status_code == 410


def test_each_form_has_a_cookie_of_its_own(client, slug):
    client.post("/intake/", {})
    client.post(f"/intake/{slug}/")

    assert {cookie_name("previsit"), cookie_name(slug)} <= set(client.cookies)
    assert Draft.objects.count() == 2
    assert client.get("/intake/tasks/").context["definition"].slug == "previsit"
    assert client.get(f"/intake/{slug}/tasks/").context["definition"].slug == slug


def test_the_main_form_has_one_address_and_an_unknown_form_none(client, slug):
    assert client.get("/intake/previsit/")["Location"] == "/intake/"
    assert client.get("/intake/no-such-form/").status_code == 404
    assert Client().get(f"/intake/{slug}/tasks/").status_code == 410


def test_a_row_that_says_only_zero_is_kept(client):
    parts = {name: copy.deepcopy(getattr(second(), name)) for name in NAMES}
    cups = {"linkId": "cups", "type": "integer", "text": "Cups"}
    drinks = {"linkId": "drink", "type": "group", "text": "Drinks", "repeats": True, "item": [cups]}
    parts["questionnaire"]["item"][0]["item"][0]["item"].append(drinks)
    slug = publish(Documents(**parts))[0].slug
    first = client.post(f"/intake/{slug}/")["Location"]

    calm = {"visitor": "Kim", "tired": "never", "restless": "never", "in-danger": "no"}
    client.post(first, {**calm, "drink[0].cups": "", "drink[1].cups": "0"})

    assert Draft.objects.get().answers["drink[0].cups"] == 0
    assert "Add another drinks" in client.get(first).content.decode()


def test_a_choice_of_one_answer_and_a_number_below_zero_can_be_given(client):
    parts = {name: copy.deepcopy(getattr(second(), name)) for name in NAMES}
    page = parts["questionnaire"]["item"][0]["item"][0]["item"]
    page += [
        {
            "linkId": "only",
            "type": "choice",
            "text": "Go on",
            "required": True,
            "answerOption": [{"valueCoding": {"code": "not-sure", "display": "Not sure"}}],
        },
        {"linkId": "outside", "type": "decimal", "text": "Degrees outside"},
    ]
    slug = publish(Documents(**parts))[0].slug

    assert client.get(f"/intake/{slug}/").status_code == 200
    first = client.post(f"/intake/{slug}/")["Location"]
    client.post(first, {"only": "not-sure", "outside": "-2.5"})

    assert {"only": "not-sure", "outside": -2.5}.items() <= Draft.objects.get().answers.items()
    assert 'value="-2.5"' in client.get(first).content.decode()

"""Telephone numbers as people type them."""

import pytest
from django.template import Context, Template
from django.test import Client

from clinic.web.phone import last_four, same_phone, tel
from tests.intake.factories import make_profile


@pytest.mark.parametrize(
    ("typed", "dials"),
    [
        ("(202) 555-0143", "tel:2025550143"),
        ("(202) 555-0143 ext. 12", "tel:2025550143,12"),
        ("555.010.0199ext.4", "tel:5550100199,4"),
        ("+44 20 7946 0958", "tel:+442079460958"),
        ("202-555-0143 x7", "tel:2025550143,7"),
        ("call after 5: 202-555-0143", ""),
        ("202-555-0143 or 202-555-0144", ""),
        ("home 202-555-0143", ""),
        ("1-202-555-0143", "tel:12025550143"),
        ("202-555-0143/44", ""),
        ("555-0143 555-0144", ""),
        ("202 555 0143 4", ""),
        ("555", ""),
        ("", ""),
        ("none", ""),
        ("١٢٣٤٥٦٧٨", ""),
    ],
)
def test_a_link_dials_the_one_number_given_or_there_is_none(typed, dials):
    assert tel(typed) == dials


def test_numbers_are_compared_without_their_dress():
    assert same_phone("+1 (202) 555-0143") == same_phone("202.555.0143") == "2025550143"
    assert (last_four("(202) 555-0143 ext. 12"), last_four("soon")) == ("0143", "")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/privacy/", "/accessibility/", "/intake/"])
def test_the_clinics_own_number_is_dialed_as_it_is(path):
    profile = make_profile()
    profile.phone = "(555) 010-0199 ext. 4"
    profile.save()

    page = Client().get(path).content.decode()

    assert 'href="tel:5550100199,4">(555) 010-0199 ext. 4</a>' in page


def test_a_short_code_in_a_sentence_starts_a_text_message_and_the_sentence_stays_text():
    words = Template("{% load phone %}{{ words|short_codes }}").render(
        Context({"words": "<b>Text</b> 838255, or call 988"})
    )
    assert words == '&lt;b&gt;Text&lt;/b&gt; <a href="sms:838255">838255</a>, or call 988'


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_to_the_search(client):
    make_profile()
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert 'href="/search/"' in response.content.decode()

"""Telephone numbers as people type them, and those of help as pages print them."""

import re

import pytest
from django.template import Context, Template
from django.test import Client

from clinic.web.phone import last_four, same_phone, tel
from education.models import Page
from tests.intake.factories import make_profile
from tests.real_content import put_content


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


@pytest.mark.parametrize("words", ["<b>If</b> in danger call 911, or text 988 at 1988 Main; 503-988-0199"])
def test_988_and_911_in_a_sentence_can_be_called_and_the_sentence_stays_text(words):
    html = Template("{% load phone %}{{ words|help_numbers }}").render(Context({"words": words}))

    assert html == (
        '&lt;b&gt;If&lt;/b&gt; in danger call <a href="tel:911">911</a>, or text <a href="tel:988">988</a> at 1988 Main'
        "; 503-988-0199"
    )


@pytest.mark.django_db
def test_no_public_page_says_to_call_a_number_of_help_that_cannot_be_tapped(client):
    put_content()
    make_profile()
    buttons, heads, sources = (
        r'<section class="crisis".*?</section>',
        "<h[1-6].*?</h[1-6]>",
        r'<li id="(?:ref|source)-.*?</li>',
    )
    links = re.compile("|".join(["<a [^>]*>.*?</a>", buttons, heads, sources]), re.DOTALL)

    for path in ["/", "/privacy/", "/faq/", *(page.get_absolute_url() for page in Page.objects.all())]:
        page = client.get(path).content.decode()
        words = links.sub("", page[page.index("<main") : page.index("</main>")])
        assert re.findall(r"(?i)\b(?:call|text)[^.<>]*\b(?:988|911)\b[^.<>]*", words) == [], path


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_to_the_search(client):
    make_profile()
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert 'href="/search/"' in response.content.decode()

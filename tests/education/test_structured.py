"""What programs read of every public page, value by value, beside what a person sees on it."""

import json
import re
from datetime import date
from html import unescape

import pytest
from django.conf import settings
from django.utils.dateformat import format as date_words

from clinic.models import Clinic
from education.documents.settings import settings_of
from education.models import Page
from education.pages.fingerprint import fingerprint
from education.pages.library import Library

INLINE = re.compile(r"</?(?:a|span|button|strong|em|sub|sup|abbr)\b[^>]*>")
UNSEEN = re.compile(r'<a class="mark".*?</a>|<p class="faq-more">.*?</p>|<svg.*?</svg>', re.S)
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


@pytest.fixture
def site(content, client):
    """Every address that search engines may list, the search and a trust sheet too; one page is signed."""
    page, library = Page.objects.get(slug="driving-home"), Library("en", settings_of(Clinic.current()))
    signed = {"reviewed_by": "Dr. Ada Lee", "reviewed_on": date(2026, 1, 15)}
    Page.objects.filter(pk=page.pk).update(**signed, reviewed_fingerprint=fingerprint(page, library))
    listed = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    assert all(address.startswith(settings.SITE_URL) for address in listed)
    paths = [address.removeprefix(settings.SITE_URL) for address in listed]
    assert len(paths) == 21
    return {path: client.get(path).content.decode() for path in [*paths, "/search/", "/learn/driving-home/about/"]}


def words(html):
    """What is read of a piece of a page, without marks and shapes."""
    text = re.sub(r"<[^>]*>", " ", INLINE.sub("", UNSEEN.sub("", html)))
    return " ".join(unescape(text).replace("\xa0", " ").split())


def first(pattern, html):
    found = re.search(pattern, html, re.S)
    return words(found[1]) if found else None


def sources(html):
    """The name, authors and address of each source that a page prints at its foot."""
    listed = re.search(r'<ol class="sources">(.*?)</ol>', html, re.S)
    found = []
    for one in listed[1].split("<li id=")[1:] if listed else ():
        address = re.search(r'class="source-title"><a href="([^"]+)"', one)
        line = first(r'<span class="source-line">(.*?)</span>', one)
        found.append(
            (first(r'class="source-title">(.*?)</span>', one), line, unescape(address[1]) if address else None)
        )
    return found


def disagreements(path, html):
    """Yield the name of each value that is not what the page shows."""
    head = dict(re.findall(r'<meta (?:name|property)="([a-z:_]+)" content="([^"]*)">', html))
    title = (first(r"<title>(.*?)</title>", html) or "").rpartition(" - ")[0]
    address = re.search(r'<link rel="canonical" href="([^"]+)">', html)[1]
    data = json.loads(SCRIPT.search(html)[1]) if SCRIPT.search(html) else {}
    shown = {
        "canonical": (address, settings.SITE_URL + path),
        "og:url": (head["og:url"], address),
        "og:title": (words(head["og:title"]), title),
        "og:description": (head["og:description"], head["description"]),
        "@type": (data.get("@type"), type_of(path)),
    }
    if data.get("@type") == "MedicalWebPage":
        told, printed = data["citation"], sources(html)
        shown |= {
            "name": (data["name"], first(r"<h1>(.*?)</h1>", html)),
            "title": (data["name"], title),
            "description": (data["description"], unescape(head["description"])),
            "url": (data["url"], address),
            "inLanguage": (data["inLanguage"], re.search(r'<html lang="([a-z]+)"', html)[1]),
            "publisher": (data["publisher"]["name"], first(r'<a class="site-name" href="/">(.*?)</a>', html)),
            "review": (review_of(data), (first(r'<p class="review-line">(.*?)</p>', html) or "").partition(" Next")[0]),
            "citation": ([(one["name"], one.get("url")) for one in told], [(name, url) for name, _, url in printed]),
            "author": ([one["author"] for one in told], [line.partition(" · ")[0] for _, line, _ in printed]),
        }
    elif data.get("@type") == "FAQPage":
        asked = re.findall(r"<summary>(.*?)</summary>\s*<div class=\"faq-answer\">(.*?)</div>\s*</details>", html, re.S)
        shown["answers"] = (
            [(one["name"], one["acceptedAnswer"]["text"]) for one in data["mainEntity"]],
            [(words(question), words(answer)) for question, answer in asked],
        )
    yield from (name for name, (told, seen) in shown.items() if told != seen)


def review_of(data):
    """The line that the page prints of a review that the data tell, or of none."""
    if "lastReviewed" not in data:
        return "Not yet reviewed by this clinic's clinician."
    day = date_words(date.fromisoformat(data["lastReviewed"]), "N j, Y")
    return f"Last reviewed {day} by {data['reviewedBy']['name']}."


def type_of(path):
    if path == "/faq/":
        return "FAQPage"
    return "MedicalWebPage" if re.fullmatch(r"/learn/[a-z-]+/", path) else None


DRIVING = "/learn/driving-home/"
ALTERED = [
    (DRIVING, r'("name": ")', "name"),
    (DRIVING, r'("description": ")', "description"),
    (DRIVING, r'("url": ")', "url"),
    (DRIVING, r'("inLanguage": ")', "inLanguage"),
    (DRIVING, r'("MedicalClinic", "name": ")', "publisher"),
    (DRIVING, r'("lastReviewed": "20)26', "review"),
    (DRIVING, r'("Person", "name": ")', "review"),
    (DRIVING, r'("CreativeWork", "name": ")', "citation"),
    (DRIVING, r'(<ol class="sources">.*?class="source-line">)', "author"),
    (DRIVING, r'("author": ")', "author"),
    (DRIVING, r"(<h1>)", "name"),
    (DRIVING, r'(rel="canonical" href=")', "canonical"),
    ("/faq/", r'("text": ")', "answers"),
    ("/faq/", r'(<div class="faq-answer">\s*<p>)', "answers"),
    ("/", r'(property="og:title" content=")', "og:title"),
    ("/glossary/", r'(name="description" content=")', "og:description"),
]


def test_programs_read_what_people_see_on_every_public_page(site, client):
    assert {path: list(disagreements(path, html)) for path, html in site.items()} == {path: [] for path in site}
    assert "noindex" in site["/search/"]
    assert not any("noindex" in html for path, html in site.items() if path != "/search/")
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml\n" in robots
    closed = tuple(re.findall(r"^Disallow: (\S+)$", robots, re.M))
    assert closed == ("/accounts/", "/admin/", "/intake/")
    assert not any(path.startswith(closed) for path in site)
    for path, pattern, name in ALTERED:
        altered = re.sub(pattern, r"\g<1>19", site[path], count=1, flags=re.S)
        assert altered != site[path], pattern
        assert name in disagreements(path, altered), pattern

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from education.documents.body import Body
from education.documents.render import Part, Scope, rendered, resolve_link

SCOPE = Scope("en")


def html(text):
    return "".join(part.html + "".join(inner.html for inner in part.parts) for part in rendered(text, SCOPE))


class Elements(HTMLParser):
    """The elements, attributes and link schemes that a browser would see."""

    def __init__(self, markup):
        super().__init__()
        self.names, self.attributes, self.schemes = set(), set(), set()
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.schemes |= {urlsplit(value).scheme for name, value in attrs if name == "href"}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "![x](https://example.org/x.png)",
        '[x](https://example.org "onclick")',
        ":::do <script>alert(1)</script>\n- rest\n:::",
    ],
)
def test_rendered_lets_no_markup_or_script_through(text):
    written = Elements(html(text))

    assert written.names <= {"p", "a", "ul", "li"}
    assert written.attributes <= {("a", "href")}
    assert written.schemes <= {"https"}


def test_rendered_leaves_what_depends_on_the_page_to_parts():
    parts = rendered("One {claim IV-05} and {setting eating_rule}.\n\n{crisis}\n\n:::do\n- rest\n- eat\n:::", SCOPE)

    assert parts == (
        Part("html", html="<p>One "),
        Part("claim", "IV-05"),
        Part("html", html=" and "),
        Part("setting", "eating_rule"),
        Part("html", html=".</p>\n"),
        Part("crisis"),
        Part("do", parts=(Part("html", html="<ul>\n<li>rest</li>\n<li>eat</li>\n</ul>\n"),)),
    )


def test_rendered_keeps_a_table_a_table_when_its_rows_are_stacked():
    written = html("| Way | Share | Time |\n|---|---|---|\n| IV | 100% | 40 |")

    assert '<table class="stacked">' in written
    assert '<th scope="col">Share</th>' in written
    assert '<td data-label="Share">100%</td>' in written


def test_a_word_is_explained_in_place_where_the_page_explains_words():
    words = "A [drip](glossary:infusion)."

    assert html(words) == '<p>A <a href="/glossary/#infusion">drip</a>.</p>\n'
    assert rendered(words, Scope("en", explains_terms=True))[0].html == (
        '<p>A <button type="button" class="term" popovertarget="term-infusion">drip.</button></p>\n'
    )


def test_body_knows_what_stands_in_a_text():
    body = Body.of(
        "A [b](page:x#y) and {claim IV-05}.\n\n"
        "- [c](tel:988), [d](ref:SMITH-2020)\n\n{figure clock}\n\n{emergency-list}"
    )

    assert [link.target for link in body.links] == ["page:x#y", "tel:988", "ref:SMITH-2020"]
    assert body.claims == ("IV-05",)
    assert body.figures == ("clock", "emergency-list")
    assert body.sources == (
        ("claims", "IV-05"),
        ("references", "SMITH-2020"),
        ("figures", "clock"),
        ("figures", "emergency-list"),
    )


def test_body_counts_the_words_of_claims_and_leaves_closed_parts_out():
    body = Body.of("See {claim IV-05} now.\n\n:::studies\n- [One](ref:A) found it.\n:::")

    assert body.sentences({"IV-05": "We say so."}) == ["See We say so. now."]
    assert len(body.sentences({}, closed=True)) == 2


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("page:driving-home#rule", "/learn/driving-home/#rule"),
        ("page:get-help-now#now", "/get-help-now/#now"),
        ("glossary:infusion", "/glossary/#infusion"),
        ("faq:faq-05", "/faq/?open=faq-05#faq-05"),
        ("claim:IV-05", "#claim-iv-05"),
        ("claim:IV-06", "/evidence/?claim=iv-06#claim-iv-06"),
        ("ref:SMITH-2020", "#source-1"),
        ("ref:JONES-2021", "/learn/references/#ref-jones-2021"),
        ("intake:", "/intake/"),
        ("tel:988", "tel:988"),
    ],
)
def test_resolve_link_knows_every_kind(target, address):
    scope = Scope("en", ("SMITH-2020",), frozenset({"IV-05"}))

    assert resolve_link(target, scope) == address

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from education.documents.addresses import Scope, resolve_link
from education.documents.markdown import Part, link_targets, render


def html(text):
    return "".join(part.html for part in render(text, lambda target: target))


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
def test_render_lets_no_markup_or_script_through(text):
    written = Elements(html(text))

    assert written.names <= {"p", "a", "div", "h3", "ul", "li"}
    assert written.attributes <= {("a", "href"), ("div", "class"), ("h3", "class")}
    assert written.schemes <= {"https"}


def test_render_cuts_directives_out_as_parts():
    parts = render("One.\n\n{claim IV-05}\n\nTwo.\n\n{crisis}", lambda target: target)

    assert parts == [
        Part("html", html="<p>One.</p>\n"),
        Part("claim", "IV-05"),
        Part("html", html="<p>Two.</p>\n"),
        Part("crisis"),
    ]


def test_render_gives_boxes_a_heading_and_their_own_where_named():
    assert html(":::do\n- rest\n:::") == (
        '<div class="advice advice-do do">\n<h3 class="advice-title">Do</h3>\n<ul>\n<li>rest</li>\n</ul>\n</div>\n'
    )
    assert '<h3 class="advice-title">Call 911 if:</h3>' in html(":::call Call 911 if:\n- x\n:::")


def test_render_keeps_a_table_a_table_when_its_rows_are_stacked():
    written = html("| Way | Share |\n|---|---|\n| IV | 100% |")

    assert '<table class="stacked">' in written
    assert '<th scope="col">Share</th>' in written
    assert '<td data-label="Share">100%</td>' in written


def test_link_targets_lists_links_as_written():
    assert link_targets("[a](page:x#y) and\n\n- [b](tel:988)") == ["page:x#y", "tel:988"]


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("page:driving-home#rule", "/learn/driving-home/#rule"),
        ("page:get-help-now#now", "/get-help-now/#now"),
        ("glossary:infusion", "/glossary/#infusion"),
        ("faq:faq-05", "/faq/?open=faq-05#faq-05"),
        ("claim:IV-05", "#claim-iv-05"),
        ("claim:IV-06", "/evidence/#claim-iv-06"),
        ("ref:SMITH-2020", "#ref-1"),
        ("ref:JONES-2021", "/learn/references/#ref-jones-2021"),
        ("intake:", "/intake/"),
        ("tel:988", "tel:988"),
    ],
)
def test_resolve_link_knows_every_kind(target, address):
    scope = Scope("en", ("SMITH-2020",), frozenset({"IV-05"}))

    assert resolve_link(target, scope) == address

"""What docs/security.md promises is there: each test that it names exists, and what it says of the code holds."""

import ast
import re
import sys
import time
from pathlib import Path

import pytest
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parents[2]
APPS = ("clinic", "education", "intake")
# Where Markdown becomes HTML that has been through nh3, and JSON a script element's text with its < escaped.
SANITIZED = {"education/documents/render.py", "education/pages/presenter.py", "education/pages/structured.py"}


def test_every_test_that_the_document_names_exists():
    text = (ROOT / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", text))
    there = {
        name for path in (ROOT / "tests").rglob("*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }

    assert len(named) > 80
    assert named - there == set()
    for path in re.findall(r"`(tests/[\w/]+\.py)`", text):
        assert (ROOT / path).is_file()


def calls_and_names(path):
    """Yield the name of everything that is called or imported in a module, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.name, node


@pytest.mark.parametrize("app", APPS)
def test_no_statement_or_program_is_made_of_input(app):
    refused = {
        "eval",
        "exec",
        "pickle",
        "marshal",
        "shelve",
        "system",
        "popen",
        "raw",
        "extra",
        "RawSQL",
        "from_string",
    }
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {name}"
        for path in (ROOT / app).rglob("*.py")
        for name, node in calls_and_names(path)
        if name in refused
    ]

    assert found == []


def test_only_sanitized_html_is_marked_safe():
    python = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    templates = list((ROOT / "templates").rglob("*.html"))

    marked = {str(path.relative_to(ROOT)) for path in python if re.search(r"mark_safe|SafeString\(", path.read_text())}
    unescaped = [str(path) for path in templates if re.search(r"\|\s*safe\b|autoescape off", path.read_text())]

    assert marked <= SANITIZED
    assert unescaped == []


@pytest.mark.parametrize(
    "text", ["a" * 3000 + "!", " " * 3000, "(" * 3000, "1 " * 1500 + "x", "<a " * 1000, "\n" * 3000, "-_" * 1500]
)
def test_no_pattern_explodes(text):
    """Every pattern that stands in a module reads a long hostile text in a moment; one that explodes takes minutes."""
    assert get_resolver().url_patterns  # every view's module is read
    patterns = {
        (name, key): value
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in APPS
        for key, value in vars(module).items()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }
    assert len(patterns) > 20
    for place, pattern in patterns.items():
        started = time.process_time()
        pattern.search(text)
        pattern.fullmatch(text)
        assert time.process_time() - started < 5, place

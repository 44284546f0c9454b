"""What sources must not hold: dates in one language's order, and counts that the form itself knows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(path for app in ("clinic", "education", "intake") for path in (ROOT / app).rglob("*.py"))
FIXED = re.compile(r'\|date:"(?!(?:[A-Z_]*_FORMAT|Y-m-d|c)")[^"]*"')
FIXED_IN_PYTHON = re.compile(r'date_format\(.*, "(?![A-Z_]*_FORMAT")|%-d|strftime\("(?!%Y-%m-%d)')
NUMBERS = r"\d{2,3}( to \d{2,3})?|ten|twenty|thirty|forty|fifty|hundred"
COUNTED = re.compile(rf"\b({NUMBERS}) (short |more )*(questions|pages)\b", re.I)


def found_in(paths, pattern):
    return [
        f"{path.relative_to(ROOT)}: {one[0]}" for path in paths for one in pattern.finditer(path.read_text("utf-8"))
    ]


def test_no_date_stands_in_the_order_of_one_language():
    assert FIXED.search('{{ at|date:"M j, H:i" }}')
    assert not FIXED.search('{{ at|date:"DATE_FORMAT" }}')
    assert FIXED_IN_PYTHON.search('date_format(date.fromisoformat(str(value)), "F j, Y")')
    assert not FIXED_IN_PYTHON.search('date_format(at, _("F j, Y"))')
    assert found_in(TEMPLATES, FIXED) + found_in(MODULES, FIXED_IN_PYTHON) == []


def test_no_count_of_the_forms_questions_is_typed():
    assert COUNTED.search("about 110 to 140 short questions")
    assert found_in(TEMPLATES, COUNTED) == []

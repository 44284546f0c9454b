"""What each page must have: its sections, the claims they carry, and whether its sentences are marked."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Pages that tell people what to do in need: their sentences carry no marks.
UNMARKED = frozenset({"get-help-now", "driving-home", "for-your-helper"})

MOST_WORDS, MOST_WORDS_FIRST, MOST_WORDS_ANSWER = 1000, 300, 120


@cache
def page_plan() -> Mapping[str, Mapping[str, str]]:
    """Return, by page and anchor, the claims that a section must carry."""
    import yaml  # only who loads content needs it

    plan: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "plan.yaml").read_text(encoding="utf-8"))
    return plan

"""The engine knows no questionnaire by heart: its Python names no question, rule or notice of one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.definition.parse import parse_definition
from intake.definition.validate_items import ROLES
from intake.questionnaires.publishing import load_folder, shipped

ROOT = Path(__file__).resolve().parent.parent
APPS = ("clinic", "education", "intake")


def constants(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def ids_of(folder: Path) -> set[str]:
    definition = parse_definition(load_folder(folder))
    return {*definition.items, *definition.rules, *definition.notices} - ROLES.keys()


@pytest.mark.parametrize("folder", shipped(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_no_constant_names_a_question_a_rule_or_a_notice(folder):
    ids = ids_of(folder)
    named = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        for line, text in constants(path)
        if text in ids
    ]

    assert named == []

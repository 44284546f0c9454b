"""Read what staff see first, and the lists of medicine names."""

from collections.abc import Iterable

from intake.definition.documents import FactNode, MedicinesDocument, StaffDocument, ToDoNode
from intake.definition.medicines import MedicineList, Medicines
from intake.definition.model import Fact, Staff, ToDo
from intake.definition.rules import DefinitionError


def parse_staff(document: StaffDocument) -> Staff:
    """Read the facts, texts, contacts and care, and what to do about each rule."""
    return Staff(
        _facts(document.facts),
        _facts(document.texts),
        _facts(document.contacts),
        _facts(document.care),
        {key: ToDo(node) if isinstance(node, str) else _to_do(node) for key, node in document.to_do.items()},
    )


def _to_do(node: ToDoNode) -> ToDo:
    return ToDo(node.do, node.asks, node.given)


def _facts(nodes: Iterable[FactNode]) -> tuple[Fact, ...]:
    facts = []
    for node in nodes:
        if bool(node.item) is bool(node.items):
            raise DefinitionError(f"staff.json: {node.label}: it has item or items")
        facts.append(Fact(node.label, tuple(node.items) or (node.item,), node.join))
    return tuple(facts)


def parse_medicines(document: MedicinesDocument) -> Medicines:
    """Read the lists; a name with nothing to find it by is refused."""
    entries = [entry for one in document.lists for entry in one.names] + document.suggestions
    for entry in entries:
        if not entry or not all(any(char.isalnum() for char in name) for name in entry):
            raise DefinitionError(f"medicines.json: {entry} is no name")
    return Medicines(
        version=document.version,
        lists=tuple(
            MedicineList(
                code=node.code,
                title=node.title,
                words=node.words,
                names=tuple(dict.fromkeys(name for entry in node.names for name in entry)),
                is_near=node.near,
                any_first_letter=node.any_first_letter,
                problem=node.problem,
            )
            for node in document.lists
        ),
        suggestions=tuple(dict.fromkeys(name for entry in document.suggestions for name in entry)),
        offered=tuple(dict.fromkeys(entry[0] for entry in entries)),
        misspellings={word.casefold(): name for word, name in document.misspellings.items()},
        never_near=frozenset(word.casefold() for word in document.never_near),
    )

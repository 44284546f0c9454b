"""The documents of a version and their shapes: rules, notices, staff facts and medicine lists in our own JSON."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct, field

from intake.definition.rules import DefinitionError

Json = dict[str, Any]
Shape = TypeVar("Shape", bound=msgspec.Struct)

NAMES = ("questionnaire", "rules", "notices", "staff", "medicines")


class Documents(Struct, frozen=True, dict=True):
    """What a version is made of, as JSON."""

    questionnaire: Json
    rules: Json
    notices: Json
    staff: Json = field(default_factory=dict)
    medicines: Json = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return str(self.questionnaire.get("id", ""))

    @property
    def version(self) -> int:
        number = str(self.questionnaire.get("version", ""))
        if not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise DefinitionError("the questionnaire's version is not a whole number")
        return int(number)

    @cached_property
    def content_hash(self) -> str:
        """Hash the documents in canonical JSON, so that spacing and order of keys do not count."""
        documents = {name: getattr(self, name) for name in NAMES}
        canonical = json.dumps(documents, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An object of our own formats: a key it does not have is refused."""


class ExtraNode(Node, frozen=True):
    when: Json
    text: str


class RuleNode(Node, frozen=True):
    id: str
    severity: Literal["crisis", "stop", "review", "note"]
    reason: str
    patient: str
    sources: list[str]
    learn: str
    when: Json | None = None
    unless: list[str] = []
    help: Literal["", "suicide", "emergency"] = ""
    grade: int = 0
    shown_at_once: bool = False
    at_once: str = ""
    reason_when: list[ExtraNode] = []
    reason_extra: ExtraNode | list[ExtraNode] = []
    patient_when: list[ExtraNode] = []
    subject: str = ""
    under: Literal["", "question", "name"] = ""
    do_not_come: bool = False
    always_say: str = ""
    short: str = ""
    raised_by: Literal["", "incomplete", "language", "changed", "tries", "switched-off"] = ""
    watches: list[str] = []
    gates: dict[str, str] = {}
    reason_blank: str = ""
    policy: bool = False
    signs: list[str] = []
    translated_patient: Json = msgspec.field(default={}, name="_patient")
    translated_at_once: Json = msgspec.field(default={}, name="_atOnce")
    translated_always_say: Json = msgspec.field(default={}, name="_alwaysSay")


class ThresholdNode(Node, frozen=True):
    default: float | int
    lowest: float | int
    highest: float | int
    unit: str = ""
    policy: bool = True
    label: str = ""
    help: str = ""
    not_above: str = ""


class NoneWordsNode(Node, frozen=True):
    words: list[str] = []
    questions: list[str] = []
    blank: list[str] = []


class BandNode(Node, frozen=True):
    lowest: int = msgspec.field(name="from")
    highest: int = msgspec.field(name="to")
    label: str


class LevelNode(Node, frozen=True):
    value: str
    when: Json


class ScoreNode(Node, frozen=True):
    sum: list[str] = []
    levels: list[LevelNode] = []
    bands: list[BandNode] = []
    note: str = ""
    incomplete_when: Json | None = None
    incomplete_note: str = ""


class EndsNode(Node, frozen=True):
    rule: str
    notice: str


class SubjectNode(Node, frozen=True):
    id: str
    title: str
    questions: list[str] = []
    translated_title: Json = msgspec.field(default={}, name="_title")


class RulesDocument(Node, frozen=True):
    version: str
    rules: list[RuleNode]
    thresholds: dict[str, ThresholdNode] = {}
    signed_off_languages: list[str] = msgspec.field(default_factory=lambda: ["en"])
    none_words: NoneWordsNode = NoneWordsNode()
    scores: dict[str, ScoreNode] = {}
    worklist: list[list[str]] = []
    ends: EndsNode | None = None
    subjects: list[SubjectNode] = []
    retired: list[str] = []


class NoticeNode(Node, frozen=True):
    id: str
    use: str
    language: str = "en"
    title: str = ""
    paragraphs: list[str] = []
    bullets: list[str] = []
    action: str = ""
    rules: list[str] = []
    signs: list[str] = []
    translated_title: Json = msgspec.field(default={}, name="_title")
    translated_action: Json = msgspec.field(default={}, name="_action")


class TeachBackNode(Node, frozen=True):
    correct: str
    right: str
    wrong: dict[str, str | Json]  # a key that begins with _ holds the translations of the one without
    translated_right: Json = msgspec.field(default={}, name="_right")


class NoticesDocument(Node, frozen=True):
    notices: list[NoticeNode]
    teach_back: dict[str, TeachBackNode] = {}


class FactNode(Node, frozen=True):
    label: str
    item: str = ""
    items: list[str] = []
    join: str = ", "


class ToDoNode(Node, frozen=True):
    do: str
    asks: str
    given: str


class StaffDocument(Node, frozen=True):
    facts: list[FactNode] = []
    texts: list[FactNode] = []
    contacts: list[FactNode] = []
    care: list[FactNode] = []
    to_do: dict[str, str | ToDoNode] = {}


class MedicineListNode(Node, frozen=True):
    code: str
    title: str
    words: str
    names: list[list[str]]
    near: bool = False
    any_first_letter: bool = False
    problem: str = ""


class MedicinesDocument(Node, frozen=True):
    version: str
    lists: list[MedicineListNode]
    suggestions: list[list[str]] = []
    misspellings: dict[str, str] = {}
    never_near: list[str] = []


def read_document(document: Mapping[str, Any], shape: type[Shape], name: str) -> Shape:
    """Return a document in its shape; DefinitionError names the document, the path of the first fault, and its id."""
    try:
        return msgspec.convert(document, type=shape)
    except msgspec.ValidationError as error:
        raise DefinitionError(f"{name}.json: {_owner(document, str(error))}{error}") from error


def _owner(document: Mapping[str, Any], message: str) -> str:
    """Return the id of the rule or notice that a path leads to, for `$.rules[3]` helps nobody."""
    found = re.search(r"\$\.(\w+)\[(\d+)\]", message)
    if found is None:
        return ""
    node = document[found[1]][int(found[2])]
    name = node.get("id") or node.get("code") or node.get("label") if isinstance(node, dict) else ""
    return f"{name}: " if name else ""

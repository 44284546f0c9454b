"""What a rule that fired rests on, and the words that its texts are filled with."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from intake.definition.comparisons import Limits
from intake.definition.conditions import CLASSES, FIRED, ConditionError, Test
from intake.definition.medicines import NEAR, UNKNOWN, Found, MedicineList
from intake.definition.model import NOT_SURE, Definition, Item
from intake.definition.rules import Rule
from intake.response.response import Match, Response
from intake.response.words import display_value, fill, join_words
from intake.screening.scores import unknown_names


class Grounds(Struct, frozen=True):
    """All that one screening found, which its rules rest on."""

    response: Response
    values: Mapping[str, object]  # by linkId, as conditions read them
    shown: Mapping[str, object]  # by path, as a reader sees them
    findings: Mapping[str, tuple[str, ...]]
    limits: Limits


class Evidence(Struct, frozen=True, dict=True):
    """A rule, and the keys that its condition was true by."""

    rule: Rule
    used: tuple[str, ...]  # linkIds, `medicine-classes=code` (of a computed item of kind classes), `!fired=rule`
    grounds: Grounds

    @property
    def response(self) -> Response:
        return self.grounds.response

    @property
    def definition(self) -> Definition:
        return self.grounds.response.definition

    @cached_property
    def answers(self) -> dict[str, object]:
        """Map the path of each answer it rests on to the answer."""
        shown = self.grounds.shown
        return {path: shown[path] for key in self.used for path in self._paths(key) if path in shown}

    def _paths(self, key: str) -> Iterable[str]:
        if key in self.grounds.shown:
            return (key,)
        question, _sep, what = key.partition("=")
        if question == FIRED:
            return [path for used in self.grounds.findings.get(what, ()) for path in self._paths(used)]
        if what == UNKNOWN:
            return list(unknown_names(self.response))
        if what:
            return [match.path for match in self._matches(what)]
        if key in self.definition.group_of:
            return [asked.path for asked in self.response.walk if asked.item.link_id == key and asked.value is not None]
        return [key]

    def _matches(self, code: str) -> list[Match]:
        if code == NEAR:
            return [match for match in self.response.medicines if match.found.is_near]
        return [match for match in self.response.medicines if code in match.found.codes and not match.found.is_near]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the lists it rests on, those of the rules it rests on too."""
        keys = [
            key
            for used in self.used
            for key in (self.grounds.findings.get(used[len(FIRED) + 1 :], ()) if _is_fired(used) else (used,))
        ]
        return tuple(dict.fromkeys(key.partition("=")[2] for key in keys if "=" in key))

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """Return the medicine names it rests on."""
        matches = (match for code in self.codes if code != UNKNOWN for match in self._matches(code))
        return tuple(dict.fromkeys(match.found for match in matches))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found.name for found in self.found))

    @cached_property
    def lists(self) -> tuple[MedicineList, ...]:
        """Return the lists that it and the rules it rests on read: their words stand for a name not typed."""
        if self.definition.medicines is None:
            return ()
        rules = [self.rule, *(self.definition.rules[used[len(FIRED) + 1 :]] for used in self.used if _is_fired(used))]
        codes = dict.fromkeys(
            str(entry.expected)
            for rule in rules
            for entry in (rule.when.entries() if rule.when else ())
            if self.definition.items[entry.question].computed == CLASSES
        )
        by_code = self.definition.medicines.by_code
        return tuple(by_code[code] for code in codes if code in by_code)

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """Return the questions it rests on that are not sure; all of them when none is."""
        items = {path: item for path in self.answers if (item := self.definition.item_at(path))}
        asked = {path: item for path, item in items.items() if not item.computed}
        unsure = [item for path, item in asked.items() if _is_not_sure(self.answers[path])]
        return tuple(dict.fromkeys(unsure or asked.values()))

    @property
    def titles(self) -> tuple[str, ...]:
        """Return what it stands under on the confirmation."""
        subject = self.definition.subject_of.get(self.rule.subject)
        own = (subject.title,) if subject else ()
        if self.rule.under == "name":
            names = [f"{name[:1].upper()}{name[1:]}" for name in self.names]
            return tuple(names or [one.title for one in self.lists[:1]]) or own
        if self.rule.under == "question":
            of = [s.title for q in self.questions for s in self.definition.subjects if q.link_id in s.questions]
            return tuple(dict.fromkeys(of)) or own
        return own

    def reason(self) -> str:
        """Return the reason for staff, with the additions that hold."""
        compiled, rule = self.definition.compiled, self.rule
        parts = [self._first(compiled.reason_variants[rule.id]) or rule.reason]
        parts += [text for test, text in compiled.reason_extras[rule.id] if self._holds(test)]
        return self.fill(" ".join(parts))

    def patient(self) -> str:
        """Return what the patient reads on the confirmation."""
        variants = self.definition.compiled.patient_variants[self.rule.id]
        return self.fill(self._first(variants) or self.rule.patient)

    def _first(self, variants: Iterable[tuple[Test, str]]) -> str:
        return next((text for test, text in variants if self._holds(test)), "")

    def _holds(self, test: Test) -> bool:
        try:
            return test(self.grounds.values, self.grounds.limits) is not None
        except ConditionError:
            return False  # the rule fired: only the addition is in doubt

    def fill(self, text: str, **more: str) -> str:
        """Put words in the place of `{...}`; where there are none it goes, with the parentheses round it."""
        return fill(text, lambda name: more[name] if name in more else self._word(name)) if "{" in text else text

    def _word(self, name: str) -> str:
        if name in ("names", "name"):
            return join_words(self.names or [one.words for one in self.lists[:1]])
        if name == "typed":
            return '", "'.join(dict.fromkeys(found.typed for found in self.found))
        if name == "problem":
            by_code = self.definition.medicines.by_code if self.definition.medicines else {}
            return " or ".join(
                dict.fromkeys(by_code[c].problem for c in self.codes if c in by_code and by_code[c].problem)
            )
        if name in ("questions", "question"):
            return "; ".join(item.words for item in self.questions)
        if name == "list":
            return "; ".join(self._fired) or "; ".join(item.words for item in self.questions)
        if name in ("it", "titles"):
            return self._texts(name)
        if name == "total":
            totals = (value for path, value in self.answers.items() if path in self.definition.computed)
            return str(next(totals, ""))
        item = self.definition.items.get(name)
        return display_value(item, self.grounds.shown.get(name)) if item else ""

    @property
    def _fired(self) -> list[str]:
        found = []
        for used in self.used:
            if _is_fired(used):
                rule = self.definition.rules[used[len(FIRED) + 1 :]]
                other = replace(self, rule=rule, used=self.grounds.findings.get(rule.id, ()))
                found.append(join_words(other.names) or rule.short or " ".join(other.titles))
        return list(dict.fromkeys(found))

    def _texts(self, name: str) -> str:
        texts = {
            path: item
            for path in self.answers
            if (item := self.definition.item_at(path)) and item.type in ("string", "text")
        }
        if name == "it":
            return "; ".join(str(self.answers[path]) for path in texts)
        groups = self.definition.group_of
        return join_words(dict.fromkeys(groups.get(item.link_id, item).words for item in texts.values()))


def _is_fired(key: str) -> bool:
    return key.startswith(f"{FIRED}=")


def _is_not_sure(value: object) -> bool:
    return value == NOT_SURE or (isinstance(value, list) and NOT_SURE in value)

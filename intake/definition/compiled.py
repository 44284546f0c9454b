"""A definition's conditions as closures: each is compiled once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from intake.definition.conditions import NO_LIMITS, ConditionError, Test, compile_condition

if TYPE_CHECKING:
    from intake.definition.model import Definition, Item, QuestionPage
    from intake.definition.rules import Extra, Group


class PageTests(NamedTuple):
    """A page and its questions, each with its condition; `computed` are the totals and levels that the page reads."""

    page: "QuestionPage"
    test: Test | None
    items: tuple[tuple["Item", Test | None], ...]
    computed: tuple["Item", ...]
    reads: frozenset[str]  # linkIds of the pages that its conditions read


class Compiled:
    """What a definition asks, says and raises, ready to be decided."""

    def __init__(self, definition: "Definition") -> None:
        self.definition = definition

    def test(self, condition: "Group | None") -> Test | None:
        return compile_condition(self.definition, condition) if condition else None

    @cached_property
    def pages(self) -> tuple[PageTests, ...]:
        return tuple(self._page(page) for page in self.definition.pages)

    def _page(self, page: "QuestionPage") -> PageTests:
        conditions = [page.enable_when, *(item.enable_when for item in page.items)]
        conditions += [variant.when for item in page.items for variant in item.variants]
        conditions += [option.when for item in page.items for option in item.options]
        read = [question for group in conditions if group for question in group.questions()]
        computed = tuple(dict.fromkeys(self._made_first(read)))
        read += [question for item in computed for question in self._made_of(item)]
        page_of = self.definition.page_of
        return PageTests(
            page,
            self.test(page.enable_when),
            tuple((item, self.test(item.enable_when)) for item in page.items),
            computed,
            frozenset(page_of[question].link_id for question in read if question in page_of),
        )

    def _made_first(self, questions: Iterable[str]) -> Iterator["Item"]:
        """Yield the computed items among some questions, each after those that it is made of."""
        for question in questions:
            item = self.definition.computed.get(question)
            if item is not None:
                yield from self._made_first(self._made_of(item))
                yield item

    def _made_of(self, item: "Item") -> Iterator[str]:
        """Yield what a total or a level is made of."""
        score = self.definition.scores.get(item.link_id)
        for level in score.levels if score else ():
            yield from level.when.questions()
        yield from score.sum if score else ()

    @cached_property
    def rules(self) -> Mapping[str, Test]:
        """Map each rule that has a condition to it; those that read what fired come last."""
        rules = [rule for rule in self.definition.rules.values() if rule.when]
        rules.sort(key=lambda rule: any(rule.when.fired()) if rule.when else False)
        return {rule.id: compile_condition(self.definition, rule.when) for rule in rules if rule.when}

    @cached_property
    def rules_by_question(self) -> Mapping[str, tuple[str, ...]]:
        """Map each question to the rules that read it."""
        found: dict[str, list[str]] = {}
        for rule_id in self.rules:
            when = self.definition.rules[rule_id].when
            for question in dict.fromkeys(when.questions()) if when else ():
                found.setdefault(question, []).append(rule_id)
        return {question: tuple(rules) for question, rules in found.items()}

    @cached_property
    def rules_on_nothing(self) -> frozenset[str]:
        """Name the rules that must be decided whatever was answered: true or in doubt without any answer."""
        return frozenset(rule_id for rule_id, test in self.rules.items() if self._needs_no_answer(rule_id, test))

    @cached_property
    def rules_on_fired(self) -> frozenset[str]:
        """Name the rules that read which others fire."""
        rules = self.definition.rules
        return frozenset(rule_id for rule_id in self.rules if (when := rules[rule_id].when) and any(when.fired()))

    def _needs_no_answer(self, rule_id: str, test: Test) -> bool:
        if rule_id in self.rules_on_fired:
            return True
        try:
            return test({}, NO_LIMITS) is not None
        except ConditionError:
            return True

    @cached_property
    def limits(self) -> Mapping[str, tuple[object, ...]]:
        """Map each computed item to the numbers and thresholds that rules compare it with."""
        found: dict[str, list[object]] = {}
        for rule in self.definition.rules.values():
            for entry in rule.when.entries() if rule.when else ():
                if entry.question in self.definition.computed and entry.operator != "exists":
                    found.setdefault(entry.question, []).append(entry.expected)
        return {link_id: tuple(limits) for link_id, limits in found.items()}

    @cached_property
    def reason_variants(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        return {rule.id: self._extras(rule.reason_variants) for rule in self.definition.rules.values()}

    @cached_property
    def reason_extras(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        return {rule.id: self._extras(rule.reason_extras) for rule in self.definition.rules.values()}

    @cached_property
    def patient_variants(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        return {rule.id: self._extras(rule.patient_variants) for rule in self.definition.rules.values()}

    @cached_property
    def variants(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        """Map each question with other wordings to them, each with its condition."""
        return {
            item.link_id: tuple((compile_condition(self.definition, one.when), one.text) for one in item.variants)
            for item in self.definition.questions.values()
            if item.variants
        }

    @cached_property
    def options(self) -> Mapping[tuple[str, str], Test]:
        """Map linkId and code of each option with a condition to it."""
        return {
            (item.link_id, option.code): compile_condition(self.definition, option.when)
            for item in self.definition.questions.values()
            for option in item.options
            if option.when
        }

    @cached_property
    def levels(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        """Map each computed level to its values, each with its condition."""
        return {
            score.link_id: tuple(
                (compile_condition(self.definition, level.when), level.value) for level in score.levels
            )
            for score in self.definition.scores.values()
        }

    def _extras(self, extras: tuple["Extra", ...]) -> tuple[tuple[Test, str], ...]:
        return tuple((compile_condition(self.definition, extra.when), extra.text) for extra in extras)

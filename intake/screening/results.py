"""What screening comes to: the flags raised, in their order, and the place on the worklist."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from intake.definition.model import Answers, Definition
from intake.definition.rules import Severity
from intake.screening.evidence import Grounds


class Raised(Struct, frozen=True):
    """A rule that fired, with the answers that made it true."""

    rule: str
    severity: Severity
    answers: Mapping[str, object]
    reason: str
    patient: str
    sources: tuple[str, ...]
    learn: str
    help: str = ""
    grade: int = 0
    shown_at_once: bool = False
    at_once: str = ""  # the wording for the very next page, where it is another one
    titles: tuple[str, ...] = ()  # the subjects it stands under
    do_not_come: bool = False
    always_say: str = ""

    @property
    def words_at_once(self) -> str:
        return self.at_once or self.patient

    def evidence(self) -> dict[str, object]:
        """Return what a flag keeps: all that it rests on, as it reads in this version."""
        return {
            "answers": dict(self.answers),
            "reason": self.reason,
            "patient": self.patient,
            "sources": list(self.sources),
            "learn": self.learn,
            "titles": list(self.titles),
            "do_not_come": self.do_not_come,
            "always_say": self.always_say,
        }


class Screened(Struct, frozen=True):
    """What a set of answers comes to on one day, under one set of thresholds.

    `true_rules` maps every rule whose own condition is true, read without its `unless` part, to the
    linkIds that made it so. `answers` are the enabled ones; `computed` is as a reader sees it.
    """

    computed: Mapping[str, object]
    flags: tuple[Raised, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    true_rules: Mapping[str, tuple[str, ...]]
    answers: Answers
    thresholds: Mapping[str, float]
    grounds: Grounds

    @property
    def severity(self) -> Severity | None:
        """Return the worst severity; None when no rule fired."""
        return max((flag.severity for flag in self.flags), default=None)

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(flag.rule for flag in self.flags)

    def fired(self, rule: str) -> bool:
        return rule in self.rules

    def help_panels(self) -> tuple[str, ...]:
        """Name the help panels that these flags open, `emergency` first."""
        panels = {flag.help for flag in self.flags if flag.help}
        return tuple(panel for panel in ("emergency", "suicide") if panel in panels)


class HasSeverity(Protocol):
    """Anything that knows which rule it is and how severe: a flag here, or a flag's row."""

    @property
    def rule(self) -> str: ...

    @property
    def severity(self) -> int: ...


def in_order(definition: Definition, flags: Iterable[Raised]) -> tuple[Raised, ...]:
    """Sort flags worst first, then as the rules file has them."""
    place = {rule_id: number for number, rule_id in enumerate(definition.rules)}
    return tuple(sorted(flags, key=lambda flag: (-flag.severity, place[flag.rule])))


def with_flags(definition: Definition, screening: Screened, more: Iterable[Raised]) -> Screened:
    """Add flags to a screening, in their place."""
    return replace(screening, flags=in_order(definition, [*screening.flags, *more]))


def no_flag_rank(definition: Definition) -> int:
    """Return the place of a form without a flag: behind all others."""
    return len(definition.worklist) + len(Severity)


def worklist_rank(definition: Definition, flags: Iterable[HasSeverity]) -> int:
    """Place a form on the worklist: 0 is the worst.

    The best-placed rule of a form counts. What is crisis and not named by the version stands behind those that are.
    """
    ranks = [no_flag_rank(definition)]
    for flag in flags:
        if flag.severity < Severity.CRISIS:
            ranks.append(no_flag_rank(definition) - flag.severity)
        else:
            ranks.append(place_of(definition, flag.rule))
    return min(ranks)


def place_of(definition: Definition, rule: str) -> int:
    """Return how urgent a crisis rule is: 0 is the worst, those that the version does not name the last."""
    named = (rank for rank, rules in enumerate(definition.worklist) if rule in rules)
    return next(named, len(definition.worklist))

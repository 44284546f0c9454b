"""The hours of an infusion day, for the drawing and its table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Moment:
    """A point on the infusion-day line: when, and what happens, in lines short enough to draw."""

    when: Words
    lines: tuple[Words, ...]
    phase: str
    references: tuple[str, ...] = ()


MOMENTS = (
    Moment(
        _("You arrive"),
        (_("We check your weight, blood pressure,"), _("pulse and oxygen, and place the IV.")),
        "before",
        ("APA-2017", "PARIKH-2021"),
    ),
    Moment(
        _("The drip starts"),
        (_("It runs slowly. We watch you the whole"), _("time and can slow it or stop it.")),
        "during",
        ("ANAND-2023", "APA-2017", "PARIKH-2021"),
    ),
    Moment(
        _("After about 40 minutes"),
        (_("The drip ends. The effects are often"), _("strongest near this time.")),
        "during",
        ("ANAND-2023", "MILLER-6E"),
    ),
    Moment(
        _("Within about 2 hours"),
        (_("Most side effects had faded"), _("in one study.")),
        "after",
        ("ACEVEDO-2020",),
    ),
    Moment(
        _("Within 4 hours"),
        (_("All of them had faded in that study."), _("An adult you named takes you home.")),
        "after",
        ("ACEVEDO-2020", "LABEL-CH-KET"),
    ),
    Moment(
        _("The next day"),
        (_("You may drive when 24 hours have"), _("passed and you slept well.")),
        "next-day",
        ("MAYO-KET", "LABEL-SPRAVATO"),
    ),
)

"""Results of studies, for and against, for the chart and its table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Result:
    """What one group of a study got."""

    label: Words
    percent: int
    is_ketamine: bool


@dataclass(frozen=True)
class Study:
    """One study's main result; without `results` it is told in the words of `no_result`."""

    name: Words
    who: Words
    measure: Words
    finding: Words
    reference: str
    results: tuple[Result, ...] = ()
    no_result: Words = ""


KETAMINE, ECT = _("Ketamine"), _("ECT")
STUDIES_FOR = (
    Study(
        _("Six infusions, no comparison group"),
        _("41 people with hard-to-treat depression"),
        _("Symptoms down by half or more"),
        _("Everyone knew they got ketamine."),
        "PHILLIPS-2019",
        (Result(KETAMINE, 59, True),),
    ),
    Study(
        _("Ketamine or ECT, mostly outpatients"),
        _("Hard-to-treat depression without psychosis"),
        _("Got clearly better (response)"),
        _("Ketamine was not worse than ECT. Everyone knew what they got."),
        "ANAND-2023",
        (Result(KETAMINE, 55, True), Result(ECT, 41, False)),
    ),
    Study(
        _("PTSD, small trial"),
        _("30 people"),
        _("PTSD symptoms down by 30% or more"),
        _("More people got better with ketamine."),
        "FEDER-2021",
        (Result(KETAMINE, 67, True), Result(_("Comparison group"), 20, False)),
    ),
)
STUDIES_AGAINST = (
    Study(
        _("Ketamine or ECT, in hospital"),
        _("People staying in hospital for depression"),
        _("Symptoms almost gone (remission)"),
        _("ECT did better. Everyone knew what they got."),
        "EKSTRAND-2022",
        (Result(KETAMINE, 46, True), Result(ECT, 63, False)),
    ),
    Study(
        _("Blinded trial of 2025"),
        _("People staying in hospital for depression"),
        _("Depression symptoms"),
        _("No clear difference from midazolam, a drug that is felt but is not the one being tested."),
        "KARMA-2025",
        no_result=_("≈ No clear difference"),
    ),
    Study(
        _("PTSD, larger trial"),
        _("158 veterans and service members"),
        _("PTSD symptoms"),
        _("No clear benefit for PTSD. Depression eased."),
        "ABDALLAH-2022",
        no_result=_("≈ No clear benefit"),
    ),
)

"""Answers to version 1 put into version 2, as the same person would give them there."""

from collections.abc import Iterable, Mapping
from typing import Any

GATES = {
    "heart-any": ("heart-recent-event", "heart-failure", "heart-rhythm", "heart-other"),
    "brain-vessels-any": ("stroke-tia", "brain-bleed", "aneurysm-avm"),
}
LISTS = {
    "health-list": {
        "kidney-disease": "kidney",
        "bladder-problem": "bladder",
        "thyroid-problem": "thyroid",
        "breathing-problem": "lungs",
        "sleep-apnea": "sleep-apnea",
        "diabetes": "diabetes",
        "porphyria": "porphyria",
        "adrenal-tumor": "adrenal-tumor",
        "anesthesia-problem": "anesthesia",
    },
    "mind-list": {"bipolar-dx": "bipolar", "psychosis-family": "family", "dissociation-distress": "unreal"},
    "med-kinds-list": {
        "med-bp": "blood-pressure",
        "med-glp1": "glp1",
        "med-lithium": "lithium",
        "med-lamotrigine": "lamotrigine",
        "med-naltrexone": "naltrexone",
        "med-blood-thinner": "blood-thinner",
        "med-cyp3a4": "cyp3a4",
    },
}
KETAMINE = {"esketamine", "ketamine"}


def same_facts(given: Mapping[str, Any], retired: Iterable[str]) -> dict[str, Any]:
    """Give answers to version 2 that say what these (enabled ones of version 1, complete) say."""
    answers = dict(given)
    for question in retired:
        answers.pop(question, None)
    for gate, rows in GATES.items():
        answers[gate] = _strongest(given.get(row) for row in rows)
    _put_bladder(answers, given)
    for list_id, rows in LISTS.items():
        ticks = [code for row, code in rows.items() if answers.get(row) == "yes"]
        unsure = [row for row in rows if answers.get(row) == "not-sure"]
        answers[list_id] = [*ticks, *(["not-sure"] if unsure else [])] or ["none"]
        for row in rows:
            answers[row] = "not-sure" if row in unsure else "no"
    answers["pregnancy-chance"] = _chance(given.get("pregnancy-possible"), given.get("trying-pregnant"))
    answers["sud-status"] = _status(given.get("sud-active"), given.get("sud-recovery"))
    _put_treatments(answers, given)
    if str(answers.get("med-list", "")).strip(" .").casefold() == "none":
        del answers["med-list"]
    else:
        answers["med-none"] = None
    return answers


def _strongest(answers: Iterable[object]) -> str:
    found = set(answers)
    return next((answer for answer in ("yes", "not-sure") if answer in found), "no")


def _put_bladder(answers: dict[str, Any], given: Mapping[str, Any]) -> None:
    signs = set(given.get("bladder-symptoms", ()))
    answers["urine-blood"] = "yes" if "blood" in signs else "not-sure" if "not-sure" in signs else "no"
    if signs & {"pain", "frequency", "leaking"}:
        answers["bladder-problem"] = "yes"
    elif "not-sure" in signs and answers.get("bladder-problem") == "no":
        answers["bladder-problem"] = "not-sure"


def _chance(possible: object, trying: object) -> str:
    if possible == "yes":
        return {"yes": "unprotected", "no": "protected"}.get(str(trying), "not-sure")
    return "not-sure" if possible == "not-sure" else "no"


def _status(active: object, recovery: object) -> str:
    if active == "yes":
        return "active-treated" if recovery == "yes" else "active"
    if active == "not-sure":
        return "not-sure"
    return "recovery" if recovery == "yes" else "no"


def _put_treatments(answers: dict[str, Any], given: Mapping[str, Any]) -> None:
    had = [code for code in given.get("other-treatments", ()) if code != "none"]
    if given.get("prior-ketamine") == "yes" and not KETAMINE & set(had):
        had.append("ketamine")
    if given.get("psych-hospital-recent") == "yes" and "hospital-stay" not in had:
        had.append("hospital-stay")
    if "not-sure" in (given.get("psych-hospital-recent"), given.get("prior-ketamine")):
        had.append("not-sure")
    answers["other-treatments"] = had or ["none"]
    answers["ketamine-now"] = "no"

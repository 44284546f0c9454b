"""A word that needs explaining is explained on the page where a patient meets it first."""

import re

import pytest

from intake.definition.model import QuestionPage
from tests.intake.cases_v2 import definition

# The word, and what explains it. Medicines are explained by what they are for, or by names people know.
EXPLAINED = {
    "infusion": "a slow drip into a vein",
    "IV": "a slow drip into a vein",
    "bipolar": "low and high moods",
    "OCD": "unwanted thoughts or habits",
    "PTSD": "trauma",
    "ECT": "treatments done with a machine",
    "TMS": "treatments done with a machine",
    "esketamine": "nose spray",
    "antidepressants": "depression medicine",
    "CRPS": "pain that lasts, often in an arm or leg",
    "fibromyalgia": "pain in many parts of the body",
    "stroke": "face drooping, weak arm, trouble talking",
    "stent": "tube in an artery",
    "valve": "flap",
    "aneurysm": "a bulge in any blood vessel",
    "AVM": "a tangle of blood vessels",
    "shunt": "drain tube",
    "seizure": "fit",
    "epilepsy": "repeated fits",
    "glaucoma": "eye illness",
    "angina": "chest pain from the heart",
    "AFib": "uneven heartbeat",
    "pacemaker": "keep the heart in beat",
    "defibrillator": "keep the heart in beat",
    "thyroid": "neck gland",
    "apnea": "breathing pauses in sleep",
    "porphyria": "a rare blood-related illness",
    "pheochromocytoma": "above the kidney",
    "anesthesia": "surgery medicine",
    "COPD": "a lung disease that lasts",
    "cirrhosis": "a scarred liver",
    "dialysis": "a machine cleans the blood",
    "CPAP": "a machine that helps you breathe in sleep",
    "schizophrenia": "losing touch with what is real",
    "dementia": "memory problem",
    "benzodiazepine": "calming medicine",
    "opioid": "strong pain medicine",
    "stimulant": "Ritalin",
    "MAOI": "older antidepressant",
    "off-label": "the FDA has not approved",
}
NEVER = ("delirium", "dissociation", "psychosis", "hypertension", "contraindication", "mania", "sedation")


def words_of(page: QuestionPage) -> str:
    """Return all that a page may show, in closed parts too."""
    texts = [page.title, page.why, *page.intro]
    texts += [definition().notice("driving").text] if page.kind == "teach-back" else []
    texts += [definition().words("not-a-diagnosis")] if page.kind == "start" else []
    for item in (one for top in page.items for one in (top, *top.items)):
        texts += [item.text, item.help, item.why, item.closed, *(option.label for option in item.options)]
    return " ".join(filter(None, texts))


def first_page_with(word: str) -> str:
    pages = (words_of(page) for page in definition().pages)
    return next((words for words in pages if re.search(rf"\b{word}\b", words, re.IGNORECASE)), "")


@pytest.mark.parametrize(("word", "meaning"), EXPLAINED.items())
def test_a_hard_word_is_explained_where_it_first_stands(word, meaning):
    assert re.search(rf"\b{meaning}", first_page_with(word), re.IGNORECASE)


@pytest.mark.parametrize("word", NEVER)
def test_a_word_for_clinicians_is_not_used(word):
    assert not first_page_with(word)
    notices = " ".join(notice.text for notice in definition().notices.values())
    said = " ".join(f"{rule.patient} {rule.at_once}" for rule in definition().rules.values())
    assert not re.search(rf"\b{word}\b", notices + said, re.IGNORECASE)

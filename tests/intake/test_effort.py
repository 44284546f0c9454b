"""What version 2 asks of a patient, counted from the definition: pages, answers, taps, words, minutes, reading grade.

The browser tests measure the built form; this counts what the documents alone decide, so that a longer wording or a
new question is seen at once. Every visible word at 200 a minute, 2.5 seconds for a tap or field, 0.3 for a character.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from intake.definition.model import Item, QuestionPage
from intake.response.response import Response
from intake.response.walk import Asked
from tests.intake.cases import MORE_THAN_HALF, NEARLY_EVERY_DAY, SEVERAL_DAYS
from tests.intake.cases_v2 import ALL_NOT_AT_ALL, HYPERTENSION, definition, response

FRAME = 16  # words of the frame of a page: part and place in it, Back, Continue, Save and stop, Why we ask
ROW_WORDS = 5  # "Medicine 1", "Remove", "Add another"


@dataclass(frozen=True)
class Effort:
    pages: int
    answers: int
    words: int
    characters: int

    @property
    def taps(self) -> int:
        return self.answers + self.pages  # Continue counted

    @property
    def minutes(self) -> float:
        return self.words / 200 + (self.taps * 2.5 + self.characters * 0.3) / 60


def effort(form: Response) -> Effort:
    given = [asked for asked in form.walk if asked.page.is_counted and asked.value is not None]
    return Effort(
        pages=len(form.pages),
        answers=sum(fields(asked) for asked in given),
        words=sum(words_on(page) + FRAME for page in form.pages),
        characters=sum(len(str(asked.value)) for asked in given if asked.item.type in ("string", "text")),
    )


def fields(asked: Asked) -> int:
    """Count the choices and typed fields of one answer: a date has three boxes, a height two, a list its ticks."""
    if asked.item.control == "act":
        return 0  # given by the page's own button, which is counted
    if asked.item.type == "date":
        return 3
    if isinstance(asked.value, list):
        return len(asked.value)
    return 2 if isinstance(asked.value, dict) and asked.value["unit"] == "in" else 1


def words_on(page: QuestionPage) -> int:
    texts = [page.title, *page.intro]
    texts += [definition().disclosure(unfinished_forms=True)] if page.has_disclosure else []
    texts += [definition().notice("driving").text] if page.kind == "teach-back" else []
    groups = {definition().group_of.get(item.link_id): item for item in page.items}
    rows = [group for group in groups if group is not None]
    texts += [
        f"{group.text} {' '.join(item.text for item in group.items)} " for group in rows for _ in range(group.rows)
    ]
    in_rows = {item.link_id for group in rows for item in group.items}
    texts += [text for item in page.items if item.link_id not in in_rows for text in words_of(item)]
    return sum(len(text.split()) for text in texts) + ROW_WORDS * len(rows)


def words_of(item: Item) -> Iterator[str]:
    if item.closed:
        yield item.closed
        return
    yield from (item.text, item.help)
    if item.control != "tick":
        yield from (option.label for option in item.options if option.code != "by-phone")
    if item.is_long_text:
        yield definition().words("long-text")


MILD = {**ALL_NOT_AT_ALL, "phq9-q1": SEVERAL_DAYS, "phq9-q2": SEVERAL_DAYS}
NO_EXTRAS: dict[str, Any] = {  # what is optional and left blank by somebody in no mood for it
    "preferred-name": None,
    "email-address": None,
    "home-address": None,
    "clinician-contact": None,
    "phq9-difficulty": None,
    "bp-systolic": None,
    "bp-diastolic": None,
    "other-allergies": None,
    "other-conditions": None,
    "interpreter-needed": None,
    "height-value": {"value": 66, "unit": "in"},
    "escort-arranged": "emergency-contact",
}


def medicines(*names: str) -> dict[str, Any]:
    rows = [{"medicine-name": name, "medicine-dose": "20 mg", "medicine-often": "once a day"} for name in names]
    return {"medicine": rows, "med-none": None}


HEALTHY = {**NO_EXTRAS, **ALL_NOT_AT_ALL, **medicines("sertraline")}
IN_CRISIS = {
    **NO_EXTRAS,
    **medicines("clonazepam", "lisinopril"),
    "phq9-q1": MORE_THAN_HALF,
    "phq9-q2": NEARLY_EVERY_DAY,
    "visit-reason": ["depression", "thoughts-of-suicide"],
    "safety-q1": "yes",
    "safety-q2": "yes",
    "safety-q3": "yes",
    "bp-diagnosis": "yes",
    "bp-controlled": "no",
    "med-benzo": "yes",
    "med-kinds-list": ["blood-pressure"],
    "tb-1": "tuesday-morning",
}
IN_PAIN = {
    **NO_EXTRAS,
    **ALL_NOT_AT_ALL,
    **medicines(
        "lisinopril",
        "amlodipine",
        "gabapentin",
        "duloxetine",
        "tramadol",
        "metformin",
        "aspirin",
        "omeprazole",
        "senna",
    ),
    **HYPERTENSION,
    "visit-reason": ["long-term-pain"],
    "pain-condition": "back-pain",
    "health-list": ["kidney", "sleep-apnea", "diabetes"],
    "med-opioid": "yes",
    "med-sedative": "yes",
    "med-kinds-list": ["blood-pressure"],
}


@pytest.mark.parametrize(
    ("changes", "pages", "answers", "words"),
    [
        pytest.param(HEALTHY, 16, 71, 2450, id="healthy woman"),
        pytest.param({**HEALTHY, "sex-assigned": "male"}, 15, 68, 2400, id="healthy man"),
        # With two pages of help and one of feedback, which the engine adds: 22 pages.
        pytest.param(IN_CRISIS, 19, 93, 2850, id="hypertension, benzodiazepine, suicidal thoughts"),
        pytest.param(IN_PAIN, 19, 104, 2650, id="long-term pain, nine medicines"),
    ],
)
def test_the_form_asks_no_more_than_this(changes, pages, answers, words):
    found = effort(response(changes))

    assert found.pages <= pages
    assert found.answers <= answers
    assert found.taps <= pages + answers
    assert found.words <= words
    assert found.minutes < 20


# Reading grade: each page without its instruments, the agreement texts, and the names of medicines and diseases.

NAMES = frozenset(
    re.findall(
        r"[a-z]+",
        """
        xanax ativan klonopin valium benzodiazepine benzodiazepines oxycodone hydrocodone tramadol methadone
        buprenorphine opioid opioids ambien trazodone gabapentin lyrica cbd benadryl stimulant adderall vyvanse ritalin
        modafinil phentermine sudafed maoi nardil parnate marplan emsam selegiline rasagiline linezolid theophylline
        aminophylline theo ozempic wegovy mounjaro zepbound lithium lamotrigine lamictal naltrexone vivitrol contrave
        eliquis xarelto warfarin clarithromycin ketoconazole ritonavir cobicistat hiv ketamine esketamine spravato ect
        tms antidepressants cannabis cocaine meth psychedelics kratom ghb
        diabetes porphyria pheochromocytoma adrenal tumor thyroid apnea schizophrenia schizoaffective bipolar depression
        anxiety ptsd ocd crps fibromyalgia dementia epilepsy seizure glaucoma aneurysm avm stroke concussion copd asthma
        cpap angina afib pacemaker defibrillator kidney bladder liver cirrhosis anesthesia shunt stent
        """,
    )
)
INSTRUMENTS = ("phq9-", "gad7-", "pcptsd5-", "auditc-")
HIGHEST_GRADE = 7


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    if len(word) <= 3:
        return 1
    word = re.sub(r"(?<=[^aeiouyl])es$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyl])e$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def reading_grade(texts: list[str]) -> float:
    """Return the Flesch-Kincaid grade."""
    sentences = [part for text in texts for part in re.split(r"[.!?:;]+\s", f"{text} ") if re.search(r"\w", part)]
    words = [word for part in sentences for word in re.findall(r"[A-Za-z][A-Za-z'-]*", part)]
    words = [word for word in words if word.lower().removesuffix("'s") not in NAMES]
    if not words:
        return 0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def texts_to_grade(page: QuestionPage) -> list[str]:
    own = [item for item in page.questions if not item.link_id.startswith(INSTRUMENTS) and item.control != "act"]
    if not own:
        return []  # an instrument's words are its own
    texts = [page.title, page.why, *(intro for intro in page.intro if not page.codes)]
    texts += [definition().notice("driving").text] if page.kind == "teach-back" else []
    for item in own:
        texts += [item.text, item.help, item.closed]
        texts += [option.label for option in item.options if len(option.label.split()) > 3]
    return [text for text in texts if text]


@pytest.mark.parametrize("page", definition().pages, ids=lambda page: page.link_id)
def test_every_page_reads_at_grade_7_or_below(page):
    texts = texts_to_grade(page)

    assert reading_grade(texts) <= HIGHEST_GRADE
    for text in texts:
        if len(text.split()) >= 12:
            assert reading_grade([text]) <= HIGHEST_GRADE + 5, text  # no single sentence far above its page


def test_every_notice_and_wording_reads_at_grade_7_or_below():
    for notice in definition().notices.values():
        assert reading_grade([notice.title, *notice.paragraphs, *notice.bullets]) <= HIGHEST_GRADE, notice.id
    patient = [rule.patient for rule in definition().rules.values()]
    assert reading_grade(patient) <= HIGHEST_GRADE


def test_the_measure_tells_plain_words_from_hard_ones():
    assert reading_grade(["Do not drive until the next day. Call us if you feel ill."]) < 3
    assert reading_grade(["Concomitant administration necessitates comprehensive cardiovascular reevaluation."]) > 15

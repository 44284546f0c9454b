"""Every reason has one grammar: what it is, then what to do; and nothing asks for what the form already holds."""

import copy

import pytest

from intake.definition.documents import NAMES, Documents
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError
from intake.definition.validate import check_documents
from intake.questionnaires.publishing import load_folder, shipped
from intake.review.reasons import answered_beside, read_reason
from intake.screening.engine import screen
from tests.intake.cases import TODAY
from tests.intake.cases_v2 import RULE_CASES, definition, response


@pytest.mark.parametrize("folder", shipped(), ids=lambda folder: folder.name)
def test_every_rule_of_every_shipped_version_says_what_and_what_to_do(folder):
    found = parse_definition(load_folder(folder))

    for rule in found.rules.values():
        reason = read_reason(found, rule.id)
        said = f"{reason.what} {reason.why}"
        assert reason.what, rule.id
        assert reason.do, rule.id
        assert len(reason.what) < 100, rule.id
        assert reason.do.casefold() not in said.casefold(), rule.id
        missing = words_of(rule.reason) - words_of(said) - words_of(reason.do)
        assert not missing, (rule.id, missing)


def words_of(text):
    return {word.strip(".,:;()?") for word in text.casefold().split()}


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.rule)
def test_reason_as_filled_in_keeps_all_its_words(case):
    answers = response(case.raises)
    reason = next(flag.reason for flag in screen(answers, as_of=TODAY).flags if flag.rule == case.rule)

    read = read_reason(definition(), case.rule, reason)

    assert "{" not in read.what + read.why + read.do
    assert not words_of(reason) - words_of(f"{read.what} {read.why} {read.do}")


def what_to_do(medicines, benzodiazepine="yes"):
    answers = response({"med-none": None, "med-benzo": benzodiazepine, "medicine": medicines})
    flag = next(flag for flag in screen(answers, as_of=TODAY).flags if flag.rule == "SR-M3")
    return read_reason(definition(), flag.rule, flag.reason, answered_beside(answers, flag.answers))


def test_dose_is_asked_for_only_where_the_form_does_not_hold_it():
    with_dose, without = {"medicine-name": "Xanax", "medicine-dose": "1 mg"}, {"medicine-name": "Ativan"}

    assert what_to_do([with_dose]).do == "Ask last use; do not stop it suddenly"
    assert what_to_do([without]).do == "Ask dose and last use; do not stop it suddenly"
    assert what_to_do([with_dose, without]).do == "Ask dose and last use; do not stop it suddenly"
    assert what_to_do([with_dose]).what == "Takes Xanax"
    assert what_to_do([with_dose]).why == "Benzodiazepine: more sedation, may shorten the benefit"
    assert what_to_do([with_dose], "no").what == "Takes Xanax (answered No)"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SR-NONE": "Ask"}, "there is no rule SR-NONE"),
        ({"stop": None}, "nothing says what to do about SR-"),
        ({"SR-H5": " "}, "SR-H5: it says nothing"),
        ({"SR-H5": {"do": "Ask", "asks": "nothing", "given": "Look"}}, "SR-H5: there is no question nothing"),
    ],
)
def test_version_that_leaves_staff_without_words_is_not_published(change, words):
    documents = {name: copy.deepcopy(getattr(load_folder(shipped()[-1]), name)) for name in NAMES}
    table = {**documents["staff"]["toDo"], **change}
    documents["staff"]["toDo"] = {key: value for key, value in table.items() if value is not None}

    with pytest.raises(DefinitionError, match=words):
        check_documents(Documents(**documents))

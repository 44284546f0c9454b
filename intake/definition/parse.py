"""Read a Definition from the documents of a version. Reading is not judging: `check_definition` does that, once."""

from intake.definition.documents import (
    Documents,
    MedicinesDocument,
    NoticesDocument,
    RulesDocument,
    StaffDocument,
    read_document,
)
from intake.definition.model import Definition
from intake.definition.parse_fhir import Reader, all_link_ids
from intake.definition.parse_lists import parse_medicines, parse_staff
from intake.definition.parse_rules import (
    parse_ends,
    parse_notices,
    parse_rules,
    parse_score,
    parse_subjects,
    parse_teach_back,
    parse_threshold,
)
from intake.definition.rules import DefinitionError
from intake.definition.translations import text_in


def parse_definition(documents: Documents, language: str = "en") -> Definition:
    """Parse the documents; texts come in `language` where they are translated."""
    rules = read_document(documents.rules, RulesDocument, "rules")
    notices = read_document(documents.notices, NoticesDocument, "notices")
    staff = read_document(documents.staff, StaffDocument, "staff")
    medicines = read_document(documents.medicines, MedicinesDocument, "medicines") if documents.medicines else None
    reader = Reader(documents.questionnaire, rules.none_words, language)
    sections = reader.sections()
    try:
        return Definition(
            slug=documents.slug,
            version=documents.version,
            rule_set=rules.version,
            title=text_in(documents.questionnaire, "title", language),
            language=language,
            content_hash=documents.content_hash,
            sections=sections,
            rules=parse_rules(rules.rules, language),
            thresholds={name: parse_threshold(name, node) for name, node in rules.thresholds.items()},
            notices=parse_notices(notices, language),
            teach_back=parse_teach_back(notices, language),
            scores={link_id: parse_score(link_id, node) for link_id, node in rules.scores.items()},
            none_words=frozenset(word.casefold() for word in rules.none_words.words),
            worklist=tuple(frozenset(rank) for rank in rules.worklist),
            ends=parse_ends(rules),
            subjects=parse_subjects(rules, language),
            staff=parse_staff(staff),
            medicines=parse_medicines(medicines) if medicines else None,
            signed_off_languages=frozenset(rules.signed_off_languages),
            other_link_ids=frozenset(all_link_ids(documents.questionnaire["item"], types=("group", "display"))),
            retired=frozenset(rules.retired),
            link_ids=tuple(all_link_ids(documents.questionnaire["item"])),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, DefinitionError):
            raise
        raise DefinitionError(f"a document has not the shape it should have: {error}") from error

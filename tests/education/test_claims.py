"""What each page must carry, and that everything said rests on something that is there."""

import pytest
from django.core.checks import run_checks

from education.documents.citations import cited_references, sections_of_claims
from education.documents.required_claims import REQUIRED_CLAIMS
from education.models import Claim, FaqEntry, Page, Reference, Section
from education.pages.presenter import carried_claims

REQUIRED = {
    "what-is-iv-ketamine#basics": "IV-05 BR-05 BR-07 IV-02 BR-01 BR-04",
    "what-is-iv-ketamine#why": "BR-02 BR-09 BR-03",
    "what-is-iv-ketamine#not": "BR-06 GAP-02 ON-10 CO-02",
    "what-is-iv-ketamine#about": "CO-03 GAP-13",
    "how-iv-compares#chart": "IV-08 BA-01 BA-02 BA-03 BA-04 BA-06 ON-01 ON-02 ON-03 BR-08",
    "how-iv-compares#control": "DC-01 DC-02 DC-03 DC-04 DC-05 DC-06 DC-07",
    "how-iv-compares#spray": "IV-04 IV-09 ON-04 ON-06 BA-05",
    "how-iv-compares#home": "SM-04 SM-05 SM-06 GAP-03",
    "how-iv-compares#honest": "IV-01 IV-03 DU-01 BA-08 CO-01",
    "benefits-evidence#who": "BA-07 TR-01 TR-02 BR-13 IV-06",
    "benefits-evidence#speed": "ON-09 BR-10 BR-11 ON-10",
    "benefits-evidence#last": "DU-02 DU-03 BR-15 GAP-09",
    "benefits-evidence#results": "TR-03 GAP-10 GAP-11 RC-10 RF-01 RF-02 RF-03",
    "benefits-evidence#ptsd": "BR-12",
    "benefits-evidence#pain": "IV-07 SM-07 SM-08",
    "benefits-evidence#how": "ON-05 ON-07 ON-08 BR-14",
    "risks-side-effects#during": "RC-01 RC-02 RC-03 RC-04 RC-08 BR-16",
    "risks-side-effects#serious": "RC-06 GAP-05 GAP-06 GAP-03 SM-02",
    "risks-side-effects#misuse": "SM-05 SM-06 GAP-01",
    "risks-side-effects#thinking": "BR-19 RC-07",
    "risks-side-effects#other": "BR-17 BR-18",
    "risks-side-effects#call": "GAP-12",
    "tell-us-first#list": "GAP-04 RC-09",
    "tell-us-first#heart-blood-pressure": "GAP-04 RC-06",
    "tell-us-first#brain-eyes": "GAP-04",
    "tell-us-first#mental-health": "GAP-04",
    "tell-us-first#pregnancy": "GAP-07",
    "tell-us-first#liver-kidney-bladder": "GAP-05 GAP-06",
    "tell-us-first#medicines": "GAP-08",
    "tell-us-first#alcohol-drugs": "SM-05",
    "tell-us-first#other-conditions": "GAP-04",
    "tell-us-first#age-weight": "GAP-04",
    "infusion-day#before": "RC-09 SM-01",
    "infusion-day#during": "RC-05 RC-06 SM-02 SM-03 SM-09",
    "infusion-day#after": "RC-07 RC-03",
    "driving-home#rule": "RC-07 BR-19",
    "driving-home#ride": "RC-07",
    "driving-home#check": "RC-07",
    "after-treatment#first-day": "RC-03 RC-07",
    "after-treatment#plan": "RC-09 CO-02",
    "after-treatment#relapse": "DU-02 GAP-09 BR-15",
    "other-options#compare": "TR-03 BA-08 CO-01",
    "other-options#ect": "GAP-11 TR-03",
    "other-options#next": "BA-08 TR-02",
    "cost-approval#offlabel": "BR-06 IV-09 GAP-01 GAP-02",
    "cost-approval#cost": "DU-04",
    "cost-approval#ask": "SM-01 SM-09 IV-03",
    "get-help-now#now": "GAP-12 ON-10",
    "get-help-now#emergency": "GAP-12",
    "get-help-now#talk": "GAP-12",
    "references#list": "RF-01 RF-02 RF-03",
    "references#conflicts": "GAP-13 CO-03",
    "references#how-we-review": "CO-02",
}
ANCHORS = list(dict.fromkeys(REQUIRED))
# What only questions, rules, notices and instruments cite is theirs to test; here it may stand uncited.
FORM_KINDS = ("FHIR", "instrument", "terminology", "diagnostic", "secondary", "news", "government", "local policy")


def test_required_claims_are_those_of_the_outline():
    assert REQUIRED_CLAIMS == REQUIRED


def test_every_section_of_the_outline_stands_in_its_order(content):
    sections = Section.objects.filter(page__language="en").order_by("page__number", "position")

    assert [f"{section.page.slug}#{section.anchor}" for section in sections.select_related("page")] == ANCHORS


def test_every_section_carries_its_required_claims(content):
    rows = Section.objects.filter(page__language="en").select_related("page")
    carried = {f"{section.page.slug}#{section.anchor}": set(carried_claims([section])) for section in rows}

    missing = {place: set(claims.split()) - carried[place] for place, claims in REQUIRED.items()}
    assert {place: claims for place, claims in missing.items() if claims} == {}


def test_every_claim_is_carried_by_a_page(content):
    claims = set(Claim.objects.in_language("en").values_list("claim_id", flat=True))

    assert claims - set(sections_of_claims("en")) == set()
    assert set(sections_of_claims("en")) - claims == set()


def test_every_cited_reference_is_there_and_no_study_stands_uncited(content):
    references = {reference.key: reference for reference in Reference.objects.in_language("en")}
    cited = cited_references("en")

    uncited = {key for key in set(references) - cited if not references[key].kind.startswith(FORM_KINDS)}
    assert cited - set(references) == set()
    assert uncited <= {"ANDRADE-INT-2017"}  # a rule on medicines cites it


def test_content_is_whole(content):
    assert Page.objects.published("en").count() == 12
    assert FaqEntry.objects.in_language("en").count() == 30
    assert [page.number for page in Page.objects.published("en")] == list(range(1, 13))


@pytest.mark.django_db
def test_check_names_a_page_that_lost_a_required_claim(content):
    assert problems() == []
    section = Section.objects.get(page__slug="driving-home", anchor="rule")
    section.body = section.body.replace("{claim RC-07}", "")
    section.save()

    assert problems() == ["driving-home#rule (en) does not carry RC-07."]


@pytest.mark.django_db
def test_check_says_nothing_of_a_page_that_is_not_published(content):
    Section.objects.filter(page__slug="driving-home").update(body="Words.")
    Page.objects.filter(slug="driving-home").update(is_published=False)

    assert problems() == []


@pytest.mark.django_db
def test_check_names_a_citation_that_is_not_there(content):
    Claim.objects.filter(claim_id="IV-05").update(references=["JONES-2021"])

    assert problems() == ["The reference JONES-2021 is cited but is not there (en)."]


def problems():
    found = run_checks(databases=["default"])
    return [message.msg for message in found if (message.id or "").startswith("education.")]

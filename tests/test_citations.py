"""Sources across the apps: everything cited exists, and everything listed is cited by something."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from clinic.web.links import learn_url, reference_url
from education.models import Citation, Reference
from education.models.citations import who_rests_on
from intake.definition.documents import NAMES
from intake.definition.parse import parse_definition
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import load_folder, newest
from tests.real_content import put_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def definition():
    put_content()
    return parse_definition(load_folder(newest("previsit")))


def rule_sources(definition) -> set[str]:
    return {key for rule in definition.rules.values() for key in rule.sources}


def test_every_reference_is_cited_and_every_citation_is_listed(definition):
    listed = set(Reference.objects.values_list("key", flat=True))

    targets = Citation.objects.filter(target__startswith="references/").values_list("target", flat=True)
    cited = {target.removeprefix("references/") for target in targets}
    assert cited | {key.lower() for key in rule_sources(definition)} == {key.lower() for key in listed}


def test_publishing_a_version_writes_what_its_rules_rest_on(definition):
    call_command("load_questionnaires", verbosity=0)

    found = who_rests_on("en", "pages/tell-us-first")
    assert any(name.startswith("questionnaires/previsit/1/SR-") for name in found)
    assert any(name.startswith("questionnaires/previsit/2/") for name in who_rests_on("en", "references/mayo-ket"))


def test_every_rule_leads_to_a_section_that_is_there(definition, client):
    links = {rule.learn for rule in definition.rules.values()} | {
        item.learn for item in definition.questions.values() if item.learn
    }
    assert len(links) > 15
    pages: dict[str, str] = {}
    for link in links:
        url, _, anchor = learn_url(link).partition("#")
        if url not in pages:
            response = client.get(url)
            assert response.status_code == 200, link
            pages[url] = response.content.decode()
        assert not anchor or re.search(rf'id="{anchor}"', pages[url]), link


def test_every_source_of_a_rule_is_in_the_list_of_references(definition, client):
    page = client.get("/learn/references/").content.decode()

    for key in rule_sources(definition):
        assert f'id="{reference_url(key).partition("#")[2]}"' in page, key


@pytest.mark.parametrize(
    ("link", "source", "said"),
    [
        ("tell-us-first#nowhere", "PROJECT-POLICY", "there is no section tell-us-first#nowhere"),
        ("tell-us-first#list", "NOBODY-2020", "there is no source NOBODY-2020"),
    ],
)
def test_a_version_that_leads_to_what_is_not_there_is_not_published(definition, link, source, said, tmp_path):
    documents = load_folder(newest("previsit"))
    documents.rules["rules"][0].update(learn=link, sources=[source])
    for name in NAMES:
        (tmp_path / f"{name}.json").write_text(json.dumps(getattr(documents, name)))

    with pytest.raises(CommandError, match=f"{documents.rules['rules'][0]['id']}: {said}"):
        call_command("load_questionnaires", "--from", tmp_path, verbosity=0)
    assert not QuestionnaireVersion.objects.exists()

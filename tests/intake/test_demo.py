"""Made-up submissions for a desk to try things out on."""

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Clinic
from intake.models import Draft, Submission, UnfinishedForm, WorkItem
from intake.questionnaires.publishing import load_folder, publish, shipped
from tests.intake.submissions import make_staff, make_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("folder", shipped(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_the_same_seed_makes_the_same_people_of_every_kind(folder, capsys):
    publish(load_folder(folder))

    call_command("make_demo_submissions", "30", "--seed", "7")
    first = sorted(one.identity["legal-name"] for one in Submission.objects.all())
    call_command("make_demo_submissions", "30", "--seed", "8")

    assert len(first) == 30
    with pytest.raises(CommandError, match="another --seed"):
        call_command("make_demo_submissions", "30", "--seed", "7")
    assert (Draft.objects.filter(closed_at=None).count(), UnfinishedForm.objects.waiting().count() >= 4) == (6, True)
    assert all(form.holds for form in UnfinishedForm.objects.all())
    call_command("verify_audit")
    assert {len(one.record["tries"]) for one in Submission.objects.all()} == {1, 2}
    assert all(one.record["signed_at"] and one.record["notices"][0]["agreed_at"] for one in Submission.objects.all())
    assert WorkItem.objects.count() == 60
    severities = {one.screening.severity for one in Submission.objects.all()}
    assert len(severities) >= 3
    assert "30 made-up submissions" in capsys.readouterr().out
    missing = [one.reference for one in Submission.objects.all() if one.flags.filter(rule="SR-INCOMPLETE").exists()]
    assert missing == []


@pytest.mark.parametrize("url", ["https://clinic.example", "https://localhost"])
def test_nothing_is_made_where_patients_may_be(settings, url):
    make_version()
    site = type(settings.SITE)(url, url.split("//")[1], url.startswith("https"))
    settings.SITE = site

    with pytest.raises(CommandError, match="real patients"):
        call_command("make_demo_submissions", "1", "--yes")

    assert not Submission.objects.exists()
    assert Clinic.current().pk == 1


def test_nothing_is_made_at_an_address_that_is_not_local_without_a_yes(settings):
    make_version()
    settings.SITE = type(settings.SITE)("http://desk.example", "desk.example", False)

    with pytest.raises(CommandError, match="real patients"):
        call_command("make_demo_submissions", "1")
    assert not Submission.objects.exists()

    call_command("make_demo_submissions", "1", "--yes")
    assert Submission.objects.count() == 1


def test_staff_read_scores_and_not_what_only_conditions_read(client):
    publish(load_folder(shipped()[-1]))
    call_command("make_demo_submissions", "1", "--seed", "3")

    submission = Submission.objects.get()
    hidden = [item.text for item in submission.definition.computed.values() if item.is_hidden]
    page = sign_in(client, make_staff("clinician")).get(f"/admin/intake/submission/{submission.pk}/").content.decode()

    assert hidden
    assert "PHQ-9" in page
    assert not [text for text in hidden if text in page]

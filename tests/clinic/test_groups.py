import pytest
from django.contrib.auth.models import Group, Permission

from clinic.staff.groups import PERMISSIONS, update_groups
from tests.intake.submissions import make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(PERMISSIONS))
def test_each_group_has_exactly_its_permissions(name):
    has = {f"{p.content_type.app_label}.{p.codename}" for p in Group.objects.get(name=name).permissions.all()}

    assert has == PERMISSIONS[name]


def test_update_groups_takes_away_what_was_added_by_hand_and_brings_back_what_is_missing():
    group = Group.objects.get(name="front desk")
    group.permissions.set(Permission.objects.filter(codename__in=["read_clinical", "decide"]))

    update_groups()
    update_groups()

    assert [p.codename for p in group.permissions.all()] == ["log_contact", "view_submission"]
    assert Group.objects.count() == len(PERMISSIONS)


def test_no_group_may_add_change_or_delete_a_row_about_a_patient():
    given = Permission.objects.filter(content_type__app_label="intake", group__isnull=False).distinct()
    given = given.exclude(content_type__model="decisionreason")  # a list of the clinic's own

    assert set(given.values_list("codename", flat=True)) == {
        "export_submission",
        "log_contact",
        "match_person",
        "view_submission",
        "read_clinical",
        "write_note",
        "resolve_flag",
        "resolve_stop",
        "decide",
        "close_unfinished",
        "delete_contents",
        "view_questionnaireversion",
    }


def test_migrations_make_no_account(django_user_model):
    assert not django_user_model.objects.exists()


@pytest.mark.parametrize("number", ["9" * 40, "-1", "x", "٣"])
def test_a_group_that_cannot_be_is_an_error_beside_the_field(client, number):
    from tests.signing_in import sign_in

    sign_in(client, make_staff("owner"))
    nurse = make_staff("nurse")

    response = client.post(f"/admin/clinic/user/{nurse.pk}/change/", {"username": "nora", "groups": [number]})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["groups"]
    assert [group.name for group in nurse.groups.all()] == ["nurse"]


def test_a_permission_that_is_taken_away_is_gone_at_the_next_request(client):
    from tests.signing_in import sign_in

    nurse = make_staff("nurse")
    sign_in(client, nurse)
    assert client.get("/admin/intake/submission/").status_code == 200

    nurse.groups.clear()

    assert client.get("/admin/intake/submission/").status_code == 403

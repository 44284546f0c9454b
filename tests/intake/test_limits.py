"""Clinical limits on the staff page: ranges, who confirmed what, and the trail."""

import pytest
from django.urls import reverse

from clinic.models import AuditEntry, Clinic, Limit
from clinic.staff.groups import OWNER
from tests.intake.submissions import make_staff, make_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "admin:clinic_limit_changelist"


@pytest.fixture
def owner(client):
    make_version()
    return sign_in(client, make_staff(OWNER))


def as_shown(owner, **changes):
    """Return what the page's form would post, with some boxes typed anew."""
    form = owner.get(reverse(ADDRESS)).context["form"]
    shown = {name: str(form[name].value()) for name in form.thresholds}
    return {**shown, "confirmed_by": "Dr. Lee", **changes}


def test_the_page_shows_each_range_and_that_nobody_has_confirmed_the_defaults(owner):
    text = owner.get(reverse(ADDRESS)).content.decode()

    assert "From 160 to 180 mm[Hg]." in text
    assert text.count("[POLICY] Nobody has confirmed it yet.") == 11


def test_a_limit_is_saved_with_who_confirmed_it_and_the_trail_says_what_changed(owner):
    posted = as_shown(owner, **{"bp2-systolic": "150", "confirm-low-bmi": "on"})

    response = owner.post(reverse(ADDRESS), posted)

    assert response.status_code == 302
    assert Clinic.current().limits() == {"bp2-systolic": 150, "low-bmi": pytest.approx(18.5)}
    assert set(Limit.objects.values_list("confirmed_by", flat=True)) == {"Dr. Lee"}
    rows = AuditEntry.objects.filter(action="limit.change").order_by("position").values_list("subject", "detail")
    assert sorted(rows) == [
        ("limit:bp2-systolic", "160 -> 150, confirmed by Dr. Lee"),
        ("limit:low-bmi", "18.5 -> 18.5, confirmed by Dr. Lee"),
    ]
    assert "Confirmed by Dr. Lee" in owner.get(reverse(ADDRESS)).content.decode()


@pytest.mark.parametrize(
    ("typed", "name", "says"),
    [
        ({"bp1-systolic": "190"}, "bp1-systolic", "180"),
        ({"low-bmi": "x"}, "low-bmi", "number"),
        ({"bp1-systolic": "160", "bp2-systolic": "160", "bp1-diastolic": "100", "bp2-diastolic": "100"}, None, ""),
        ({"bp1-diastolic": "100", "bp2-diastolic": "100.5"}, "bp2-diastolic", "100"),
        ({"confirmed_by": ""}, "confirmed_by", "who confirms"),
    ],
)
def test_a_limit_outside_its_range_or_above_its_upper_one_is_refused_and_kept_on_the_page(owner, typed, name, says):
    response = owner.post(reverse(ADDRESS), as_shown(owner, **typed))

    if name is None:
        assert response.status_code == 302
        return
    assert response.status_code == 200
    assert says in str(response.context["form"].errors[name])
    assert str(response.context["form"][name].value()) == typed[name]
    assert not Limit.objects.exists()

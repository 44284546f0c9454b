from datetime import date

import pytest
from django.db import IntegrityError, transaction

from education.models import Claim, Page, months_after


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
    ],
)
def test_months_after_stays_inside_the_month(day, months, expected):
    assert months_after(day, months) == expected


def test_page_is_overdue_from_the_day_after_its_next_review():
    page = Page(reviewed_on=date(2026, 1, 15), reviewed_by="Dr. A", review_months=6)

    assert page.next_review_on == date(2026, 7, 15)
    assert not page.is_overdue(date(2026, 7, 15))
    assert page.is_overdue(date(2026, 7, 16))


def test_page_that_nobody_reviewed_is_overdue():
    assert Page().is_overdue(date(2026, 1, 1))
    assert Page().next_review_on is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"reviewed_on": date(2026, 1, 1)}, {"reviewed_by": "Dr. A"}, {"review_months": 0}],
    ids=lambda wrong: "-".join(wrong),
)
def test_page_cannot_be_half_reviewed_or_never_due(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.create(slug="a", number=1, **wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"statement_grade": "rumour"}, {"verdict": "maybe"}, {"quoted_grade": "none"}])
def test_claim_keeps_to_the_fixed_words(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            claim_id="IV-01",
            position=1,
            **({"statement_grade": "trial", "quoted_grade": "trial", "verdict": "keep"} | wrong),
        )


@pytest.mark.django_db
def test_page_slug_is_unique_in_a_language_only():
    Page.objects.create(slug="a", number=1, language="en")
    Page.objects.create(slug="a", number=1, language="es")

    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.create(slug="a", number=2, language="en")


@pytest.mark.django_db
def test_published_leaves_out_other_languages_and_unpublished_pages():
    kept = Page.objects.create(slug="a", number=2)
    first = Page.objects.create(slug="b", number=1)
    Page.objects.create(slug="c", number=3, is_published=False)
    Page.objects.create(slug="a", number=1, language="es")

    assert list(Page.objects.published("en")) == [first, kept]

"""Count what was looked for and not found, so that an editor knows which words or pages are missing."""

from datetime import date, timedelta

from django.db import DatabaseError, transaction

from clinic.sealing.lookup import keyed_hash
from education.models import SearchMiss

DAYS_UNTIL_KEPT = 3
FORGOTTEN_AFTER = timedelta(days=180)
MOST_ROWS = 1000
LONGEST = 80


def count_miss(words: str, today: date) -> None:
    """Note one day on which these words found nothing; a database that only reads is no reason to fail."""
    if not words or len(words) > LONGEST:
        return
    try:
        with transaction.atomic():
            note(words, today)
    except DatabaseError:
        return


def note(words: str, today: date) -> None:
    found = SearchMiss.objects.select_for_update().filter(query_hash=keyed_hash("search.miss", words)).first()
    if found is None:
        make_room(today)
        SearchMiss.objects.create(query_hash=keyed_hash("search.miss", words), last_on=today)
    elif found.last_on < today:
        found.days = min(found.days + 1, 32_000)
        found.last_on = today
        if found.days >= DAYS_UNTIL_KEPT:
            found.words = words
        found.save(update_fields=["days", "last_on", "words"])


def make_room(today: date) -> None:
    """Keep the table small: what is old goes, then what came on the fewest days."""
    SearchMiss.objects.filter(last_on__lt=today - FORGOTTEN_AFTER).delete()
    if SearchMiss.objects.count() >= MOST_ROWS:
        rarest = SearchMiss.objects.order_by("days", "last_on").values_list("pk", flat=True)[: MOST_ROWS // 10]
        SearchMiss.objects.filter(pk__in=list(rarest)).delete()

"""Days that any clock and any database can write: what staff may type lies between them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

FARTHEST = timedelta(hours=15)  # PostgreSQL knows no zone much farther from UTC


def validate_zone(moment: datetime) -> None:
    if abs(moment.utcoffset() or timedelta()) > FARTHEST:
        raise ValidationError("", code="invalid")


# The days beside them, and their midnights in any zone, can still be written.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
DAYS = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
MOMENTS: list[Callable[[Any], None]] = [
    validate_zone,
    MinValueValidator(datetime.combine(FIRST_DAY, time.min, UTC)),
    MaxValueValidator(datetime.combine(LAST_DAY, time.max, UTC)),
]
UNREADABLE = ("invalid", "min_value", "max_value")

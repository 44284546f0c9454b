"""Days that any clock and any database can write: what staff may type lies between them."""

from datetime import UTC, date, datetime, time

from django.core.validators import MaxValueValidator, MinValueValidator

# The days beside them, and their midnights in any zone, can still be written.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
DAYS = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
MOMENTS = [
    MinValueValidator(datetime.combine(FIRST_DAY, time.min, UTC)),
    MaxValueValidator(datetime.combine(LAST_DAY, time.max, UTC)),
]
UNREADABLE = ("invalid", "min_value", "max_value")

"""How many forms one address may start in an hour: enough for a waiting room, too few for a flood."""

from django.conf import settings
from django.http import HttpRequest

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.web.limits import count_up, network_of

HOUR = 3600


def is_over_limit(request: HttpRequest) -> bool:
    """Count one start, and say whether it is one too many. The first refusal in an hour leaves an audit row."""
    started = count_up("intake-start", network_of(request), HOUR)
    if started == settings.INTAKE_STARTS_AN_HOUR + 1:
        record(request, Action.INTAKE_LIMITED)
    return started > settings.INTAKE_STARTS_AN_HOUR

"""How many forms may be started in an hour: from one address (a waiting room), and in the whole site (no flood)."""

from django.conf import settings
from django.http import HttpRequest

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.web.limits import count_up, network_of

HOUR = 3600


def is_over_limit(request: HttpRequest, *, has_draft: bool) -> bool:
    """Count one start, and say whether it is one too many. The first refusal in an hour leaves an audit row.

    The limit of the whole site is for strangers alone: who starts over has a draft already.
    """
    if is_over(request, network_of(request), settings.INTAKE_STARTS_AN_HOUR, "one address"):
        return True
    return not has_draft and is_over(request, "everybody", settings.INTAKE_STARTS_SITE_AN_HOUR, "whole site")


def is_over(request: HttpRequest, whose: str, limit: int, detail: str) -> bool:
    started = count_up("intake-start", whose, HOUR)
    if started == limit + 1:
        record(request, Action.INTAKE_LIMITED, detail=detail)
    return started > limit

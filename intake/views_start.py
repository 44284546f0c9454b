"""The ways in and out: start, come back, leave, clear this device."""

from typing import Any

from allauth.core.internal.ratelimit import Rate, consume
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from intake.drafts import (
    QUESTIONNAIRE,
    asks_birth_date,
)

"""A help page: first thing after an answer that calls for it, once; then on with the form, or a stop."""

from contextlib import suppress

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect

from clinic.web.requests import Request
from intake.journey.crisis_help import Panel
from intake.journey.saving import note_help_pressed, note_help_shown
from intake.journey.visit import Visit
from intake.models import Draft


def show_help(request: Request, visit: Visit, name: str) -> HttpResponse:
    """Show one panel, large and alone, and note that it was shown."""
    opened = visit.journey.help_of(name)
    if opened is None:
        return redirect(visit.urls["go_on"])
    words = "" if visit.asks_birth_date or name == "emergency" else opened.words
    panel = Panel(name, visit.definition.panel(name), words)
    context = {"panel": panel, "change_url": change_url(visit, opened.rules), "is_known": not visit.asks_birth_date}
    response = visit.show(request, "intake/help.html", context)
    if request.method == "GET":
        with suppress(DatabaseError, Draft.DoesNotExist):  # it stands on the screen all the same
            note_help_shown(visit, name)
    return response


def change_url(visit: Visit, rules: tuple[str, ...]) -> str:
    """Return the page of the answer that opened this help."""
    definition = visit.definition
    for rule_id in rules:
        when = definition.rules[rule_id].when
        for link_id in when.questions() if when else ():
            if link_id in definition.page_of and visit.response.page(definition.page_of[link_id].link_id):
                return visit.urls.page(definition.page_of[link_id].link_id)
    return ""


def take_help_button(request: Request, visit: Visit, name: str) -> HttpResponse:
    """Note which button was pressed, which is no answer, and lead on."""
    button = "stop" if "stop" in request.POST else "go-on"
    try:
        note_help_pressed(visit, name, button)
    except Draft.DoesNotExist:
        return redirect(visit.urls["sent"])
    response = redirect(visit.urls["leave"] if button == "stop" else visit.urls["go_on"])
    response.status_code = 303
    return response

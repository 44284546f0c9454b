"""Show staff that a crisis rule fired in a form that is not sent: rules, time, name and telephone, no more."""

from intake.definition.model import Answer
from intake.journey.crisis_help import crisis_flags
from intake.journey.visit import Visit
from intake.models import UnfinishedForm, tell_staff
from intake.screening.results import Screened, worklist_rank


def keep_unfinished(visit: Visit, screened: Screened) -> None:
    """Show staff that a crisis rule fired in a form not yet sent: rules, time, name and telephone, no more.

    Its rules only grow. One that a clinician closed comes back when another rule fires. While a page waits unapplied
    nothing is said to be over: that page may be the very one that raised it.
    """
    draft, now = visit.draft, visit.now
    crisis = crisis_flags(screened.flags)
    form = UnfinishedForm.objects.select_for_update().filter(draft=draft).first()
    if form is None and not crisis:
        return
    rank = worklist_rank(visit.definition, crisis)
    if form is None:
        form = UnfinishedForm(draft=draft, version=draft.version, rules=[], rank=rank, first_at=now, last_at=now)
    form.data_key = draft.data_key
    new_rules = [flag.rule for flag in crisis if flag.rule not in form.rules]
    before = form.holds if draft.unsaved else ()
    holds = [rule for rule in (*form.rules, *new_rules) if rule in screened.true_rules or rule in before]
    contact = contact_of(visit)
    if not new_rules and (form.contact, form.holds) == (contact, holds):
        return
    if new_rules:
        form.rules, form.rank, form.last_at = [*form.rules, *new_rules], min(form.rank, rank), now
        # Nobody has read this yet, whoever opened or closed it before; the reason given then stays.
        form.settled_at = form.closed_by = form.opened_at = form.opened_by = None
    form.contact, form.holds = contact, holds
    form.save()
    if new_rules:
        tell_staff(unfinished=form)


def contact_of(visit: Visit) -> dict[str, Answer]:
    """Return the name and telephone that were given so far."""

    def given(role: str) -> Answer | None:
        item = visit.definition.role(role)
        return visit.draft.answers.get(item.link_id) if item else None

    contact = {"name": given("legal-name") or given("preferred-name"), "phone": given("phone")}
    return {key: value for key, value in contact.items() if value}

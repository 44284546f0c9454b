"""Where the pages of a form are. A page's address is a code that tells nothing: another one in every draft."""

from uuid import UUID

from django.urls import reverse

from clinic.sealing.lookup import keyed_hash
from intake.definition.model import Definition

CODE_LENGTH = 16
BACK_TO_CHECK = "check"
HELP = "help:"  # no linkId holds a colon


def page_code(draft_id: UUID, name: str) -> str:
    """Return the code of a page of this draft: stable, and of no use to who does not hold the draft."""
    return keyed_hash("intake.page", draft_id.hex, name)[:CODE_LENGTH]


def row_code(draft_id: UUID, path: str) -> str:
    """Return the mark of one answer on the check page, which says as little."""
    return keyed_hash("intake.row", draft_id.hex, path)[:CODE_LENGTH]


class Addresses:
    """The addresses of one form. Templates read `urls.leave`."""

    def __init__(self, form: str) -> None:
        self.place = {"form": form} if form else {}  # without a slug: the clinic's main form

    def __getitem__(self, name: str) -> str:
        return reverse(f"intake:{name.replace('_', '-')}", kwargs=self.place)


class DraftAddresses(Addresses):
    """The addresses of one form, and of the pages of one draft."""

    def __init__(self, form: str, draft_id: UUID) -> None:
        super().__init__(form)
        self.draft_id = draft_id

    def page(self, name: str, back: str = "") -> str:
        """Return the address of a page of questions, or of a help page."""
        url = reverse("intake:page", kwargs={**self.place, "code": page_code(self.draft_id, name)})
        return f"{url}?back={back}" if back else url

    def help(self, panel: str) -> str:
        return self.page(HELP + panel)

    def name_of(self, code: str, definition: Definition) -> str:
        """Return which page a code leads to; empty when it is none of this draft's."""
        names = [*definition.section_of, *(HELP + panel for panel in ("emergency", "suicide"))]
        return next((name for name in names if page_code(self.draft_id, name) == code), "")

"""Forms of the admin: each builds the document that a file would hold, and lets the one check judge it."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.staff.days import MOMENTS
from education.documents.check import problems_of
from education.documents.files import KINDS, ContentError, Document, Meta, parse_mapping
from education.documents.load import documents_of, lost_sections
from education.documents.problems import Problem
from education.documents.rows import MODELS, field_of
from education.documents.targets import Targets
from education.models import Claim, FaqEntry, FigureFacts, GlossaryTerm, Page, Reference, Revision, SearchWords

MARKDOWN_HELP = _(
    "Markdown. Links: [words](page:slug#anchor), [words](glossary:word), [words](claim:IV-05), [words](ref:KEY)."
)
PAGE_HELP = _(
    "Markdown. A section starts with a line '## Heading {#anchor}'; headings inside start at ###. In a sentence: "
    "{claim IV-05}, {setting eating_rule}. Alone on a line: {figure driving-clock}, {crisis}. A box: :::do, :::dont, "
    ":::warning Title, :::care 911, :::care today, :::care visit or :::studies, its lines, then :::"
)


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """A list has no length in characters to check."""


class TextField(forms.CharField):
    """Markdown as files keep it: lines end in a line feed, with no blank lines at the ends."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").strip("\n")


class ContentForm(forms.ModelForm):
    """Words of one language. What is saved is the document, exactly as a file would hold it."""

    folder: ClassVar[str]
    document: Document
    problems: Sequence[Problem] = ()
    reason = forms.CharField(
        label=_("What changed and why"),
        required=False,
        max_length=300,
        help_text=_("In plain words: the reviewer and readers see it."),
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the revision that was there to edit

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        self.newest = Revision.objects.of(row.language, row.content_key).first() if row.pk else None
        self.initial["based_on"] = self.newest.pk if self.newest else 0

    @property
    def is_changed(self) -> bool:
        return bool(set(self.changed_data) - {"reason", "based_on"})

    def language(self) -> str:
        return self.cleaned_data.get("language") or self.instance.language or "en"

    def build(self, data: dict[str, Any]) -> Document:
        """Return the document that the form describes."""
        model = MODELS[self.folder]
        names = {key: field_of(self.folder, key) for key in KINDS[self.folder]}
        meta = {key: data.get(name, getattr(self.instance, name)) for key, name in names.items()}
        name = data.get(model.identity) or getattr(self.instance, model.identity)
        return Document(self.folder, str(name).lower(), meta, data.get("body") or "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data  # what is missing or of the wrong type cannot be judged as a document
        self.document = self.build(data)
        documents = documents_of(self.language())
        others = [other for other in documents if other.content_key != self.document.content_key]
        if not self.instance.pk and len(others) < len(documents):
            self.add_error(MODELS[self.folder].identity, gettext("There is one of this name already."))
        self.problems = list(problems_of(self.document, Targets.of([*others, self.document])))
        for problem in self.problems:
            name = field_of(self.folder, problem.field)
            self.add_error(name if name in self.fields else None, str(problem))
        self.refuse_loss(data)
        self.tell_of_another(data["based_on"])
        return data

    def tell_of_another(self, based_on: int | None) -> None:
        """Say once that somebody saved the text while it was open here; who saves again, knows."""
        if self.newest is None or based_on in (None, self.newest.pk):
            return
        self.data = cast(QueryDict, self.data).copy()
        self.data[self.add_prefix("based_on")] = str(self.newest.pk)
        text = gettext(
            "%(name)s saved this text after you opened it: see Review and revisions. To save yours, save again."
        )
        self.add_error(None, text % {"name": self.newest.author_name})

    def refuse_loss(self, data: dict[str, Any]) -> None:
        """Refuse to take away what others rest on."""


class PageForm(ContentForm):
    folder = Page.folder
    key_points = LinesField(label=_("Key points"), help_text=_("Three to five short sentences, one a line."))
    references = LinesField(
        label=_("References"), help_text=_("Keys of sources beyond those of the claims, one a line.")
    )
    body = TextField(label=_("Text"), help_text=PAGE_HELP)

    class Meta:
        model = Page
        fields = (
            "language", "number", "slug", "title", "description", "answer", "key_points", "body", "references",
            "review_months",
        )  # fmt: skip

    def refuse_loss(self, data: dict[str, Any]) -> None:
        if not self.instance.pk or self.has_error("body"):
            return
        for anchor, rests in lost_sections(self.document, self.language()):
            self.add_error("body", section_stays(anchor, rests))


def section_stays(anchor: str, rests: list[str]) -> str:
    text = gettext("The section #%(anchor)s must stay.") % {"anchor": anchor}
    return f"{text} {needed_by(rests)}"


def needed_by(rests: list[str]) -> str:
    return gettext("It is needed by: %(names)s") % {"names": ", ".join(rests[:12])}


class ClaimForm(ContentForm):
    folder = Claim.folder
    references = LinesField(label=_("References"), help_text=_("Keys of sources, one a line."))
    body = TextField(label=_("What the evidence says"), required=False, help_text=MARKDOWN_HELP)

    class Meta:
        model = Claim
        fields = (
            "language", "claim_id", "position", "statement", "statement_grade", "references", "body", "seed",
            "verdict", "quoted_grade",
        )  # fmt: skip


class ReferenceForm(ContentForm):
    folder = Reference.folder
    url = forms.URLField(label=_("Address"), required=False, assume_scheme="https")
    body = TextField(label=_("What was checked"), required=False)

    class Meta:
        model = Reference
        fields = (
            "language", "key", "authors", "title", "source", "kind", "detail", "interest", "url", "doi", "verified",
            "about", "body",
        )  # fmt: skip


class FaqEntryForm(ContentForm):
    folder = FaqEntry.folder
    references = LinesField(label=_("References"), help_text=_("Keys of sources, one a line."))
    claims = LinesField(label=_("Claims"), help_text=_("Ids of claims, one a line."))
    body = TextField(label=_("Answer"), help_text=MARKDOWN_HELP)

    class Meta:
        model = FaqEntry
        fields = ("language", "faq_id", "group", "position", "question", "body", "section", "claims", "references")


class GlossaryTermForm(ContentForm):
    folder = GlossaryTerm.folder
    body = TextField(label=_("Meaning"), help_text=MARKDOWN_HELP)

    class Meta:
        model = GlossaryTerm
        fields = ("language", "slug", "term", "abbreviation", "spanish", "body")


class YamlForm(ContentForm):
    """Content that is facts or words alone, written as its file is."""

    body = TextField(label=_("Facts and words"), help_text=_("YAML, as the content files have it."))

    def clean_body(self) -> str:
        """Write the YAML as a file would have it."""
        text = str(self.cleaned_data["body"])
        try:
            return Document(self.folder, "", parse_mapping("", text, first_line=1)).text
        except ContentError as error:
            raise ValidationError(str(error).removeprefix(":")) from error

    def build(self, data: dict[str, Any]) -> Document:
        meta: Meta = msgspec.yaml.decode(data["body"])
        return Document(self.folder, data.get("slug") or self.instance.slug, meta)


class FigureForm(YamlForm):
    folder = FigureFacts.folder

    class Meta:
        model = FigureFacts
        fields = ("language", "slug", "body")


class SearchWordsForm(YamlForm):
    folder = SearchWords.folder

    class Meta:
        model = SearchWords
        fields = ("language", "slug", "body")


class RevisionForm(forms.Form):
    """When a revision is published, and why when nobody has approved it; what was seen of it that is approved."""

    at = forms.DateTimeField(
        label=_("Publish at"),
        required=False,
        help_text=_("Empty: now. Such as 2026-12-01 08:00."),
        validators=MOMENTS,
    )
    reason = forms.CharField(label=_("Why without an approval"), required=False, max_length=300)
    seen = forms.CharField(required=False, max_length=64)

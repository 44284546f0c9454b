"""Forms of the admin: lists as lines, and words that must lead somewhere before they are kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from education.documents.markdown import directives, link_targets
from education.documents.required_claims import REQUIRED_CLAIMS
from education.models import Claim, FaqEntry, GlossaryTerm, Page, Reference, Section
from education.pages.figures.charts import FIGURES

MARKDOWN_HELP = _(
    "Markdown. Links: [words](page:slug#anchor), [words](glossary:word), [words](claim:IV-05), [words](ref:KEY). "
    "A box: :::do, :::dont, :::warning or :::call, its lines, then :::"
)
SECTION_HELP = _(
    "Markdown; headings start at ###. Links: [words](page:slug#anchor), [words](glossary:word). On a line of its own, "
    "with blank lines around it: {claim IV-05}, {figure driving-clock}, {crisis}."
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
    """Words of one language; what they link to must be there."""

    def language(self) -> str:
        return self.cleaned_data.get("language") or self.instance.language or "en"

    def unknown(self, keys: list[str], model: type[Any], field: str) -> list[str]:
        rows = model.objects.filter(**{"language": self.language(), f"{field}__in": keys})
        known = set(rows.values_list(field, flat=True))
        return [key for key in keys if key not in known]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse("references", self.unknown(data.get("references") or [], Reference, "key"))
        self.refuse("claims", self.unknown(data.get("claims") or [], Claim, "claim_id"))
        if "section" in self.fields and data.get("section"):
            slug, _hash, anchor = data["section"].partition("#")
            there = Section.objects.filter(page__language=self.language(), page__slug=slug, anchor=anchor).exists()
            self.refuse("section", [] if there else [data["section"]])
        if data.get("body"):
            self.refuse("body", self.dead_links(data["body"]))
        return data

    def refuse(self, field: str, names: list[str]) -> None:
        if names and field in self.fields:
            self.add_error(field, gettext("This is not there: %(names)s") % {"names": ", ".join(names)})

    def dead_links(self, text: str) -> list[str]:
        """List the links of a text that lead nowhere."""
        return [target for target in link_targets(text) if not self.leads_somewhere(target)]

    def leads_somewhere(self, target: str) -> bool:
        kind, _colon, name = target.partition(":")
        slug, _hash, anchor = name.partition("#")
        language = self.language()
        if kind == "page" and anchor:
            return Section.objects.filter(page__language=language, page__slug=slug, anchor=anchor).exists()
        if kind == "page":
            return Page.objects.filter(language=language, slug=slug).exists()
        if kind == "glossary":
            return GlossaryTerm.objects.filter(language=language, slug=name).exists()
        if kind == "faq":
            return FaqEntry.objects.filter(language=language, faq_id__iexact=name).exists()
        if kind == "claim":
            return Claim.objects.filter(language=language, claim_id=name).exists()
        if kind == "ref":
            return Reference.objects.filter(language=language, key=name).exists()
        return target == "intake:" or target.startswith(("https://", "tel:", "sms:"))


class PageForm(ContentForm):
    key_points = LinesField(
        label=_("key points"), required=True, help_text=_("Three to five short sentences, one a line.")
    )
    references = LinesField(
        label=_("references"), help_text=_("Keys of sources beyond those of the claims, one a line.")
    )

    class Meta:
        model = Page
        fields = (
            "language", "number", "slug", "title", "question", "description", "is_published",
            "answer", "key_points", "references", "review_months",
        )  # fmt: skip


class SectionForm(ContentForm):
    body = TextField(label=_("text"), help_text=SECTION_HELP)

    class Meta:
        model = Section
        fields = ("position", "anchor", "heading", "body")

    def language(self) -> str:
        return self.instance.page.language if self.instance.page_id else "en"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        found = directives(data.get("body") or "")
        claims = [value for name, value, _line, _level in found if name == "claim"]
        self.refuse("body", self.unknown(claims, Claim, "claim_id"))
        figures = [value for name, value, _line, _level in found if name == "figure" and value not in FIGURES]
        self.refuse("body", figures)
        return data


class SectionFormSet(BaseInlineFormSet):
    """The sections of a page: what rules and other pages link to stays, with the claims it must carry."""

    def clean(self) -> None:
        super().clean()
        kept = {
            form.cleaned_data["anchor"]: form.cleaned_data.get("body", "")
            for form in self.forms
            if form.cleaned_data.get("anchor") and not form.cleaned_data.get("DELETE")
        }
        for place, claims in REQUIRED_CLAIMS.items():
            slug, _separator, anchor = place.partition("#")
            if slug != self.instance.slug:
                continue
            if anchor not in kept:
                raise ValidationError(
                    _("The section #%(anchor)s must stay: screening rules and other pages link to it."),
                    params={"anchor": anchor},
                )
            carried = {value for name, value, _line, _level in directives(kept[anchor]) if name == "claim"}
            missing = sorted(set(claims.split()) - carried)
            if missing:
                raise ValidationError(
                    _("The section #%(anchor)s must carry these claims: %(claims)s."),
                    params={"anchor": anchor, "claims": ", ".join(missing)},
                )


class ClaimForm(ContentForm):
    references = LinesField(label=_("references"), help_text=_("Keys of sources, one a line."))
    body = TextField(label=_("what the evidence says"), required=False, help_text=MARKDOWN_HELP)

    class Meta:
        model = Claim
        fields = ("language", "claim_id", "position", "grade", "verdict", "seed", "statement", "body", "references")


class ReferenceForm(ContentForm):
    url = forms.URLField(label=_("address"), required=False, assume_scheme="https")
    body = TextField(label=_("what was checked"), required=False)

    class Meta:
        model = Reference
        fields = (
            "language", "key", "authors", "title", "source", "kind", "url", "doi", "verified", "about", "body",
        )  # fmt: skip


class FaqEntryForm(ContentForm):
    references = LinesField(label=_("references"), help_text=_("Keys of sources, one a line."))
    claims = LinesField(label=_("claims"), help_text=_("Ids of claims, one a line."))
    body = TextField(label=_("answer"), help_text=MARKDOWN_HELP)

    class Meta:
        model = FaqEntry
        fields = ("language", "faq_id", "group", "position", "question", "body", "section", "claims", "references")


class GlossaryTermForm(ContentForm):
    body = TextField(label=_("meaning"))

    class Meta:
        model = GlossaryTerm
        fields = ("language", "slug", "term", "abbreviation", "spanish", "body")

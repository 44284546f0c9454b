"""The clinic's own short list of reasons for a decision."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.decisions import Decision
from intake.models.rows import one_of


class DecisionReason(models.Model):
    """One reason that clinicians can pick for one kind of decision; what was decided keeps its own copy."""

    decision = models.CharField(_("decision"), max_length=30, choices=Decision)
    text = models.CharField(_("reason"), max_length=120)

    class Meta:
        verbose_name = _("reason for a decision")
        verbose_name_plural = _("reasons for decisions")
        ordering = ["decision", "text"]
        constraints = [
            one_of("decision", Decision, "reason_decision_known"),
            models.UniqueConstraint(fields=["decision", "text"], name="one_reason_each"),
        ]

    def __str__(self) -> str:
        return self.text

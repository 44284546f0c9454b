"""At which question forms were left that were never sent: counted when their drafts go, with nothing else kept."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from clinic.sealing.cipher import CannotOpen
from intake.models.drafts import Draft
from intake.models.versions import QuestionnaireVersion
from intake.response.response import Response


class Stop(models.Model):
    """How many people, in one month, went no further than one question. It holds no answer and no person."""

    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    question = models.CharField(max_length=120, blank=True)  # linkId; empty: only the sending was missing
    month = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("question where people stop")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["month", "version", "question"], name="one_stop_a_month")]

    def __str__(self) -> str:
        return self.question

    @classmethod
    def count_drafts(cls, drafts: Iterable[Draft], today: date) -> None:
        """Count unsent drafts by the first required question without an answer."""
        counted: Counter[tuple[int, str]] = Counter()
        for draft in drafts:
            try:
                missing = Response(draft.definition, draft.answers).missing
            except CannotOpen:
                continue  # its key is lost: it goes uncounted
            counted[draft.version_id, missing[0].rpartition(".")[2] if missing else ""] += 1
        for (version, question), number in counted.items():
            row, _made = cls.objects.get_or_create(version_id=version, question=question, month=today.replace(day=1))
            cls.objects.filter(pk=row.pk).update(count=F("count") + number)

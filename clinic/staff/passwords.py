"""Passwords that are guessed first: common ones however they are decorated, and words of this place and person."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.models import Clinic, User

WORDS_OF_THE_PLACE = ("previsit", "ketamine", "infusion", "clinic", "patient", "intake", "nurse", "doctor", "welcome")
SHORTEST_WORD = 3
ENOUGH = 6  # letters that must be left without them
LEET = str.maketrans("013457@$!", "oleastasi")


def letters_of(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text.casefold())


class DecoratedCommonValidator(CommonPasswordValidator):
    """Refuse a common password also with digits and signs around it, or in place of its letters."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = password.casefold()
        bare = plain.strip("0123456789 !@#$%^&*()-_=+.,?")
        for form in (
            plain,
            bare,
            letters_of(plain),
            letters_of(plain.translate(LEET)),
            letters_of(bare.translate(LEET)),
        ):
            if len(form) * 2 >= len(password):  # a few letters among many digits say nothing
                super().validate(form, user)


class ContextValidator:
    """Refuse a password that is made of the clinic's, the product's and the person's names."""

    def validate(self, password: str, user: Any = None) -> None:
        left = letters_of(password)
        for word in sorted(words_of(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < min(ENOUGH, len(letters_of(password))):
            raise ValidationError(_("This is made of names and words of this clinic. Choose other words."), "context")

    def get_help_text(self) -> str:
        return _("Do not use your name or the clinic's.")


def words_of(user: Any) -> set[str]:
    """Return the words that somebody who knows the place would try."""
    texts = [Clinic.current().name, settings.SITE.host, *WORDS_OF_THE_PLACE]
    if isinstance(user, User):
        texts += [user.username, user.first_name, user.last_name, user.email]
    words = {letters_of(word) for text in texts for word in re.split(r"[\W_]+", text)}
    return {word for word in words if len(word) >= SHORTEST_WORD}

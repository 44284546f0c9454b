"""Passwords that are guessed first: common ones however decorated, patterns, and words of this place and person."""

import re
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.models import Clinic, User

WORDS_OF_THE_PLACE = ("previsit", "ketamine", "infusion", "clinic", "patient", "intake", "nurse", "doctor", "welcome")
SHORTEST_WORD = 3
ENOUGH = 6  # letters that must be left without them
SHORTEST_PIECE = 12  # what is repeated counts once
ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()")
IN_A_ROW = {frozenset(pair) for row in ROWS for pair in pairwise(row)}
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


class PatternValidator:
    """Refuse one short piece again and again, and characters in a row, forwards or backwards."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = password.casefold()
        text = re.sub(r"[\W_]", "", plain) or plain
        piece = (text * 2).find(text, 1)  # how long what is repeated is; the whole text when nothing is
        runs = 1 + sum(one != two and frozenset((one, two)) not in IN_A_ROW for one, two in pairwise(plain))
        if piece < min(SHORTEST_PIECE, len(text)) or runs < ENOUGH:
            raise ValidationError(_("This repeats itself or runs along the keyboard. Choose other words."), "pattern")

    def get_help_text(self) -> str:
        return _("Do not repeat one word or run along the keyboard.")


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

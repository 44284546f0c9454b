"""Telephone numbers as links: `{{ number|tel }}` is an address; `short_codes` and `help_numbers` take a sentence."""

import re

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from clinic.web.phone import tel

SHORT_CODE = re.compile(r"\b(\d{5,6})\b")
HELP_NUMBER = re.compile(r"\b(988|911)\b(?![-. ]\d{4})")  # not in the middle of a clinic's own number

register = template.Library()
register.filter("tel", tel)


@register.filter
def short_codes(sentence: str) -> SafeString:
    """Return a sentence in which each number of five or six digits, as only text messages have, starts one."""
    return with_links(sentence, SHORT_CODE, "sms")


@register.filter
@stringfilter
def help_numbers(sentence: str) -> SafeString:
    """Return a sentence in which 988 and 911 can be called."""
    return with_links(sentence, HELP_NUMBER, "tel")


def with_links(sentence: str, number: re.Pattern[str], scheme: str) -> SafeString:
    words = number.split(sentence)  # words, number, words, ...
    links = (
        (conditional_escape(text), format_html('<a href="{0}:{1}">{1}</a>', scheme, found) if found else "")
        for text, found in zip(words[::2], [*words[1::2], ""], strict=True)
    )
    return format_html_join("", "{}{}", links)

"""`{{ number|tel }}`: the address that dials it, or nothing. `{{ sentence|short_codes }}`: its short codes as links."""

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from clinic.web.phone import tel

SHORT_CODE = re.compile(r"\b(\d{5,6})\b")

register = template.Library()
register.filter("tel", tel)


@register.filter
def short_codes(sentence: str) -> SafeString:
    """Return a sentence in which each number of five or six digits, as only text messages have, starts one."""
    words = SHORT_CODE.split(sentence)  # words, number, words, ...
    links = (
        (conditional_escape(text), sms(number)) for text, number in zip(words[::2], [*words[1::2], ""], strict=True)
    )
    return format_html_join("", "{}{}", links)


def sms(number: str) -> str:
    return format_html('<a href="sms:{0}">{0}</a>', number) if number else ""

"""`{{ number|tel }}`: the address that dials it, or nothing."""

from django import template

from clinic.web.phone import tel

register = template.Library()
register.filter("tel", tel)

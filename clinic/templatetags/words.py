"""Words that a page says in more than one place."""

from django import template

register = template.Library()


@register.simple_block_tag
def words(content: str) -> str:
    """Return what stands inside, to be kept with `as`: a block can be filled once and printed twice."""
    return content

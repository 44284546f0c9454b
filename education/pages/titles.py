"""What other apps call our pages: as they call themselves."""

from education.models import Page


def page_titles(language: str) -> dict[str, str]:
    """Return the titles of the published pages by slug."""
    return dict(Page.objects.published(language).values_list("slug", "title"))

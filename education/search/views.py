"""The search page: a plain form, results that jump to the place."""

from typing import Any

from education.pages.views import PublicView, language
from education.search.engine import engine_of
from education.search.misses import count_miss

LONGEST_QUERY = 200


class Search(PublicView):
    """Find a place by words. `exact` takes them as they were typed."""

    template_name = "education/search.html"
    uncounted = ("q", "exact")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = " ".join(self.request.GET.get("q", "")[:LONGEST_QUERY].split())
        context = super().get_context_data(**kwargs) | {"query": query}
        if not query:
            return context
        engine = engine_of(language(), self.request.clinic)
        found = engine.index.search(query, correcting="exact" not in self.request.GET)
        help_for = engine.help_for(query)
        if not found.entries and not help_for:
            count_miss(" ".join(engine.index.analyzer.words(query)), self.request.clinic.today())
        return context | {"found": found, "help_for": help_for}

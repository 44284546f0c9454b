"""What search engines may list: the pages and the four lists beside them."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.urls import path, reverse

from education.models import Page


class PageSitemap(Sitemap):
    def items(self) -> QuerySet[Page]:
        return Page.objects.published("en")

    def lastmod(self, page: Page) -> datetime:
        return page.changed_at


class ListSitemap(Sitemap):
    def items(self) -> list[str]:
        return ["education:learn", "education:faq", "education:glossary", "education:evidence"]

    def location(self, item: str) -> str:
        return reverse(item)


urlpatterns = [path("", sitemap, {"sitemaps": {"pages": PageSitemap, "lists": ListSitemap}}, name="sitemap")]

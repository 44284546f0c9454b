"""What search engines may list, at the addresses that the pages give as their own."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.urls import path, reverse

from education.models import Page


class OwnSitemap(Sitemap):
    """Addresses as the clinic's site has them, whichever the request came by."""

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class PageSitemap(OwnSitemap):
    def items(self) -> QuerySet[Page]:
        return Page.objects.published("en")

    def lastmod(self, page: Page) -> datetime:
        return page.changed_at


class ListSitemap(OwnSitemap):
    def items(self) -> list[str]:
        lists = ("learn", "faq", "glossary", "evidence")
        return ["home", *(f"education:{name}" for name in lists), "privacy", "accessibility"]

    def location(self, item: str) -> str:
        return reverse(item)


urlpatterns = [path("", sitemap, {"sitemaps": {"pages": PageSitemap, "lists": ListSitemap}}, name="sitemap")]

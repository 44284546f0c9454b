"""All addresses. Public ones are an interface: they do not change."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from clinic.staff.site import site
from clinic.web import views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler429 = views.too_many_requests  # django-allauth's
handler500 = views.server_error

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", include("education.pages.sitemaps")),
    path("accounts/", include("clinic.staff.urls")),
    path("admin/", site.urls),
]
urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("intake/", include("intake.journey.urls")),
    path("", include("education.pages.urls")),
    prefix_default_language=False,
)

from django.urls import path
from django.views.generic import RedirectView

from education.pages import views
from education.pages.helpful import count_helpful
from education.search.views import Search

app_name = "education"

urlpatterns = [
    path("learn/", views.LearnIndex.as_view(), name="learn"),
    path(
        "learn/get-help-now/",
        RedirectView.as_view(pattern_name="education:get-help-now", permanent=True, http_method_names=["get", "head"]),
    ),
    path("learn/<slug:slug>/", views.PageDetail.as_view(), name="page"),
    path("learn/<slug:slug>/about/", views.TrustSheet.as_view(), name="trust"),
    path("helpful/", count_helpful, name="helpful"),
    path("faq/", views.Faq.as_view(), name="faq"),
    path("glossary/", views.Glossary.as_view(), name="glossary"),
    path("evidence/", views.Evidence.as_view(), name="evidence"),
    path("search/", Search.as_view(), name="search"),
    path("get-help-now/", views.GetHelpNow.as_view(), name="get-help-now"),
]

"""The patient's way through the intake form. No address carries an answer or a reference."""

from django.urls import path

from intake.journey.views import pages, sending, start

app_name = "intake"

urlpatterns = [
    path("", start.start, name="start"),
    path("tasks/", pages.tasks, name="tasks"),
    path("q/<slug:slug>/", pages.page, name="page"),
    path("check/", sending.check_answers, name="check-answers"),
    path("sent/", sending.sent, name="sent"),
    path("birth-date/", start.confirm_birth_date, name="confirm-birth-date"),
    path("adults/", start.adults_only, name="adults-only"),
    path("leave/", start.leave, name="leave"),
    path("clear/", start.clear, name="clear"),
]

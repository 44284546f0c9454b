"""The patient's way through the intake form. No address carries an answer or a reference."""

from django.urls import path

from intake import views, views_sending, views_start

app_name = "intake"

urlpatterns = [
    path("", views_start.start, name="start"),
    path("tasks/", views.tasks, name="tasks"),
    path("q/<slug:slug>/", views.page, name="page"),
    path("check/", views_sending.check_answers, name="check-answers"),
    path("sent/", views_sending.sent, name="sent"),
    path("birth-date/", views_start.confirm_birth_date, name="confirm-birth-date"),
    path("adults/", views_start.adults_only, name="adults-only"),
    path("leave/", views_start.leave, name="leave"),
    path("clear/", views_start.clear, name="clear"),
]

"""The patient's way through the intake form. No address carries an answer or a reference."""

from django.urls import path

from intake import views

app_name = "intake"

urlpatterns = [
    path("", views.start, name="start"),
    path("tasks/", views.tasks, name="tasks"),
    path("birth-date/", views.confirm_birth_date, name="confirm-birth-date"),
    path("q/<slug:slug>/", views.page, name="page"),
    path("changed/", views.changed, name="changed"),
    path("driving/", views.driving_notice, name="driving-notice"),
    path("driving/questions/", views.teach_back, name="teach-back"),
    path("adults/", views.adults_only, name="adults-only"),
    path("check/", views.check_answers, name="check-answers"),
    path("sent/", views.sent, name="sent"),
    path("leave/", views.leave, name="leave"),
    path("clear/", views.clear, name="clear"),
]

"""The patient's way through a form. No address carries an answer or a reference, nor says which page it is."""

from django.urls import include, path

from intake.journey.views import pages, sending, start

app_name = "intake"

# The first word of each is reserved: no questionnaire may have it as its slug.
steps = [
    path("", start.start, name="start"),
    path("q/<slug:code>/", pages.page, name="page"),
    path("go-on/", start.go_on, name="go-on"),
    path("tasks/", sending.tasks, name="tasks"),
    path("check/", sending.check_answers, name="check"),
    path("sent/", sending.sent, name="sent"),
    path("birth-date/", start.confirm_birth_date, name="birth-date"),
    path("adults/", start.adults_only, name="adults"),
    path("leave/", start.leave, name="leave"),
    path("clear/", start.clear, name="clear"),
]

urlpatterns = [*steps, path("<slug:form>/", include(steps))]

import pytest
from django.urls import reverse

from intake.models import Submission
from tests.intake.cases import QUIET
from tests.intake.factories import begin, fresh, main_text, walk

pytestmark = pytest.mark.django_db


def test_a_healthy_person_walks_to_the_end_and_sends(client):
    draft = begin(client)
    url = walk(client, draft)
    assert url == reverse("intake:check-answers")
    page = client.get(url)
    assert page.status_code == 200
    response = client.post(url, {"revision": fresh(draft).revision}, follow=True)
    print(main_text(response))
    assert Submission.objects.count() == 1

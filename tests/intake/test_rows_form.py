"""Rows of a repeated group in a browser without script: one more row, blank rows closed up, what is wrong kept."""

import gzip

import pytest

from intake.questionnaires.publishing import publish
from tests.intake import cases_v2
from tests.intake.factories import begin, fresh, main_text, page_url, post_page, put

pytestmark = pytest.mark.django_db
ALLERGY = {"ketamine-allergy": "no"}


@pytest.fixture
def draft(client):
    publish(cases_v2.documents())
    return put(begin(client), cases_v2.complete_answers({"med-none": None}))


def row(number, name, dose=""):
    return {f"medicine[{number}].medicine-name": name, f"medicine[{number}].medicine-dose": dose}


def kept(draft):
    return {path: value for path, value in fresh(draft).answers.items() if path.startswith("medicine[")}


def test_one_more_row_can_be_asked_for_and_nothing_typed_is_lost(client, draft):
    typed = row(0, "Xanax", "1 mg") | row(1, "Zoloft") | row(2, "x" * 300)

    response = post_page(client, draft, "medicines", {}, add="medicine", **typed)
    html = client.get(response["Location"]).content.decode()

    assert 'name="medicine[3].medicine-name"' in html
    assert 'value="Xanax"' in html
    assert "x" * 300 in html
    assert "Choose an answer." not in html  # nobody asked to go on yet


def test_blank_rows_are_closed_up(client, draft):
    post_page(client, draft, "medicines", ALLERGY, **(row(0, "") | row(1, "Xanax", "1 mg") | row(2, "Zoloft")))

    assert kept(draft) == {
        "medicine[0].medicine-name": "Xanax",
        "medicine[0].medicine-dose": "1 mg",
        "medicine[1].medicine-name": "Zoloft",
    }


def test_a_row_that_was_emptied_is_gone(client, draft):
    post_page(client, draft, "medicines", ALLERGY, **(row(0, "Xanax") | row(1, "Zoloft")))
    post_page(client, draft, "medicines", ALLERGY, **(row(0, "") | row(1, "Zoloft")))

    assert kept(draft) == {"medicine[0].medicine-name": "Zoloft"}


def test_a_dose_without_a_name_is_asked_about(client, draft):
    response = post_page(client, draft, "medicines", ALLERGY, **(row(0, "Xanax") | row(1, "", "5 mg")))

    assert response["Location"] == page_url("medicines")
    assert 'href="#id_medicine%5B1%5D.medicine-name"' in client.get(response["Location"]).content.decode()


def test_one_of_a_medicine_a_list_and_none_is_needed(client, draft):
    response = post_page(client, draft, "medicines", ALLERGY)
    assert response["Location"] == page_url("medicines")
    said = "Medicine 1: Name Enter an answer, or check the box “I take no medicines, vitamins or herbs”."
    assert said in " ".join(main_text(client.get(response["Location"])).split())

    response = post_page(client, draft, "medicines", ALLERGY | {"med-none": True})
    assert response["Location"] != page_url("medicines")


def test_none_and_a_medicine_do_not_go_together(client, draft):
    response = post_page(client, draft, "medicines", ALLERGY | {"med-none": True}, **row(0, "Xanax"))

    assert "You listed a medicine and ticked" in main_text(client.get(response["Location"]))


def test_known_names_are_offered_once_and_any_other_is_taken(client, draft):
    html = client.get(page_url("medicines")).content.decode()
    names = html.partition('<datalist id="names-medicine-name">')[2].partition("</datalist>")[0]

    assert html.count("<datalist") == 2  # names, and how often
    assert html.count('list="names-medicine-name"') == 3
    assert "<option>alprazolam</option>" in names
    assert "<option>sertraline</option>" in names
    weight = len(gzip.compress(names.encode()))
    print(f"{names.count('<option>')} names weigh {weight} bytes compressed")  # noqa: T201
    assert weight < 4000

    post_page(client, draft, "medicines", ALLERGY, **row(0, "Grandma's tea"))
    assert kept(draft) == {"medicine[0].medicine-name": "Grandma's tea"}


def test_of_two_tabs_the_rows_are_told_apart(client, draft):
    old = fresh(draft).revision
    post_page(client, draft, "medicines", ALLERGY, **(row(0, "Zoloft") | row(1, "Xanax")))

    page = post_page(client, draft, "medicines", ALLERGY, revision=str(old), **(row(0, "Zoloft") | row(1, "Valium")))

    assert "Medicine 2: Name Saved already Xanax Sent just now Valium" in main_text(client.get(page["Location"]))

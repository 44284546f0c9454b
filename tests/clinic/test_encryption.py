"""Sealed fields: what comes back, what is refused, and what stands in the raw database."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from clinic.env import read_key
from clinic.models import DataKey
from clinic.sealing.cipher import CannotOpen, open_sealed, seal
from clinic.sealing.keys import changed_keys, lost_keys
from clinic.sealing.lookup import keyed_hash, last_names, normalise_name
from intake.models import Draft, QuestionnaireVersion
from tests.settings import TEST_KEYS

pytestmark = pytest.mark.django_db

MARKER = "marker-of-an-answer"


@pytest.fixture
def version() -> QuestionnaireVersion:
    call_command("load_questionnaires", verbosity=0)
    return QuestionnaireVersion.objects.latest("version")


def make_sealed(version: QuestionnaireVersion, name: str = "a", **fields: object) -> Draft:
    return Draft.objects.create(
        language=name, version=version, lifetime=timedelta(days=7), expires_at=timezone.now(), **fields
    )


@pytest.mark.parametrize("value", [{}, [], "", 0, False, {"a": [1, 2.5, None, "é"]}, "x" * 10_000])
def test_sealed_json_comes_back_as_it_was(version, value):
    draft = make_sealed(version, answers=value)

    assert Draft.objects.get(pk=draft.pk).answers == value


def test_nothing_readable_stands_in_the_database(version):
    make_sealed(version, answers={"legal-name": MARKER})

    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM intake_draft")
        raw = bytes(cursor.fetchone()[0])

    assert MARKER.encode() not in raw
    assert len(raw) > 33


def write_raw(column: str, value: object, pk: object, table: str = "intake_draft") -> None:
    shown = pk.hex if connection.vendor == "sqlite" else pk  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, shown])  # noqa: S608


def read_raw(column: str, name: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM intake_draft WHERE language = %s", [name])  # noqa: S608
        return bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("position", [0, 3, 10, 20, -1])
def test_a_flipped_bit_is_refused(version, position):
    draft = make_sealed(version, answers={"a": "b"})
    raw = bytearray(read_raw("answers", "a"))
    raw[position] ^= 1
    write_raw("answers", bytes(raw), draft.pk)

    with pytest.raises(CannotOpen):
        _ = Draft.objects.get(pk=draft.pk).answers


def test_a_value_moved_to_another_row_is_refused(version):
    make_sealed(version, "one", answers={"a": "b"})
    other = make_sealed(version, "two", answers={"a": "c"})
    write_raw("answers", read_raw("answers", "one"), other.pk)

    with pytest.raises(CannotOpen):
        _ = Draft.objects.get(pk=other.pk).answers


def test_a_value_moved_to_another_column_is_refused(version):
    draft = make_sealed(version, answers={"a": "b"})
    write_raw("journey", read_raw("answers", "a"), draft.pk)

    with pytest.raises(CannotOpen):
        _ = Draft.objects.get(pk=draft.pk).journey


def test_an_older_key_still_opens_and_the_newest_seals(version, settings):
    settings.ANSWER_KEYS = [TEST_KEYS["old"]]
    draft = make_sealed(version, answers={"a": "b"})

    settings.ANSWER_KEYS = [TEST_KEYS["answers"], TEST_KEYS["old"]]
    loaded = Draft.objects.get(pk=draft.pk)
    assert loaded.answers == {"a": "b"}
    loaded.data_key.save()

    settings.ANSWER_KEYS = [TEST_KEYS["answers"]]
    assert Draft.objects.get(pk=draft.pk).answers == {"a": "b"}


def test_a_value_whose_key_is_gone_is_refused(version, settings):
    draft = make_sealed(version, answers={"a": "b"})
    settings.ANSWER_KEYS = [TEST_KEYS["old"]]

    with pytest.raises(CannotOpen, match="not in ANSWER_KEYS"):
        _ = Draft.objects.get(pk=draft.pk).answers


@pytest.mark.parametrize("harm", ["deleted", "another's", "the row points at another's", "changed"])
def test_a_form_whose_key_is_lost_or_changed_is_refused_and_found(version, harm):
    draft, other = (make_sealed(version, name, answers={"a": name}) for name in ("one", "two"))
    if harm == "deleted":
        draft.data_key.delete()
    elif harm == "another's":
        write_raw("wrapped", bytes(DataKey.objects.get(pk=other.pk).__dict__["wrapped"]), draft.pk, "clinic_datakey")
    elif harm == "changed":
        raw = bytes(DataKey.objects.get(pk=draft.pk).__dict__["wrapped"])
        write_raw("wrapped", raw[:-1] + bytes([raw[-1] ^ 1]), draft.pk, "clinic_datakey")
    else:
        write_raw("data_key_id", other.pk.hex if connection.vendor == "sqlite" else other.pk, draft.pk)

    with pytest.raises(CannotOpen):
        _ = Draft.objects.with_key().get(pk=draft.pk).answers
    with pytest.raises(CannotOpen):
        _ = Draft.objects.get(pk=draft.pk).answers
    assert Draft.objects.get(pk=other.pk).answers == {"a": "two"}
    found = [*lost_keys(), *changed_keys()]
    broken = [f"key:{draft.pk}: it does not open"]
    wanted = {"deleted": ["intake.Draft: the key of 1 rows is lost"], "another's": broken, "changed": broken}
    assert found == wanted.get(harm, [])


def test_ways_round_the_seal_raise(version):
    draft = make_sealed(version, answers={"a": "b"})
    drafts = Draft.objects.filter(pk=draft.pk)

    with pytest.raises(TypeError, match="sealed"), transaction.atomic():
        drafts.update(answers={"a": "c"})
    with pytest.raises(TypeError, match="sealed"), transaction.atomic():
        Draft.objects.bulk_update([draft], ["answers"])
    with pytest.raises(TypeError, match="Sealed"):
        drafts.values("answers")
    with pytest.raises(TypeError, match="Sealed"):
        drafts.values_list("answers", flat=True)
    with pytest.raises(TypeError, match="Sealed"):
        drafts.values()
    with pytest.raises(FieldError):
        Draft.objects.filter(answers={"a": "b"})
    with pytest.raises(FieldError):
        Draft.objects.filter(answers__contains="b")
    assert list(drafts.values_list("revision", flat=True)) == [0]


def test_sealed_json_says_in_which_shape_it_is(version):
    draft = make_sealed(version, answers={"legal-name": "Ana", "medicine[0].medicine-name": "lithium"})

    plain = open_sealed(read_raw("answers", "a"), "draft.answers", draft.pk, draft.data_key.cipher)

    assert json.loads(plain) == {"shape": 1, "value": draft.answers}


def test_json_sealed_before_shapes_had_numbers_is_read(version):
    draft = make_sealed(version)
    write_raw("answers", seal(b'{"legal-name":"Ana"}', "draft.answers", draft.pk, draft.data_key.cipher), draft.pk)

    assert Draft.objects.get(pk=draft.pk).answers == {"legal-name": "Ana"}


def test_a_shape_of_a_newer_program_is_refused_in_words(version):
    draft = make_sealed(version)
    newer = seal(b'{"shape":2,"value":{"name":["Ana"]}}', "draft.answers", draft.pk, draft.data_key.cipher)
    write_raw("answers", newer, draft.pk)

    with pytest.raises(CannotOpen, match=r"draft\.answers: a newer program wrote it, in shape 2"):
        _ = Draft.objects.get(pk=draft.pk).answers


def test_a_deferred_field_is_opened_when_asked_for(version, django_assert_num_queries):
    draft = make_sealed(version, answers={"a": "b"})
    loaded = Draft.objects.defer("answers").get(pk=draft.pk)

    with django_assert_num_queries(3):  # the value, which key is its, the key
        assert loaded.answers == {"a": "b"}


def test_a_change_inside_a_value_is_saved(version):
    draft = make_sealed(version, answers={"a": "b"})
    loaded = Draft.objects.get(pk=draft.pk)
    loaded.answers["c"] = "d"
    loaded.save(update_fields=["answers"])

    assert Draft.objects.get(pk=draft.pk).answers == {"a": "b", "c": "d"}


def test_no_value_shows_in_a_repr(version):
    draft = make_sealed(version, answers={"a": MARKER})
    sealed = seal(MARKER.encode(), "draft.answers", draft.pk)

    assert repr(sealed) == "<sealed>"
    assert MARKER not in repr(Draft.objects.get(pk=draft.pk).__dict__)
    assert open_sealed(sealed, "draft.answers", draft.pk) == MARKER.encode()


@pytest.mark.parametrize("key", ["", "short", "c2hvcnQ=", "!" * 44])
def test_a_bad_key_is_refused_without_being_named(key):
    with pytest.raises(ImproperlyConfigured) as caught:
        read_key(key)

    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("José  Núñez", "jose nunez"),
        ("O'Brien", "OBRIEN"),
        ("ＦＵＬＬ Width", "full width"),
        ("Straße", "STRASSE"),
        (" Anna-Lena ", "annalena"),
        ("Anne Marie Smith Jones", "Anne-Marie Smith-Jones"),
        ("Sean O Brien", "Seán O'Brien"),
        ("Sean O’Brien", "Sean O´Brien"),
        ("Kaʻiulani", "Ka'iulani"),
        ("Lukasz", "Łukasz"),
        ("Soren Aeroe", "Søren Ærøe"),
        ("Nguyen Van Duc", "Nguyễn Văn Đức"),
        ("İpek Işık", "ipek isik"),
        ("ｶﾞﾄｳ", "ガトウ"),
        ("Ana\u200d Lee", "Ana Lee"),
        ("محمـد", "محمد"),
    ],
)
def test_names_are_compared_as_people_type_them(typed, other):
    assert normalise_name(typed) == normalise_name(other)


@pytest.mark.parametrize(
    ("name", "another"),
    [
        ("राम", "रमा"),
        ("かとう", "がとう"),
        ("ハハ", "パパ"),
        ("กา", "กี"),
        ("Иван", "Йван"),
        ("김", "강"),
        ("王", "黄"),
        ("Ana", "Anna"),
        ("Ana Lee", "Аna Lee"),  # the second begins with a Cyrillic letter
    ],
)
def test_different_names_stay_different(name, another):
    assert normalise_name(name) != normalise_name(another) != ""


@pytest.mark.parametrize("nothing", ["-", "", " ", "\u200b", "'", "́", "😀", "...", "\ufeff"])
def test_a_name_without_a_letter_has_no_hash_to_be_found_by(nothing):
    assert normalise_name(nothing) == ""
    assert last_names(nothing) == set()


def test_keyed_hash_depends_on_key_label_and_every_part(settings):
    found = {keyed_hash("name", "a"), keyed_hash("other", "a"), keyed_hash("name", "a", ""), keyed_hash("name", "b")}
    settings.INDEX_KEY = TEST_KEYS["audit"]
    found.add(keyed_hash("name", "a"))

    assert len(found) == 5

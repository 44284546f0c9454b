import pytest

from intake.definition.contact import (
    ContactError,
    clean_email,
    clean_phone,
    name_key,
    phone_key,
    show_phone,
    signature_fits,
)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("503 555 0177", "+15035550177", "(503) 555-0177"),
        ("(503) 555-0177", "+15035550177", "(503) 555-0177"),
        ("1-503-555-0177", "+15035550177", "(503) 555-0177"),
        ("+1 503.555.0177", "+15035550177", "(503) 555-0177"),
        ("503 555 0177 ext. 12", "+15035550177;ext=12", "(503) 555-0177 ext. 12"),
        ("503 555 0177 x12", "+15035550177;ext=12", "(503) 555-0177 ext. 12"),
        ("503 555 0177 #12", "+15035550177;ext=12", "(503) 555-0177 ext. 12"),
        ("+44 20 7946 0958", "+442079460958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958", "+442079460958"),
    ],
)
def test_phone_is_kept_in_one_form_and_shown_as_people_write_it(typed, kept, shown):
    assert clean_phone(typed) == kept
    assert show_phone(kept) == shown


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("abc", "Enter a phone number with area code, like 503 555 0177."),
        ("-", "Enter a phone number with area code, like 503 555 0177."),
        ("call after 5: 503 555 0177", "Enter a phone number with area code, like 503 555 0177."),
        ("911 555 0177", "Enter a phone number with area code, like 503 555 0177."),
        ("103 555 0177", "Enter a phone number with area code, like 503 555 0177."),
        ("503 155 0177", "Enter a phone number with area code, like 503 555 0177."),
        ("2222222222", "Enter a phone number with area code, like 503 555 0177."),
        ("555", "This number has 3 digits. US numbers have 10."),
        ("50355501777", "This number has 11 digits. US numbers have 10."),
        ("+1 503 555 017", "This number has 9 digits. US numbers have 10."),
        ("+12", "This number has 1 digits. US numbers have 10."),
        ("+44 1", "For a number outside the US, start with + and the country code."),
        ("442079460958", "For a number outside the US, start with + and the country code."),
    ],
)
def test_phone_that_cannot_be_reached_says_what_to_do(typed, message):
    with pytest.raises(ContactError, match=f"^{message.replace('+', '[+]')}$"):
        clean_phone(typed)


def test_text_that_was_kept_as_typed_is_shown_as_it_is():
    assert show_phone("call after 5") == "call after 5"


def test_phones_are_compared_as_numbers():
    assert phone_key("+15035550177;ext=12") == phone_key("1 (503) 555-0177") == phone_key("503.555.0177 x9")
    assert phone_key("503 555 0177") != phone_key("503 555 0178")


@pytest.mark.parametrize("typed", ["name@example.com", " a.b+c@X.Example.ORG ", "ü@bücher.example"])
def test_email_that_can_be(typed):
    local, _at, domain = typed.strip().rpartition("@")

    assert clean_email(typed) == f"{local}@{domain.lower()}"


@pytest.mark.parametrize(
    "typed",
    [
        "pat@", "pat", "@example.com", "a@b", "a@b.c", "a b@example.com", "a@@example.com", ".a@example.com",
        "a.@example.com", "a..b@example.com", "a@-example.com", "a@example-.com", "a@exa_mple.com", "a@example.c1",
        f"{'a' * 65}@example.com", f"a@{'b' * 250}.com",
    ],
)  # fmt: skip
def test_email_that_cannot_be(typed):
    with pytest.raises(ContactError, match="Enter an email like"):
        clean_email(typed)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Smith-Jones", "Smith Jones"),
        ("Smith-Jones", "SmithJones"),
        ("O'Brien", "obrien"),
        ("Łukasz", "lukasz"),
        ("José", "JOSE"),
        ("Søren", "Soren"),
    ],
)
def test_names_that_are_one(one, two):
    assert name_key(one) == name_key(two)


@pytest.mark.parametrize(("one", "two"), [("राम", "रमा"), ("かとう", "がとう"), ("Ann", "Anna")])
def test_names_that_are_two(one, two):
    assert name_key(one) != name_key(two)


@pytest.mark.parametrize(
    ("signature", "legal", "preferred", "fits"),
    [
        ("Anne-Marie Smith Jones", "Anne-Marie Smith-Jones", "", True),
        ("anne jones", "Anne-Marie Smith-Jones", "", True),
        ("José Garcia", "Jose García", "", True),
        ("Bob Lee", "Robert Lee", "Bob", True),
        ("Bob Lee", "Robert Lee", "", False),
        ("Robert", "Robert Lee", "", False),
        ("Ruth Helper", "Alex Example", "Alex", False),
        ("राम", "रमा", "", False),
    ],
)
def test_signature_fits_the_name_it_should_be(signature, legal, preferred, fits):
    assert signature_fits(signature, legal, preferred) is fits

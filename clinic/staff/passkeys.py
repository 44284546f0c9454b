"""The forms that take what a passkey answers, as JSON from its browser."""

from json import JSONDecodeError, JSONDecoder
from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms


class CredentialDecoder(JSONDecoder):
    """Take JSON that is nested deeper than Python reads as what it is: not valid."""

    def decode(self, s: str, *args: Any) -> Any:
        try:
            return super().decode(s, *args)
        except RecursionError:
            raise JSONDecodeError("Nested too deep", s, 0) from None


def credential_field() -> forms.JSONField:
    return forms.JSONField(widget=forms.HiddenInput, decoder=CredentialDecoder)


class AddForm(AddWebAuthnForm):
    credential = credential_field()


class SecondStepForm(AuthenticateWebAuthnForm):
    credential = credential_field()


class SignInForm(LoginWebAuthnForm):
    credential = credential_field()


class AgainForm(ReauthenticateWebAuthnForm):
    credential = credential_field()

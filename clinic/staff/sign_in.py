"""Staff sign-in: django-allauth's, with every outcome in the audit trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LogoutView
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.trail import record

SIGNED_IN_AT = "signed_in_at"


class StaffAccountAdapter(DefaultAccountAdapter):
    """Close sign-up, and write an audit row for each sign-in, refusal and sign-out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except Exception:
            record(request, Action.SIGN_IN_LIMITED)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # The name that was typed stays out: people type their password there by mistake.
        record(request, Action.SIGN_IN_REFUSED)
        super().authentication_failed(request, **credentials)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        record(request, Action.SIGN_IN, actor=user.get_username())
        super().login(request, user)
        request.session[SIGNED_IN_AT] = timezone.now().timestamp()

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(request, Action.SIGN_OUT)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        record(self.request, Action.PASSWORD_CHANGED, f"user:{user.pk}")
        super().set_password(user, password)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        record(request, Action.SIGN_IN_INACTIVE, f"user:{user.pk}")
        raise PermissionDenied


class SignOutView(LogoutView):
    """Sign out, and have the browser forget what it keeps of the staff pages."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response

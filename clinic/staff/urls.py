"""Sign-in, the second factor and the own account. Of django-allauth's pages only these: nobody signs up here."""

from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from clinic.staff.account import OwnSignIn, sign_out_everywhere
from clinic.staff.second_factor import ActivateApp, AddPasskey, qr_code, second_step
from clinic.staff.sign_in import SignOutView
from clinic.staff.site import site

urlpatterns = [
    path("login/", LoginView.as_view(), name="account_login"),
    path("logout/", SignOutView.as_view(), name="account_logout"),
    path("logout/everywhere/", site.admin_view(sign_out_everywhere), name="sign-out-everywhere"),
    path("password/", site.admin_view(PasswordChangeView.as_view()), name="account_change_password"),
    path("confirm/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("second-factor/", OwnSignIn.as_view(), name="mfa_index"),
    path("second-factor/sign-in/", second_step, name="mfa_authenticate"),
    path("second-factor/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/", ActivateApp.as_view(), name="mfa_activate_totp"),
    path("second-factor/app/code.svg", qr_code, name="second-factor-code"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("second-factor/passkeys/confirm/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-factor/passkeys/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
]

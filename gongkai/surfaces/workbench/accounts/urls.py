"""Addresses under ``/accounts/``. Signing up, and passwords by mail, have none: they do not exist here."""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.base import views as code_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.webauthn import views as key_views
from allauth.socialaccount.providers.openid_connect import views as oidc_views
from django.contrib.auth.decorators import login_required
from django.urls import path

from gongkai.surfaces.look.demonstration import demonstration_password
from gongkai.surfaces.workbench.accounts import cas, single, views

urlpatterns = [
    path("", views.home, name="account_home"),
    path(
        "login/",
        account_views.LoginView.as_view(
            extra_context={"demonstration_password": demonstration_password, "single": views.single_sign_on}
        ),
        name="account_login",
    ),
    path("logout/", account_views.logout, name="account_logout"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("sessions/end/", views.end_other_sessions, name="account_end_other_sessions"),
    path("reauthenticate/", login_required(account_views.reauthenticate), name="account_reauthenticate"),
    path("oidc/<slug:provider_id>/login/", single.answered(oidc_views.login), name="openid_connect_login"),
    path(
        "oidc/<slug:provider_id>/login/callback/", single.answered(oidc_views.callback), name="openid_connect_callback"
    ),
    path("oidc/cancelled/", single.cancelled, name="socialaccount_login_cancelled"),
    path("cas/login/", cas.login, name="cas_login"),
    path("cas/back/", cas.back, name="cas_back"),
    path("2fa/keys/", views.with_keys(login_required(key_views.list_webauthn)), name="mfa_list_webauthn"),
    path("2fa/keys/add/", views.with_keys(login_required(views.EnrolKey.as_view())), name="mfa_add_webauthn"),
    path(
        "2fa/keys/<int:pk>/remove/",
        views.with_keys(login_required(views.RemoveKey.as_view())),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/keys/reauthenticate/",
        views.with_keys(login_required(key_views.reauthenticate_webauthn)),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/", views.to_home, name="mfa_index"),
    path("2fa/authenticate/", code_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", login_required(code_views.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", login_required(views.EnrolCode.as_view()), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", login_required(views.RemoveCode.as_view()), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", login_required(recovery_views.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        login_required(recovery_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        login_required(recovery_views.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

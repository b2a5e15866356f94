"""Ways to sign in beside our own passwords, by the settings: OIDC, CAS, LDAP, security keys. All off until set."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from gongkai.config import env
from gongkai.ground.outbound import is_permitted

PROVIDER = "single"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def oidc_providers() -> dict[str, Any]:
    """What allauth is told of the identity provider; nothing where none is set."""
    if not env.OIDC_ISSUER:
        return {}
    parts = urlsplit(env.OIDC_ISSUER)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ImproperlyConfigured(f"OIDC_ISSUER 应以 https:// 开头，现为“{env.OIDC_ISSUER}”")
    if not env.OIDC_CLIENT_ID or not env.OIDC_CLIENT_SECRET:
        raise ImproperlyConfigured("设置了 OIDC_ISSUER，还须设置 OIDC_CLIENT_ID 和 OIDC_CLIENT_SECRET")
    app = {
        "provider_id": PROVIDER,
        "name": env.OIDC_NAME,
        "client_id": env.OIDC_CLIENT_ID,
        "secret": env.OIDC_CLIENT_SECRET,
        "settings": {"server_url": env.OIDC_ISSUER.rstrip("/")},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def cas_address() -> str:
    """The address of the CAS server without a slash at the end; empty where none is set."""
    parts = urlsplit(env.CAS_URL)
    if env.CAS_URL and not is_permitted(env.CAS_URL):
        raise ImproperlyConfigured(f"CAS_URL 应以 https:// 开头，现为“{env.CAS_URL}”")
    if env.CAS_URL and (not parts.hostname or parts.query or parts.fragment):
        raise ImproperlyConfigured("CAS_URL 应形如 https://主机/cas，不带 /login 和参数")
    if env.CAS_ATTRIBUTE and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", env.CAS_ATTRIBUTE):
        raise ImproperlyConfigured(f"CAS_ATTRIBUTE 应为一个属性名，现为“{env.CAS_ATTRIBUTE}”")
    return env.CAS_URL.rstrip("/")


def directory_backends() -> list[str]:
    """The backend that asks the directory; none where no directory is set."""
    if not env.LDAP_URL:
        return []
    parts = urlsplit(env.LDAP_URL)
    if parts.scheme not in {"ldap", "ldaps"} or not parts.hostname:
        raise ImproperlyConfigured("LDAP_URL 应形如 ldaps://主机 或 ldap://主机:端口")
    if "{username}" not in env.LDAP_USER_DN:
        raise ImproperlyConfigured("LDAP_USER_DN 中应有 {username}，例如 uid={username},ou=people,dc=example,dc=cn")
    is_plain = parts.scheme == "ldap" and not env.LDAP_STARTTLS
    if is_plain and not is_loopback(parts.hostname):
        raise ImproperlyConfigured("口令不得明文传输：LDAP_URL 请用 ldaps://，或设 LDAP_STARTTLS=1")
    return ["gongkai.surfaces.workbench.accounts.directory.DirectoryBackend"]


def second_factors(public_url: str) -> list[str]:
    """One-time codes always; security keys only where browsers offer them: HTTPS or localhost."""
    parts = urlsplit(public_url)
    has_keys = parts.scheme == "https" or parts.hostname == "localhost"
    return ["totp", "recovery_codes", *(["webauthn"] if has_keys else [])]

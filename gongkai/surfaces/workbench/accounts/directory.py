"""Signing in with the password of a directory (LDAP): we bind as the person and keep nothing.

Only for people marked as directory accounts (目录账号). Lock-out and the security log see it like any other password.
"""

from __future__ import annotations

import structlog
from django import forms
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from ldap3 import AUTO_BIND_NONE, NONE, SIMPLE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.dn import escape_rdn

from gongkai.config import env
from gongkai.ground.organs.models import Person

SECONDS = 5
AWAY = "统一目录暂时无法连接，请稍后再试；急需登录的，请联系系统管理员。"
log = structlog.get_logger(__name__)


class DirectoryBackend(BaseBackend):
    """Django's authentication by a bind at the directory."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Person | None:
        """The person whose name and password the directory accepts; None otherwise."""
        del request
        # An empty password is an anonymous bind, which most directories accept from anybody.
        if not username or not password:
            return None
        person = Person.objects.filter(username=username, is_active=True, is_directory_account=True).first()
        return person if person is not None and accepts(person.username, password) else None

    def get_user(self, user_id: int) -> Person | None:
        """The person of a session; gone when the account was closed."""
        return Person.objects.filter(pk=user_id, is_active=True).first()


def accepts(username: str, password: str) -> bool:
    """Whether the directory lets this name in with this password. Raises ValidationError when it does not answer."""
    connection = Connection(
        _server(),
        user=env.LDAP_USER_DN.replace("{username}", escape_rdn(username)),
        password=password,
        authentication=SIMPLE,
        auto_bind=AUTO_BIND_NONE,
        receive_timeout=SECONDS,
        raise_exceptions=False,
    )
    try:
        connection.open()
        if env.LDAP_STARTTLS and not connection.start_tls():
            raise LDAPException("STARTTLS was refused")
        return bool(connection.bind())
    except LDAPException as error:
        # The message may name the host, never a person: the class says enough.
        log.error("directory does not answer", error=type(error).__name__)
        raise forms.ValidationError(AWAY) from None
    finally:
        connection.unbind()


def _server() -> Server:
    import ssl

    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=env.LDAP_CA_FILE or None)
    return Server(env.LDAP_URL, get_info=NONE, connect_timeout=SECONDS, tls=tls)

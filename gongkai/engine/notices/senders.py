"""How a notice leaves the house: an e-mail, or JSON to a webhook."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

from gongkai.config import env

TIMEOUT_SECONDS = 10


class SendError(Exception):
    """A notice could not be sent now; it is tried again."""


def send_email(url: str, address: str, text: str) -> str:
    """Send a plain e-mail through smtp://user:password@host:port (smtps for TLS from the start); its message id."""
    parts = urlsplit(url)
    sender = unquote(parts.username or "") or "gongkai@localhost"
    message = EmailMessage()
    message["Subject"] = f"{env.SITE_NAME}提醒"
    message["From"] = sender if "@" in sender else f"{sender}@{parts.hostname}"
    message["To"] = address
    message["Message-ID"] = make_msgid(domain=parts.hostname or "localhost")
    message.set_content(text)
    try:
        with _connection(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            if parts.password:
                server.login(sender, unquote(parts.password))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise SendError(type(error).__name__) from error
    return str(message["Message-ID"])


def _connection(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    return server


def send_webhook(url: str, text: str) -> str:
    """Post the text as the robots of enterprise chats expect it; the HTTP status as receipt."""
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SendError("WEBHOOK_URL")
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return f"HTTP {answer.status}"
    except (urllib.error.URLError, OSError) as error:
        raise SendError(type(error).__name__) from error

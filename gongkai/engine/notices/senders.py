"""How a message leaves the house: an e-mail, an SMS gateway, group robots, JSON to a webhook.

Every address comes from a setting of the operator. What a failure says never names an address, which may hold a key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote, quote_plus, unquote, urlsplit

from gongkai.config import env
from gongkai.engine.notices.models import Channel, Dispatch
from gongkai.ground import clock
from gongkai.ground.outbound import TIMEOUT_SECONDS, Answer, OutboundError, ask

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_CODE = re.compile(rb'"(?:err)?code"\s*:\s*"?([\w.-]{1,40})"?', re.IGNORECASE)


class SendError(Exception):
    """A message could not be sent now; it is tried again. ``code`` is the provider's answer, or why there was none."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sender:
    """One channel: whether it is configured, whether it reaches persons (or a group), and how it sends.

    ``send`` takes the message and the person's address and returns the receipt.
    """

    is_configured: Callable[[], bool]
    is_personal: bool
    send: Callable[[Dispatch, str], str]


def send_email(dispatch: Dispatch, address: str) -> str:
    """Send through smtp://user:password@host:port (smtps: TLS from the start); the message id, the same each time."""
    parts = urlsplit(env.EMAIL_URL)
    sender = unquote(parts.username or "") or "gongkai@localhost"
    message = EmailMessage()
    message["Subject"] = f"{env.SITE_NAME}提醒"
    message["From"] = sender if "@" in sender else f"{sender}@{parts.hostname}"
    message["To"] = address
    message["Message-ID"] = f"<{dispatch.key}@{parts.hostname or 'localhost'}>"
    message.set_content(dispatch.text)
    try:
        with _connection(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            if parts.password:
                server.login(sender, unquote(parts.password))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise SendError(f"SMTP {next(iter(error.recipients.values()), (0, b''))[0]}") from None
    except smtplib.SMTPResponseException as error:
        raise SendError(f"SMTP {error.smtp_code}") from None
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise SendError(type(error).__name__) from None
    return str(message["Message-ID"])


def _connection(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    return server


def send_sms(dispatch: Dispatch, address: str) -> str:
    """Ask the SMS gateway as the settings describe it; its answer must match SMS_SUCCESS."""
    values = {"{phone}": address, "{text}": dispatch.text, "{id}": str(dispatch.key)}
    url = _filled(env.SMS_URL, values, lambda text: quote(text, safe=""))
    method = env.SMS_METHOD.strip().upper()
    headers = {"Content-Type": f"{env.SMS_CONTENT_TYPE}; charset=utf-8", "Idempotency-Key": str(dispatch.key)}
    name, colon, value = env.SMS_HEADER.partition(":")
    if colon:
        headers[name.strip()] = value.strip()
    data = None if method == "GET" else _filled(env.SMS_BODY, values, _escape_for(env.SMS_CONTENT_TYPE)).encode()
    answer = _asked(url, method, data, headers)
    if env.SMS_SUCCESS and not re.search(env.SMS_SUCCESS, answer.body.decode(errors="replace")):
        raise SendError(_code_of(answer))
    return _code_of(answer)


def _filled(template: str, values: dict[str, str], escape: Callable[[str], str]) -> str:
    """One pass, so that a value which looks like a placeholder stays what it is."""
    return re.sub(r"\{(?:phone|text|id)\}", lambda found: escape(values[found.group()]), template)


def _escape_for(content_type: str) -> Callable[[str], str]:
    if "json" in content_type:
        return lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
    if "xml" in content_type:
        return lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return quote_plus


def send_wecom(dispatch: Dispatch, _address: str) -> str:
    """Post to a group robot of 企业微信: success is ``errcode`` 0."""
    return _robot(env.WECOM_ROBOT_URL, dispatch.text)


def send_dingtalk(dispatch: Dispatch, _address: str) -> str:
    """Post to a group robot of 钉钉, signed where a secret is set: success is ``errcode`` 0."""
    url = env.DINGTALK_ROBOT_URL
    if env.DINGTALK_ROBOT_SECRET:
        stamp = str(int(clock.now().timestamp() * 1000))
        sign = dingtalk_signature(stamp, env.DINGTALK_ROBOT_SECRET)
        url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}"
    return _robot(url, dispatch.text)


def dingtalk_signature(stamp: str, secret: str) -> str:
    """加签: HMAC-SHA256 with the secret over stamp (milliseconds), line feed, secret; base64, escaped."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return quote_plus(base64.b64encode(digest))


def send_webhook(dispatch: Dispatch, _address: str) -> str:
    """Post the text as the robots of enterprise chats expect it; any 2xx is success."""
    return _code_of(_asked(env.WEBHOOK_URL, "POST", _robot_body(dispatch.text), _JSON))


def _robot(url: str, text: str) -> str:
    answer = _asked(url, "POST", _robot_body(text), _JSON)
    try:
        told = json.loads(answer.body)
        is_sent = isinstance(told, dict) and told.get("errcode") == 0
    except ValueError:
        is_sent = False
    if not is_sent:
        raise SendError(_code_of(answer))
    return _code_of(answer)


def _robot_body(text: str) -> bytes:
    return json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()


def _asked(url: str, method: str, data: bytes | None, headers: dict[str, str]) -> Answer:
    try:
        answer = ask(url, method=method, data=data, headers=headers, largest=64 * 1024)
    except OutboundError as error:
        raise SendError(error.code) from None
    if not answer.is_ok:
        raise SendError(_code_of(answer))
    return answer


def _code_of(answer: Answer) -> str:
    """The HTTP status and the provider's own code, no more: an answer may repeat what was sent."""
    found = _CODE.search(answer.body)
    return f"HTTP {answer.status}" + (f", {found.group(1).decode()}" if found else "")


SENDERS: dict[str, Sender] = {
    Channel.EMAIL: Sender(lambda: bool(env.EMAIL_URL), True, send_email),
    Channel.SMS: Sender(lambda: bool(env.SMS_URL), True, send_sms),
    Channel.WECOM: Sender(lambda: bool(env.WECOM_ROBOT_URL), False, send_wecom),
    Channel.DINGTALK: Sender(lambda: bool(env.DINGTALK_ROBOT_URL), False, send_dingtalk),
    Channel.WEBHOOK: Sender(lambda: bool(env.WEBHOOK_URL), False, send_webhook),
}


def configured_channels() -> list[Channel]:
    """The channels the operator has configured, in the order of preference."""
    return [Channel(code) for code, sender in SENDERS.items() if sender.is_configured()]

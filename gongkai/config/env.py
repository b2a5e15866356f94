"""Every setting the environment can give, typed, in one place. docs/reference/settings.md is written from it."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    """One environment variable: its default and what it does."""

    name: str
    default: str
    meaning: str
    #: A password or a token, or an address that may hold one: it never leaves the machine.
    is_secret: bool = False
    #: A place on this machine, which means nothing on another.
    is_path: bool = False


SETTINGS: dict[str, Setting] = {}
#: Names of settings whose values may hold a password: they are never written into a backup.
_SECRET = re.compile(r"(?<!PUBLIC)(?<!PARENT)_URL|SECRET|TOKEN|PASSWORD(?!_DAYS)|_HEADER|_BODY")


def _text(name: str, default: str, meaning: str, *, is_secret: bool = False) -> str:
    SETTINGS[name] = Setting(name, default, meaning, is_secret or bool(_SECRET.search(name)))
    return os.environ.get(name, default)


def _flag(name: str, default: bool, meaning: str) -> bool:
    return _text(name, "1" if default else "0", meaning).strip().lower() in {"1", "true", "yes", "on"}


def _count(name: str, default: int, meaning: str) -> int:
    text = _text(name, str(default), meaning).strip()
    if not text.isdecimal():
        message = f"环境变量 {name} 应为非负整数，现为“{text}”"
        raise ImproperlyConfigured(message)
    return int(text)


def _count_from(name: str, default: int, least: int, meaning: str) -> int:
    number = _count(name, default, meaning)
    if number < least:
        message = f"环境变量 {name} 不得小于 {least}，现为 {number}"
        raise ImproperlyConfigured(message)
    return number


def _choice(name: str, default: str, choices: tuple[str, ...], meaning: str) -> str:
    text = _text(name, default, meaning).strip().lower()
    if text not in choices:
        message = f"环境变量 {name} 应为 {'、'.join(choices)} 之一，现为“{text}”"
        raise ImproperlyConfigured(message)
    return text


def _path(name: str, default: Path, shown: str, meaning: str) -> Path:
    """A file or folder; the documentation shows its default without the path of a machine."""
    SETTINGS[name] = Setting(name, shown, meaning, is_path=True)
    return Path(os.environ.get(name) or default).expanduser().absolute()


VAR_DIR = _path("VAR_DIR", ROOT / "var", "var", "Folder for the database, files, keys and checkpoints of one machine.")
DATABASE_URL = _text(
    "DATABASE_URL", "", "postgres://user:password@host:port/name; empty means SQLite in VAR_DIR.", is_secret=True
)
DATABASE_URL_BENCH = _text(
    "DATABASE_URL_BENCH",
    "",
    "Server on which `gongkai bench` makes its scratch database; empty means SQLite.",
    is_secret=True,
)
REDIS_URL = _text(
    "REDIS_URL", "", "Shared cache and counters for several web processes; empty means in the database.", is_secret=True
)
FILES_DIR = _path("FILES_DIR", VAR_DIR / "files", "VAR_DIR/files", "Folder of the public and sealed files.")
KEYS_DIR = _path(
    "KEYS_DIR",
    VAR_DIR / "keys",
    "VAR_DIR/keys",
    "Folder of the secret, file, column and register keys; back it up apart.",
)
CHECKPOINTS_DIR = _path(
    "CHECKPOINTS_DIR",
    VAR_DIR / "checkpoints",
    "VAR_DIR/checkpoints",
    "Where checkpoints of the register are written outside the database.",
)
SECRET_KEY_FILE = _path(
    "SECRET_KEY_FILE",
    KEYS_DIR / "secret-key",
    "KEYS_DIR/secret-key",
    "File of Django's secret key; made on first start.",
)
CRYPTO_SUITE = _choice(
    "CRYPTO_SUITE",
    "international",
    ("international", "national"),
    "For new keys: `international` (AES-256-GCM, SHA-256) or `national` (SM4-GCM, SM3); old data opens anyway.",
)
REGISTER_SIGNATURE = _choice(
    "REGISTER_SIGNATURE",
    "ed25519",
    ("ed25519", "sm2"),
    "Signature of new register keys: `ed25519`, or `sm2` (SM2 with SM3; needs the extra `sm`).",
)
PUBLIC_URL = _text("PUBLIC_URL", "http://127.0.0.1:8000", "The address under which the public reaches the site.")
SITE_NAME = _text("SITE_NAME", "政务公开平台", "The name in the header of the public site.")
SITE_PARENT_NAME = _text("SITE_PARENT_NAME", "", "Name of the parent government, linked in the header.")
SITE_PARENT_URL = _text("SITE_PARENT_URL", "", "Address of the parent government's site.")
SITE_HOST_ORGAN = _text("SITE_HOST_ORGAN", "", "Host organ (主办单位) in the footer.")
SITE_CONTACT = _text("SITE_CONTACT", "", "Contact (联系方式) in the footer.")
SITE_CODE = _text("SITE_CODE", "", "Ten-digit site code (网站标识码) in the footer.")
SITE_ICP_NUMBER = _text("SITE_ICP_NUMBER", "", "ICP number in the footer.")
SITE_POLICE_NUMBER = _text("SITE_POLICE_NUMBER", "", "Public security registration number (公安备案) in the footer.")
SITE_ERROR_REPORT_URL = _text(
    "SITE_ERROR_REPORT_URL", "", "Address of 我为政府网站找错 in the footer; empty means the contact in words."
)
DEBUG = _flag("DEBUG", False, "Developers only: error pages with details.")
ALLOWED_HOSTS = _text("ALLOWED_HOSTS", "", "Further host names the site answers to, separated by commas.")
BEHIND_PROXY = _flag("BEHIND_PROXY", False, "Only a front server reaches the site, and it sets X-Forwarded-Proto.")
REGISTER_ORIGIN = _text(
    "REGISTER_ORIGIN", "", "Name of the register in its checkpoints; empty means the host of PUBLIC_URL."
)
CLAMAV_SOCKET = _text("CLAMAV_SOCKET", "", "Socket of clamd (path or host:port); empty means no virus scan.")
UPLOAD_LIMIT_MB = _count("UPLOAD_LIMIT_MB", 50, "Largest upload in MiB.")
EMAIL_URL = _text(
    "EMAIL_URL",
    "",
    "smtp://user:password@host:port for notices; empty means notices stay on the desk only.",
    is_secret=True,
)
WEBHOOK_URL = _text(
    "WEBHOOK_URL",
    "",
    "Address that receives notices as JSON (enterprise chat robots); empty means none.",
    is_secret=True,
)
WECOM_ROBOT_URL = _text("WECOM_ROBOT_URL", "", "Webhook address of a group robot of 企业微信; empty means none.")
DINGTALK_ROBOT_URL = _text("DINGTALK_ROBOT_URL", "", "Webhook address of a group robot of 钉钉; empty means none.")
DINGTALK_ROBOT_SECRET = _text(
    "DINGTALK_ROBOT_SECRET",
    "",
    "Signing secret (加签) of the robot of 钉钉; empty where the group asks for no signature.",
)
SMS_URL = _text(
    "SMS_URL", "", "Address of the SMS gateway, https; may hold {phone}, {text} and {id}. Empty means no SMS."
)
SMS_METHOD = _text("SMS_METHOD", "POST", "HTTP method of the SMS gateway: POST, PUT or GET.")
SMS_BODY = _text(
    "SMS_BODY",
    '{"phone": "{phone}", "content": "{text}", "serial": "{id}"}',
    "Body sent to the SMS gateway; {phone}, {text} and {id} (the same on every attempt) are filled in and escaped.",
)
SMS_CONTENT_TYPE = _text(
    "SMS_CONTENT_TYPE", "application/json", "Content type of SMS_BODY; it decides how values are escaped."
)
SMS_HEADER = _text("SMS_HEADER", "", "Secret header of the SMS gateway, written `Name: value`.")
SMS_SUCCESS = _text(
    "SMS_SUCCESS", "", "Pattern that the SMS gateway's answer must match to count as sent; empty means any 2xx."
)
QUIET_HOURS = _text(
    "QUIET_HOURS",
    "22:00-07:00",
    "Hours in which only urgent notices leave, where organ and person set none; - is none.",
)
NOTICE_WINDOW_MINUTES = _count(
    "NOTICE_WINDOW_MINUTES", 10, "Notices to one person within so many minutes leave as one message."
)
INBOX_DIR = _text(
    "INBOX_DIR",
    "",
    "Watched folder for deliveries: one subfolder per organ code, see docs/how-to/deliver.md; empty means none.",
)
DELIVERY_ATTRIBUTE = _text(
    "DELIVERY_ATTRIBUTE",
    "policy",
    "Deliveries without disclosure attribute and ground are refused: for `policy` documents, `all` kinds, or `none`.",
)
OIDC_ISSUER = _text(
    "OIDC_ISSUER", "", "Address of the identity provider (统一身份认证, OpenID Connect); empty means none."
)
OIDC_CLIENT_ID = _text("OIDC_CLIENT_ID", "", "Our name at the identity provider.")
OIDC_CLIENT_SECRET = _text("OIDC_CLIENT_SECRET", "", "Our secret at the identity provider.", is_secret=True)
OIDC_CLAIM = _text(
    "OIDC_CLAIM", "preferred_username", "The claim that holds the user name of a person who is enrolled here."
)
OIDC_NAME = _text("OIDC_NAME", "统一身份认证", "What the button on the login page calls the identity provider.")
CAS_URL = _text(
    "CAS_URL", "", "Address of the CAS server (统一身份认证, CAS 2.0 or 3.0), without /login; empty means none."
)
CAS_ATTRIBUTE = _text(
    "CAS_ATTRIBUTE", "", "The attribute that holds the user name enrolled here (CAS 3.0); empty means the user itself."
)
CAS_NAME = _text("CAS_NAME", "统一身份认证", "What the button on the login page calls the CAS server.")
LDAP_URL = _text(
    "LDAP_URL",
    "",
    "ldaps://host or ldap://host:port of the directory for directory accounts (目录账号); empty means none.",
)
LDAP_USER_DN = _text(
    "LDAP_USER_DN", "", "Whom to bind as, e.g. `uid={username},ou=people,dc=example,dc=cn` or `{username}@example.cn`."
)
LDAP_STARTTLS = _flag("LDAP_STARTTLS", False, "Encrypt an ldap:// connection before the password is sent.")
LDAP_CA_FILE = _text("LDAP_CA_FILE", "", "Certificates that the directory's is checked by; empty means the system's.")
TARGETS_FILE = _path(
    "TARGETS_FILE",
    KEYS_DIR / "targets.json",
    "KEYS_DIR/targets.json",
    "JSON list of the targets of headless publishing, with their tokens; see how-to/headless.md.",
)
FEED_HOSTS = _text(
    "FEED_HOSTS", "", "Hosts whose feeds may be read and whose pages may be reposted, separated by commas."
)
EMBED_ORIGINS = _text(
    "EMBED_ORIGINS", "", "Origins (https://host) that may embed our lists, separated by commas; empty means none."
)
SESSION_HOURS = _count("SESSION_HOURS", 8, "Hours after which a staff session ends.")
IDLE_MINUTES = _count("IDLE_MINUTES", 30, "Minutes without a request after which a staff session ends.")
SESSIONS_PER_PERSON = _count(
    "SESSIONS_PER_PERSON", 3, "Staff sessions a person may have open; the newest wins. 0 means any number."
)
PASSWORD_DAYS = _count("PASSWORD_DAYS", 0, "Days after which a password must be changed; 0 means never.")
REQUIRE_ADMIN_TOTP = _flag(
    "REQUIRE_ADMIN_TOTP", False, "The three administrators must enrol a one-time code before anything else."
)
SECURITY_LOG_DAYS = _count_from(
    "SECURITY_LOG_DAYS",
    365,
    183,
    "Days for which sign-ins and security events are kept; at least six months (等级保护). Events are kept for ever.",
)
METRICS_TOKEN = _text(
    "METRICS_TOKEN",
    "",
    "Bearer token that opens /metrics from any address; empty means only the machine itself may ask.",
    is_secret=True,
)
LOG_LEVEL = _text("LOG_LEVEL", "INFO", "Level of the structured log.")
WEB_PROCESSES = _count("WEB_PROCESSES", 2, "Web processes of `gongkai serve`.")
PAGE_CACHE_MB = _count(
    "PAGE_CACHE_MB", 64, "Public answers each web process keeps while nothing happens, in MiB; 0 keeps none."
)


def secret_key() -> str:
    """Django's secret key, made on the first start; never a default in code."""
    if not SECRET_KEY_FILE.exists():
        _make_secret(SECRET_KEY_FILE)
    return SECRET_KEY_FILE.read_text().strip()


def _make_secret(file: Path) -> None:
    """Writes a new secret whole, readable by the owner only; of several processes at once the first one wins."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(secrets.token_urlsafe(64))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first: its secret counts
    finally:
        draft.unlink()

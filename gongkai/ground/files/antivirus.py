"""ClamAV over its socket (INSTREAM). Configured but silent means unscanned, and unscanned is never clean."""

from __future__ import annotations

import socket
import struct

from gongkai.config import env
from gongkai.ground.files.refusals import INFECTED, UNSCANNED
from gongkai.ground.refusal import Refused

_CHUNK = 64 * 1024
_SECONDS = 30


def check_virus(data: bytes) -> bool:
    """True when ClamAV found nothing, False when none is configured.

    Raises Refused ``files.infected`` or ``files.unscanned``; in both cases nothing may be kept.
    """
    if not env.CLAMAV_SOCKET:
        return False
    try:
        answer = _ask(data)
    except OSError as error:
        raise Refused(UNSCANNED) from error
    if answer.endswith("FOUND"):
        raise Refused(INFECTED, problem=answer.removeprefix("stream:").removesuffix("FOUND").strip())
    if not answer.endswith("OK"):
        raise Refused(UNSCANNED)
    return True


def _ask(data: bytes) -> str:
    with _connect(env.CLAMAV_SOCKET) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            part = data[start : start + _CHUNK]
            connection.sendall(struct.pack("!I", len(part)) + part)
        connection.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := connection.recv(4096)):
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(address: str) -> socket.socket:
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        return socket.create_connection((host, int(port)), timeout=_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_SECONDS)
    connection.connect(address)
    return connection

"""What is done to grants, deputies and tokens. A security administrator does it, in the organs of the grant."""

from gongkai.ground.access.actions.deputies import appoint, end_appointment
from gongkai.ground.access.actions.exporting import export
from gongkai.ground.access.actions.granting import end_grant, grant, hand_over
from gongkai.ground.access.actions.sessions import (
    drop_sessions,
    end_session,
    end_sessions,
    note,
    open_session,
    rekey_session,
)
from gongkai.ground.access.actions.tokens import issue_token, revoke_token

__all__ = [
    "appoint",
    "drop_sessions",
    "end_appointment",
    "end_grant",
    "end_session",
    "end_sessions",
    "export",
    "grant",
    "hand_over",
    "issue_token",
    "note",
    "open_session",
    "rekey_session",
    "revoke_token",
]

"""Grants, deputies, tokens and exports as subjects of the gate: the security administrator looks after them."""

from __future__ import annotations

from gongkai.ground.access.models import Deputy, Export, Grant, ServiceToken, StaffSession
from gongkai.ground.gate.table import subject

subject(Grant, "grant", organ_path="organ", read_right="grant.maintain")
subject(Deputy, "deputy", organ_path="principal__organ", read_right="grant.maintain")
subject(ServiceToken, "service_token", organ_path="person__organ", read_right="token.maintain")
subject(Export, "export", organ_path="organ", read_right="security.read")
subject(StaffSession, "staff_session", organ_path="person__organ", read_right="security.read")

"""The quiet hours of an organ as a subject of the gate."""

from __future__ import annotations

from gongkai.engine.notices.models import QuietHours
from gongkai.ground.gate.table import subject

subject(QuietHours, "quiet_hours", organ_path="organ", read_right="organ.maintain")

"""The column as a subject of the gate."""

from __future__ import annotations

from gongkai.engine.channels.models import Column
from gongkai.ground.gate.table import subject

subject(Column, "column", organ_path="organ", read_right="column.maintain")

"""Organs, people and posts as subjects of the gate: a system administrator maintains them, within reach."""

from __future__ import annotations

from gongkai.ground.gate.table import subject
from gongkai.ground.organs.models import Organ, Person, Post

subject(Organ, "organ", organ_path="pk", read_right="organ.maintain")
subject(Person, "person", organ_path="organ", read_right="person.maintain")
subject(Post, "post", organ_path="organ", read_right="organ.maintain")

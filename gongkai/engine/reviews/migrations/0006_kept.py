"""Choices of presets and urgings are only added; a line of a secrecy sheet gets its opinion once and nothing else."""

from django.db import migrations

from gongkai.ground.register.triggers import Immutable

KEPT = " AND ".join(
    f"NEW.{name} = OLD.{name}" for name in ("id", "sheet_id", "place", "record_id", "edition_id", "edition_sha256")
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_secrecy_sheet"), ("register", "0002_immutable")]
    operations = [
        Immutable("reviews_presetchoice"),
        Immutable("reviews_urging"),
        Immutable(
            "reviews_secrecyline",
            allow_update_when=f"OLD.opinion_id IS NULL AND NEW.opinion_id IS NOT NULL AND {KEPT}",
        ),
    ]

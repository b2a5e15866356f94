from django.db import migrations
from django.utils import timezone

from gongkai.ground import clock
from gongkai.ground.register.triggers import Immutable

EFFECTS = {"repeals": "repealed", "replaces": "repealed", "amends": "amended"}


def date_effects(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's own signature
    """Links that changed a record's validity before days were kept took effect when their document was published."""
    link = apps.get_model("records", "Link")
    rows = link.objects.filter(kind__in=EFFECTS, source__is_visible=True, source__published_at__isnull=False)
    for row in rows.select_related("source", "target").iterator():
        if row.target.validity == EFFECTS[row.kind]:
            row.took_effect_on = timezone.localtime(row.source.published_at, clock.SHANGHAI).date()
            row.save(update_fields=["took_effect_on"])


class Migration(migrations.Migration):
    dependencies = [("records", "0007_lineage"), ("register", "0002_immutable")]
    operations = [
        migrations.RunPython(date_effects, migrations.RunPython.noop),
        Immutable("records_cleanup"),
        Immutable("records_cleanupitem"),
    ]

from django.db import migrations, models

import gongkai.ground.files.fields


class Migration(migrations.Migration):
    dependencies = [("records", "0002_immutable")]
    operations = [
        migrations.AddField(
            model_name="expungeorder",
            name="note",
            field=gongkai.ground.files.fields.EncryptedTextField(
                blank=True, bound_by=("record_id", "asked_by_id"), default="", verbose_name="说明"
            ),
        ),
        migrations.AddField(
            model_name="expungeorder",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
    ]

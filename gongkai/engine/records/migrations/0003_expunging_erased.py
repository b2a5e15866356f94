from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_immutable")]
    operations = [
        migrations.AddField(
            model_name="expungeorder",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
    ]

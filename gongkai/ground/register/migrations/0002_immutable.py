from django.db import migrations

from gongkai.ground.register.triggers import Immutable


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]

    operations = [
        Immutable("register_event"),
        Immutable("register_leaf"),
        Immutable("register_checkpoint"),
        Immutable("register_log"),
    ]

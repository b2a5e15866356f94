from django.db import migrations

from gongkai.ground.register.triggers import Immutable


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("register", "0002_immutable")]
    operations = [Immutable("reviews_opinion")]

from django.db import migrations

from gongkai.ground.register.triggers import Immutable

# Expunging may empty the text of an edition once; number, hash and salt stay, so that proofs remain valid.
# That two persons ordered it cannot be asked here (PostgreSQL takes no subquery); register verify asks it.
EXPUNGE_ONLY = (
    "OLD.expunged_at IS NULL AND NEW.expunged_at IS NOT NULL AND NEW.canonical IS NULL AND NEW.id = OLD.id "
    "AND NEW.record_id = OLD.record_id AND NEW.number = OLD.number AND NEW.schema = OLD.schema "
    "AND NEW.sha256 = OLD.sha256 AND NEW.salt = OLD.salt AND NEW.created_at = OLD.created_at"
)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("register", "0002_immutable")]
    operations = [Immutable("records_edition", allow_update_when=EXPUNGE_ONLY)]

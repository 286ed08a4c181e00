from django.db import migrations
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat


def ask_again(apps, schema_editor):
    """Pairs of which one entry was removed were marked as decided too; only those that were kept both are for good."""
    revisions = apps.get_model("knowledge", "EntryRevision").objects
    decided = apps.get_model("knowledge", "Pair").objects.filter(is_decided=True)
    for gone, kept in (("first", "second"), ("second", "first")):
        reason = Concat(Value("instead of it "), Cast(OuterRef(kept), CharField()))
        decided.filter(Exists(revisions.filter(entry=OuterRef(gone), reason=reason))).update(is_decided=False)


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0007_reason_of_revision"),
    ]

    operations = [
        migrations.RunPython(ask_again, migrations.RunPython.noop),
    ]

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    newest = apps.get_model("scoring", "Score").objects.filter(scorer_set=OuterRef("pk")).order_by("-pk")
    apps.get_model("scoring", "ScorerSet").objects.update(used_at=Subquery(newest.values("created_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [("scoring", "0008_used_at")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

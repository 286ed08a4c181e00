from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    verdicts = apps.get_model("review", "Verdict").objects.filter(revisions=OuterRef("revision"))
    labels = apps.get_model("training", "Label").objects.filter(revision__isnull=False)
    labels.update(round=Subquery(verdicts.values("round")[:1]))


class Migration(migrations.Migration):
    dependencies = [("training", "0021_round_of_label")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

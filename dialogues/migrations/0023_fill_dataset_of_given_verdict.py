from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    turns = apps.get_model("dialogues", "Turn").objects.filter(pk=OuterRef("turn"))
    given = apps.get_model("dialogues", "GivenVerdict").objects
    given.update(dataset=Subquery(turns.values("dialogue__dataset")[:1]))


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0022_dataset_of_given_verdict")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

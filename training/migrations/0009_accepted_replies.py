"""A reply that was only accepted is no longer taught without its round saying so; the next sync chooses another."""

from django.db import migrations


def take_back(apps, schema_editor):
    labels = apps.get_model("training", "Label").objects.filter(source="person", chosen=True)
    labels.filter(revision__isnull=False, revision__correction="").update(chosen=False)


class Migration(migrations.Migration):
    dependencies = [("review", "0004_what_a_round_teaches"), ("training", "0008_labels")]

    operations = [migrations.RunPython(take_back, migrations.RunPython.noop)]

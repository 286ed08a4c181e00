from django.db import migrations
from django.db.models import OuterRef, Subquery


def say_whom_calls_were_about(apps, schema_editor):
    """The first answer of a call tells; later ones have reused its reply."""
    answers = apps.get_model("dialogues", "Answer").objects.filter(cloud_call=OuterRef("pk")).order_by("pk")
    calls = apps.get_model("serving", "CloudCall").objects.filter(dialogue_id=None, answers__isnull=False)
    calls.update(
        turn_id=Subquery(answers.values("turn")[:1]),
        dialogue_id=Subquery(answers.values("turn__dialogue")[:1]),
        dataset_id=Subquery(answers.values("turn__dialogue__dataset")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0014_fill_turn_count_and_search"), ("serving", "0009_left_is_a_place")]

    operations = [migrations.RunPython(say_whom_calls_were_about, migrations.RunPython.noop)]

from django.db import migrations
from django.db.models import OuterRef, Subquery


def say_whom_calls_were_about(apps, schema_editor):
    """The first label of a call tells, or the label of its first paraphrase; later ones have reused its reply."""
    calls = apps.get_model("serving", "CloudCall").objects.filter(dialogue_id=None)
    for model, turn in (("Label", "turn"), ("Paraphrase", "label__turn")):
        rows = apps.get_model("training", model).objects.filter(cloud_call=OuterRef("pk")).order_by("pk")
        calls.filter(**{f"{model.lower()}s__isnull": False}).update(
            turn_id=Subquery(rows.values(turn)[:1]),
            dialogue_id=Subquery(rows.values(f"{turn}__dialogue")[:1]),
            dataset_id=Subquery(rows.values(f"{turn}__dialogue__dataset")[:1]),
        )


class Migration(migrations.Migration):
    dependencies = [("training", "0018_learned_and_compared"), ("dialogues", "0015_calls_of_answers")]

    operations = [migrations.RunPython(say_whom_calls_were_about, migrations.RunPython.noop)]

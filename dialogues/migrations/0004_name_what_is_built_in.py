import re

from django.db import migrations

NOTES = {
    "demo": "dialogues of the corpus",
    "corpus": "all dialogues of the corpus",
    "regression": "opening questions with a general assistant's replies",
    "table6": "the inputs of Table VI",
}


def name_builtin_datasets(apps, schema_editor):
    """What the site made was known by its name so far; its note tells it from an import of the same name."""
    datasets = apps.get_model("dialogues", "Dataset").objects
    for name, note in NOTES.items():
        datasets.filter(name=name, note=note).update(builtin=name)


def give_eval_sets_their_purpose(apps, schema_editor):
    for eval_set in apps.get_model("dialogues", "EvalSet").objects.all():
        first = eval_set.items.select_related("turn__dialogue").order_by("id").first()
        if first is None:
            continue
        eval_set.purpose, eval_set.kind = purpose_of(eval_set.name)
        eval_set.dataset_id = first.turn.dialogue.dataset_id
        eval_set.save(update_fields=["purpose", "kind", "dataset"])


NAMES = (  # pattern of the name that a set had before it had columns: purpose, kind of reference
    (r"regression", "regression", "human"),
    (r"table6 · inputs", "inputs", "cloud"),
    (r"dev · .* · human", "dev", "human"),
    (r"dev · .*", "dev", "cloud"),
    (r"gate · .* · cloud", "gate", "cloud"),
    (r"gate · .* · human", "gate", "human"),
    (r"gate · .* · correction", "gate", "correction"),
    (r"run \d+: corrections", "taught", "correction"),
    (r"run \d+: held out", "held_out", ""),
)


def purpose_of(name: str) -> tuple[str, str]:
    """Purpose and kind of reference of a set; one that a person named is a selection."""
    fitting = ((purpose, kind) for pattern, purpose, kind in NAMES if re.fullmatch(pattern, name, re.DOTALL))
    return next(fitting, ("selection", ""))


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0003_builtin_and_purpose")]

    operations = [
        migrations.RunPython(name_builtin_datasets, migrations.RunPython.noop),
        migrations.RunPython(give_eval_sets_their_purpose, migrations.RunPython.noop),
    ]

import re

from django.db import migrations

NAME = re.compile(
    r"table6 · (?P<dataset>.*) · (?P<preset>paper|recommended) ×(?P<scale>[\d.e+-]+) · \w+ \d+", re.DOTALL
)


def group_runs(apps, schema_editor):
    """Runs of Table VI were known by their names so far."""
    runs = apps.get_model("training", "Run").objects
    experiments = apps.get_model("training", "Experiment").objects
    for run in runs.filter(name__startswith="table6 · ").order_by("id"):
        named = NAME.fullmatch(run.name)
        teacher = named and teacher_of(apps, run.dataset_id)
        if not teacher:
            continue
        experiment, _ = experiments.get_or_create(
            kind="table6",
            dataset_id=run.dataset_id,
            base_id=run.base_id,
            teacher_id=teacher,
            preset=named["preset"],
            scale=float(named["scale"]),
        )
        runs.filter(pk=run.pk).update(experiment=experiment)


def teacher_of(apps, dataset_id: int) -> int | None:
    """Whose labels the runs of a dataset learned: the teacher that labelled it last."""
    labels = apps.get_model("training", "Label").objects.filter(dataset=dataset_id, source="teacher")
    return labels.order_by("-id").values_list("teacher_id", flat=True).first()


class Migration(migrations.Migration):
    dependencies = [("training", "0005_experiment")]

    operations = [migrations.RunPython(group_runs, migrations.RunPython.noop)]

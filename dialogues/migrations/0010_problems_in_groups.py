from django.db import migrations


def keep_what_was_expected(apps, schema_editor):
    """Each problem of an earlier import becomes one of its own kind, with its line."""
    problems = apps.get_model("dialogues", "ImportProblem").objects.filter(kind="expected")
    lines = apps.get_model("dialogues", "ProblemLine").objects
    for problem in problems.iterator():
        problem.values, problem.count = {"expected": problem.expected}, 1
        problem.save(update_fields=["values", "count"])
        lines.create(problem=problem, line=problem.line)


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0009_imports_of_every_kind")]
    operations = [migrations.RunPython(keep_what_was_expected, migrations.RunPython.noop)]

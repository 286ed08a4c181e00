from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0010_problems_in_groups")]
    operations = [
        migrations.RemoveConstraint(model_name="importproblem", name="one_problem_a_line"),
        migrations.RemoveField(model_name="importproblem", name="expected"),
        migrations.RemoveField(model_name="importproblem", name="line"),
    ]

from django.db import migrations, models

import training.ml.methods


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0006_experiments_of_runs"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="run", name="run_method"),
        migrations.AlterField(
            model_name="run",
            name="method",
            field=models.CharField(choices=training.ml.methods.choices, max_length=30),
        ),
    ]

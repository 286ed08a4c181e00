"""A method of PEFT is named in the code alone, and what nothing reads is not stored."""

import django.db.models.deletion
from django.db import migrations, models

import training.ml.methods


class Migration(migrations.Migration):
    dependencies = [
        ("serving", "0002_cloudcall_prompt"),
        ("training", "0006_experiments_of_runs"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="run", name="run_method"),
        migrations.AlterField(
            model_name="run",
            name="method",
            field=models.CharField(choices=training.ml.methods.choices, max_length=30),
        ),
        migrations.RemoveConstraint(model_name="run", name="one_running_run_a_device"),
        migrations.RemoveIndex(model_name="run", name="run_queue"),
        migrations.RemoveField(model_name="run", name="device"),
        migrations.AddIndex(model_name="run", index=models.Index(fields=["state", "position", "id"], name="run_queue")),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("state",), name="one_running_run"
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="best",
            field=models.ForeignKey(
                blank=True,
                help_text="that of the last checkpoint; with patience, of the one with the lowest dev loss",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="serving.version",
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="progress",
            field=models.JSONField(blank=True, default=dict, help_text="the last training.ml.progress.Progress"),
        ),
        migrations.RemoveField(model_name="losspoint", name="learning_rate"),
        migrations.RemoveField(model_name="checkpoint", name="created_at"),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0002_answer_job_eval_set")]

    operations = [
        migrations.AddField(
            "dataset",
            "builtin",
            models.CharField(
                blank=True,
                choices=[
                    ("demo", "demo"),
                    ("corpus", "the corpus that ships"),
                    ("regression", "questions to a general assistant"),
                    ("table6", "inputs of Table VI"),
                ],
                default="",
                help_text="empty: imported by a person",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "evalset",
            "purpose",
            models.CharField(
                choices=[
                    ("gate", "gate"),
                    ("dev", "dev split"),
                    ("regression", "forgetting check"),
                    ("inputs", "inputs of Table VI"),
                    ("taught", "corrections of a run"),
                    ("held_out", "held out from a run"),
                    ("selection", "selection"),
                ],
                default="selection",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "evalset",
            "dataset",
            models.ForeignKey(
                blank=True,
                help_text="where all its turns are from; empty for a selection over several",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="eval_sets",
                to="dialogues.dataset",
            ),
        ),
        migrations.AddField(
            "evalset",
            "kind",
            models.CharField(
                blank=True,
                choices=[("cloud", "cloud model"), ("human", "human agent"), ("correction", "correction")],
                default="",
                help_text="of its references; empty where they are mixed",
                max_length=10,
            ),
            preserve_default=False,
        ),
    ]

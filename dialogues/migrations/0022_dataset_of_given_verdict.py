import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0021_removal_count")]

    operations = [
        migrations.AddField(
            model_name="givenverdict",
            name="dataset",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dialogues.dataset",
            ),
        ),
        migrations.AddIndex(
            model_name="dialogue",
            index=models.Index(
                condition=models.Q(("never_leaves", True)), fields=["dataset"], name="dialogue_kept_inside"
            ),
        ),
    ]

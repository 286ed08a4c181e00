from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training", "0022_fill_round_of_label")]

    operations = [
        migrations.AddField(
            model_name="label",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("correction", "correction"),
                    ("preferred", "preferred reply"),
                    ("tie", "reply in a tie"),
                    ("by_hand", "written by a manager"),
                ],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0025_satisfaction")]

    operations = [
        migrations.AlterField(
            model_name="dataset",
            name="removal_count",
            field=models.PositiveBigIntegerField(
                default=0,
                editable=False,
                help_text="how often dialogues or scores were removed; what was read before is then out of date",
            ),
        ),
    ]

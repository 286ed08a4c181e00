from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0006_pairs_by_day"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entryrevision",
            index=models.Index(fields=["reason"], name="entryrevision_reason"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0007_scores_without_order")]

    operations = [
        migrations.AddField(
            model_name="scorerset",
            name="used_at",
            field=models.DateTimeField(help_text="when it scored last, even if nothing was new", null=True),
        ),
    ]

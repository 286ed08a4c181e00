from django.db import migrations, models


def recorded_replies_did_not_leave(apps, schema_editor):
    apps.get_model("serving", "CloudCall").objects.filter(version__model__startswith="recorded").update(left=False)


class Migration(migrations.Migration):
    dependencies = [("serving", "0002_cloudcall_prompt")]

    operations = [
        migrations.AddField(
            model_name="cloudcall",
            name="left",
            field=models.BooleanField(default=True, help_text="whether what was asked left the shop"),
        ),
        migrations.AlterField(
            model_name="cloudcall",
            name="messages",
            field=models.JSONField(
                help_text="the redacted messages that left, [{role, text}]; none where they stayed here"
            ),
        ),
        migrations.AddIndex(model_name="cloudcall", index=models.Index(fields=["left", "id"], name="cloudcall_left")),
        migrations.RunPython(recorded_replies_did_not_leave, migrations.RunPython.noop),
    ]

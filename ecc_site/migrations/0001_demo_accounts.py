import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NAMES = ["annotator", "annotator2", "manager", "admin"]


def mark_existing(apps, schema_editor):
    """Before this table, the demo's dataset tells that accounts of these names are the demo's too."""
    if not apps.get_model("dialogues", "Dataset").objects.filter(builtin="demo").exists():
        return
    DemoAccount = apps.get_model("ecc_site", "DemoAccount")
    for user in apps.get_model("auth", "User").objects.filter(username__in=NAMES):
        DemoAccount.objects.create(user_id=user.pk)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dialogues", "0004_name_what_is_built_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="DemoAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunPython(mark_existing, migrations.RunPython.noop),
    ]

from django.db import migrations
from django.db.models import Count, Q
from django.db.models.functions import TruncDate


def fill_places(apps, schema_editor):
    """What stayed in the shop was answered by a recorded reply, or by an end model on a server of the shop."""
    calls = apps.get_model("serving", "CloudCall").objects.filter(left=False)
    recorded = Q(version__model="recorded") | Q(version__model__startswith="recorded:")
    calls.filter(recorded).update(place="file")
    calls.exclude(recorded).update(place="server")


def count_days(apps, schema_editor):
    days = apps.get_model("serving", "CloudDay").objects
    calls = apps.get_model("serving", "CloudCall").objects.exclude(place="outside")
    counted = calls.annotate(day=TruncDate("created_at")).values("day").order_by("day")
    for row in counted.annotate(file=Count("pk", filter=Q(place="file")), server=Count("pk", filter=Q(place="server"))):
        values = {"file_calls": row["file"], "server_calls": row["server"]}
        days.update_or_create(day=row["day"], defaults=values)


class Migration(migrations.Migration):
    dependencies = [("serving", "0007_where_it_went")]

    operations = [
        migrations.RunPython(fill_places, migrations.RunPython.noop),
        migrations.RunPython(count_days, migrations.RunPython.noop),
    ]

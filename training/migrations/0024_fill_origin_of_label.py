from django.db import migrations
from django.db.models import Case, Exists, OuterRef, Value, When


def fill(apps, schema_editor):
    revisions = apps.get_model("review", "VerdictRevision").objects.filter(pk=OuterRef("revision"))
    accepted = revisions.filter(correction="")
    origin = Case(
        When(revision__isnull=True, then=Value("by_hand")),
        When(Exists(accepted.filter(preference="reference")), then=Value("preferred")),
        When(Exists(accepted.filter(preference="tie")), then=Value("tie")),
        default=Value("correction"),
    )
    apps.get_model("training", "Label").objects.filter(source="person").update(origin=origin)


class Migration(migrations.Migration):
    dependencies = [("training", "0023_origin_of_label")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

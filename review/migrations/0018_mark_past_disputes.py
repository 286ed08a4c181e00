from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q


def mark_past_disputes(apps, schema_editor):
    items = apps.get_model("review", "RoundItem").objects.filter(round__overlap__gt=1)
    active = apps.get_model("review", "Verdict").objects.filter(withdrawn=False, item=OuterRef("pk"))
    said = active.filter(adjudicates=False, current__propagated=False).values("current__preference")
    first, last = (said.order_by(order)[:1] for order in ("current__preference", "-current__preference"))
    differing = items.alias(first=first, last=last).filter(first__lt=F("last"))
    items.filter(pk__in=differing.values("pk")).update(disputed=True)
    managers = apps.get_model("auth", "User").objects.filter(
        Q(groups__name__in=["manager", "admin"]) | Q(is_superuser=True)
    )
    settling = active.filter(Q(adjudicates=True) | Q(annotator__in=managers.values("pk")))
    waiting = items.filter(~Exists(settling), disputed=True, expected="")
    items.filter(pk__in=waiting.values("pk")).update(awaits_decision=True)


class Migration(migrations.Migration):
    dependencies = [("review", "0017_marks_of_disputes"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(mark_past_disputes, migrations.RunPython.noop)]

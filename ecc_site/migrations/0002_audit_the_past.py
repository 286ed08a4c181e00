from django.conf import settings
from django.db import migrations


def copy_earlier_logs(apps, schema_editor):
    """Promotions, profiles and rounds kept a log of their own before there was one for all acts."""
    Entry = apps.get_model("core", "AuditEntry")
    acts = [*promotions(apps), *profiles(apps), *rounds(apps)]
    entries = [
        Entry(act=act, target=str(target)[:300], by=by, by_name=by.username if by else "", at=at, detail=detail)
        for act, target, by, at, detail in sorted(acts, key=lambda act: act[3])
    ]
    Entry.objects.bulk_create(entries, batch_size=500)


def promotions(apps):
    moves = apps.get_model("serving", "AliasMove").objects.filter(name="champion", before__isnull=False)
    for move in moves.select_related("after", "by"):
        yield "promoted", move.after.name, move.by, move.at, move.reason


def profiles(apps):
    revisions = apps.get_model("scoring", "Profile").objects.filter(revision__gt=1)
    for profile in revisions.select_related("dataset", "author"):
        detail = f"α {profile.alpha} · Θ {profile.theta} (r{profile.revision}) · {profile.reason}"
        yield "revised_profile", profile.dataset.name, profile.author, profile.created_at, detail


def rounds(apps):
    for opened in apps.get_model("review", "Round").objects.select_related("created_by"):
        yield "opened_round", opened.name, opened.created_by, opened.created_at, ""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ecc_site", "0001_demo_accounts"),
        ("core", "0002_audit_log"),
        ("serving", "0001_initial"),
        ("scoring", "0001_initial"),
        ("review", "0001_initial"),
    ]
    operations = [migrations.RunPython(copy_earlier_logs, migrations.RunPython.noop)]

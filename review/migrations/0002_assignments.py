import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A seat is called an assignment; rows and their ids stay."""

    dependencies = [("review", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RemoveConstraint("verdict", "standing_verdict_once_a_seat"),
        migrations.RemoveConstraint("seat", "seat_number_once"),
        migrations.RemoveConstraint("seat", "seat_number_in_overlap"),
        migrations.RemoveConstraint("seat", "a_taken_seat_has_an_annotator"),
        migrations.RenameModel("Seat", "Assignment"),
        migrations.RenameField("verdict", "seat", "assignment"),
        migrations.RenameIndex("assignment", new_name="assignment_next", old_name="seat_next"),
        migrations.AlterField(
            "assignment",
            "annotator",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "assignment",
            "dialogue",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="dialogues.dialogue"
            ),
        ),
        migrations.AlterField(
            "assignment",
            "round",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="review.round"
            ),
        ),
        migrations.AlterField(
            "round", "verdict_count", models.PositiveIntegerField(default=0, help_text="active verdicts")
        ),
        migrations.AddConstraint(
            "assignment",
            models.UniqueConstraint(fields=["round", "dialogue", "n"], name="assignment_number_once"),
        ),
        migrations.AddConstraint(
            "assignment",
            models.CheckConstraint(condition=Q(n__gte=1, n__lte=20), name="assignment_number_in_overlap"),
        ),
        migrations.AddConstraint(
            "assignment",
            models.CheckConstraint(
                condition=Q(state="free", annotator__isnull=True)
                | Q(state__in=["taken", "done"], annotator__isnull=False),
                name="a_taken_assignment_has_an_annotator",
            ),
        ),
        migrations.AddConstraint(
            "verdict",
            models.UniqueConstraint(
                condition=Q(withdrawn=False),
                fields=["assignment", "comparison"],
                name="active_verdict_once_an_assignment",
            ),
        ),
    ]

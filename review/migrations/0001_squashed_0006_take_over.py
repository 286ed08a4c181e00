import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("review", "0001_initial"),
        ("review", "0002_assignments"),
        ("review", "0003_labels"),
        ("review", "0004_what_a_round_teaches"),
        ("review", "0005_entry_of_verdict"),
        ("review", "0006_take_over"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("dialogues", "0001_squashed_0018_quick_checks"),
        ("knowledge", "0001_squashed_0005_erasures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("cloud", "cloud model"), ("human", "human agent"), ("correction", "correction")],
                        help_text="kind of the reference answers",
                        max_length=10,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("teach", "training (train and dev dialogues)"),
                            ("measure", "evaluation (test dialogues)"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "overlap",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                    ),
                ),
                ("blind", models.BooleanField(default=False)),
                (
                    "scores",
                    models.CharField(
                        choices=[("alongside", "beside the answers"), ("after", "after the verdict")],
                        default="alongside",
                        max_length=9,
                    ),
                ),
                (
                    "teach_preferred",
                    models.BooleanField(
                        default=False,
                        help_text="the human agents' replies that were preferred are taught, as corrections always are",
                    ),
                ),
                ("teach_ties", models.BooleanField(default=False, help_text="so are their replies in ties")),
                ("guideline", models.TextField(blank=True)),
                ("guideline_version", models.PositiveSmallIntegerField(default=1)),
                ("is_open", models.BooleanField(default=True)),
                ("came_with_files", models.BooleanField(default=False, help_text="its verdicts were imported")),
                ("item_count", models.PositiveIntegerField(default=0)),
                (
                    "wanted_count",
                    models.PositiveIntegerField(default=0, help_text="verdicts wanted: items times overlap"),
                ),
                ("verdict_count", models.PositiveIntegerField(default=0, help_text="active verdicts")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rounds", to="dialogues.dataset"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("overlap__gte", 1), ("overlap__lte", 20)), name="round_overlap"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["teach", "measure"])), name="round_purpose"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TakeOverJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not started"),
                            ("queued", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("token", models.UUIDField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(blank=True, null=True)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("skipped", models.PositiveBigIntegerField(default=0)),
                (
                    "done_before",
                    models.PositiveBigIntegerField(default=0, help_text="done or skipped by earlier attempts"),
                ),
                ("cancel_requested", models.BooleanField(default=False)),
                ("error", models.TextField(blank=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="take_over_jobs",
                        to="dialogues.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="takeoverjob_state"),
                    models.Index(fields=["state", "id"], name="takeoverjob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("dataset",),
                        name="one_take_over_a_dataset",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveSmallIntegerField(help_text="1 to the overlap of the round")),
                ("priority", models.PositiveIntegerField(help_text="the lowest comes first")),
                (
                    "state",
                    models.CharField(
                        choices=[("free", "free"), ("taken", "taken"), ("done", "done")], default="free", max_length=5
                    ),
                ),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                (
                    "annotator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dialogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="dialogues.dialogue"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="review.round"
                    ),
                ),
            ],
            options={
                "ordering": ["priority", "id"],
                "indexes": [models.Index(fields=["round", "state", "priority", "id"], name="assignment_next")],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "dialogue", "n"), name="assignment_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("annotator__isnull", False)),
                        fields=("round", "dialogue", "annotator"),
                        name="annotator_once_at_a_dialogue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n__gte", 1), ("n__lte", 20)), name="assignment_number_in_overlap"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("annotator__isnull", True), ("state", "free")),
                            models.Q(("annotator__isnull", False), ("state__in", ["taken", "done"])),
                            _connector="OR",
                        ),
                        name="a_taken_assignment_has_an_annotator",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(help_text="of the customer turn in its dialogue")),
                (
                    "stratum",
                    models.CharField(
                        choices=[("worst", "worst first"), ("random", "random"), ("gold", "gold")], max_length=6
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="round_items",
                        to="dialogues.comparison",
                    ),
                ),
                (
                    "dialogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="round_items", to="dialogues.dialogue"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="review.round"
                    ),
                ),
            ],
            options={
                "ordering": ["dialogue_id", "position", "id"],
                "indexes": [models.Index(fields=["round", "dialogue", "position", "id"], name="round_item_walk")],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "comparison"), name="comparison_once_in_round")
                ],
            },
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn", models.BooleanField(default=False, help_text="as in the current revision")),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="review.assignment"
                    ),
                ),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="dialogues.comparison"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="what the memory made of it",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="verdicts",
                        to="knowledge.entry",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="review.rounditem"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="review.round"
                    ),
                ),
            ],
            options={
                "ordering": ["-updated_at"],
            },
        ),
        migrations.CreateModel(
            name="VerdictRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "preference",
                    models.CharField(
                        choices=[
                            ("end", "end better"),
                            ("reference", "reference better"),
                            ("tie", "tie"),
                            ("both_bad", "both bad"),
                        ],
                        max_length=9,
                    ),
                ),
                ("end_acceptable", models.BooleanField()),
                ("reference_acceptable", models.BooleanField()),
                (
                    "acceptable_is_default",
                    models.BooleanField(
                        default=True, help_text="acceptability followed from the one key and is no opinion of its own"
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(blank=True, help_text="1 to 5, of the end answer", null=True),
                ),
                ("tags", models.JSONField(blank=True, default=list)),
                ("correction", models.TextField(blank=True, help_text="the reply that should have been given")),
                ("note", models.TextField(blank=True)),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("left_side", models.CharField(default="end", help_text="what was shown on the left", max_length=9)),
                ("scores_seen", models.BooleanField(default=True)),
                ("after_reveal", models.BooleanField(default=False)),
                ("withdrawn", models.BooleanField(default=False)),
                ("key", models.UUIDField(help_text="idempotency key of the request that wrote it", unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "verdict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="review.verdict"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("preference__in", ["end", "reference", "tie", "both_bad"])),
                        name="revision_preference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("left_side__in", ["end", "reference"])), name="revision_left_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", True), models.Q(("rating__gte", 1), ("rating__lte", 5)), _connector="OR"
                        ),
                        name="revision_rating",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="verdict",
            name="current",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="current_of",
                to="review.verdictrevision",
            ),
        ),
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(fields=["round", "annotator", "withdrawn", "updated_at"], name="verdict_latest"),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.UniqueConstraint(fields=("annotator", "round", "comparison"), name="verdict_once"),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn", False)),
                fields=("assignment", "comparison"),
                name="active_verdict_once_an_assignment",
            ),
        ),
    ]

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("scoring", "0001_initial"),
        ("scoring", "0002_embedding"),
        ("scoring", "0003_score_job_asked_again"),
        ("scoring", "0004_newest_jobs"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("dialogues", "0001_squashed_0018_quick_checks"),
        ("serving", "0001_squashed_0010_redaction_patterns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Embedding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.BinaryField(help_text="SHA-256 of the scorer's identity and of what it read", max_length=32),
                ),
                ("numbers", models.BinaryField(help_text="a vector as float16, the score of a pair as float32")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key",), name="embedding_once")],
            },
        ),
        migrations.CreateModel(
            name="ScorerSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("similarity", models.CharField(help_text="name of the similarity scorer", max_length=300)),
                ("match", models.CharField(help_text="name of the match scorer", max_length=300)),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of names, weights and configuration", max_length=64, unique=True
                    ),
                ),
                ("theta", models.FloatField(default=0.2)),
                (
                    "quantiles",
                    models.JSONField(blank=True, default=dict, help_text="of each scorer on unrelated and right pairs"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("theta__isnull", True), models.Q(("theta__gte", 0), ("theta__lte", 1)), _connector="OR"
                        ),
                        name="scorer_set_theta_in_unit",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreJob",
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
                    "asked_again",
                    models.BooleanField(default=False, help_text="somebody wanted more scores while it was at work"),
                ),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="score_jobs", to="dialogues.dataset"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="scorejob_state"),
                    models.Index(fields=["state", "id"], name="scorejob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("dataset",),
                        name="one_score_job_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("alpha", models.FloatField(default=0.8)),
                ("theta", models.FloatField()),
                ("threshold", models.FloatField(default=0.5, help_text="a final score from here on is acceptable")),
                ("active", models.BooleanField(default=True)),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="profiles", to="dialogues.dataset"
                    ),
                ),
                (
                    "scorer_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="profiles", to="scoring.scorerset"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "scorer_set", "revision"), name="profile_revision_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)),
                        fields=("dataset", "scorer_set"),
                        name="one_active_profile",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("alpha__isnull", True), models.Q(("alpha__gte", 0), ("alpha__lte", 1)), _connector="OR"
                            ),
                            models.Q(
                                ("theta__isnull", True), models.Q(("theta__gte", 0), ("theta__lte", 1)), _connector="OR"
                            ),
                            models.Q(
                                ("threshold__isnull", True),
                                models.Q(("threshold__gte", 0), ("threshold__lte", 1)),
                                _connector="OR",
                            ),
                        ),
                        name="profile_in_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("similarity", models.FloatField(null=True)),
                ("match_end", models.FloatField(null=True)),
                ("match_cloud", models.FloatField(null=True)),
                ("final", models.FloatField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("cloud", "cloud model"), ("human", "human agent"), ("correction", "correction")],
                        max_length=10,
                    ),
                ),
                (
                    "split",
                    models.CharField(choices=[("train", "train"), ("dev", "dev"), ("test", "test")], max_length=5),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="dialogues.comparison"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="dialogues.dataset"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="scoring.profile"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="serving.version"
                    ),
                ),
                (
                    "scorer_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="scoring.scorerset"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["scorer_set", "dataset", "kind", "final", "id"], name="score_of_dataset"),
                    models.Index(
                        fields=["scorer_set", "dataset", "kind", "version", "final", "id"], name="score_of_version"
                    ),
                    models.Index(
                        fields=["scorer_set", "dataset", "kind", "split", "final", "id"], name="score_of_split"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("comparison", "scorer_set"), name="score_once_a_scorer_set"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("similarity__isnull", True),
                                models.Q(("similarity__gte", 0), ("similarity__lte", 1)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("match_end__isnull", True),
                                models.Q(("match_end__gte", 0), ("match_end__lte", 1)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("match_cloud__isnull", True),
                                models.Q(("match_cloud__gte", 0), ("match_cloud__lte", 1)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("final__isnull", True), models.Q(("final__gte", 0), ("final__lte", 1)), _connector="OR"
                            ),
                        ),
                        name="score_in_unit",
                    ),
                ],
            },
        ),
    ]

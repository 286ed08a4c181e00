import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("knowledge", "0001_initial"),
        ("knowledge", "0002_trials"),
        ("knowledge", "0003_pairs"),
        ("knowledge", "0004_fixed_memory"),
        ("knowledge", "0005_erasures"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("serving", "0001_squashed_0010_redaction_patterns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveBigIntegerField(default=0)),
                (
                    "compared",
                    models.PositiveBigIntegerField(
                        default=0, help_text="up to this revision, pairs have been looked for"
                    ),
                ),
                (
                    "erasures",
                    models.PositiveBigIntegerField(default=0, help_text="after each, whoever has read it forgets all"),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="clock_only_one")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("reply", "reply"), ("fact", "fact"), ("rule", "rule")], max_length=5),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("active", "active"), ("removed", "removed")],
                        default="active",
                        max_length=8,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("verdict", "a verdict"),
                            ("label", "a label"),
                            ("page", "written here"),
                            ("import", "imported"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("zh", "Chinese"), ("en", "English"), ("other", "other")],
                        help_text="empty: fits any",
                        max_length=5,
                    ),
                ),
                ("text", models.TextField(help_text="the reply, the fact or the rule")),
                (
                    "context",
                    models.TextField(
                        blank=True, help_text="the customer's message before the question, if it needs one"
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "never_leaves",
                    models.BooleanField(default=False, help_text="it is never part of a prompt that leaves the shop"),
                ),
                (
                    "origin",
                    models.CharField(
                        blank=True, help_text="hash of the dialogue that it was learned from", max_length=64
                    ),
                ),
                (
                    "revision",
                    models.PositiveBigIntegerField(default=0, help_text="of the memory, when it was last changed"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["state", "id"], name="entry_state_newest"),
                    models.Index(fields=["revision"], name="entry_revision"),
                    models.Index(fields=["origin"], name="entry_origin"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["reply", "fact", "rule"])), name="entry_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "active", "removed"])), name="entry_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_until__isnull", True),
                            ("valid_from__lte", models.F("valid_until")),
                            _connector="OR",
                        ),
                        name="entry_valid_from_until",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="entry_has_a_text"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FixedMemory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(help_text="SHA-256 of its items", max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("digest",), name="fixed_memory_once")],
            },
        ),
        migrations.CreateModel(
            name="TrialJob",
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
                ("question", models.TextField()),
                ("context", models.TextField(blank=True, help_text="the customer's message before it")),
                ("answer", models.TextField(blank=True)),
                ("finish_reason", models.CharField(blank=True, max_length=20)),
                ("memory_revision", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "used",
                    models.JSONField(blank=True, default=list, help_text="[[id of an entry, how it was used], …]"),
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
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trials",
                        to="serving.version",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="trialjob_state"),
                    models.Index(fields=["state", "id"], name="trialjob_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(help_text="revision of the memory")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("active", "active"), ("removed", "removed")], max_length=8
                    ),
                ),
                ("content", models.JSONField(help_text="wordings, text and the other columns of the entry")),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="knowledge.entry"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "indexes": [models.Index(fields=["entry", "number"], name="entryrevision_of_entry")],
                "constraints": [models.UniqueConstraint(fields=("number", "entry"), name="entry_once_a_revision")],
            },
        ),
        migrations.CreateModel(
            name="FixedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.TextField()),
                ("context", models.TextField(blank=True, help_text="the customer's message before it")),
                ("reply", models.TextField()),
                (
                    "language",
                    models.CharField(
                        blank=True, choices=[("zh", "Chinese"), ("en", "English"), ("other", "other")], max_length=5
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        blank=True, help_text="hash of the dialogue that it was learned from", max_length=64
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="knowledge.fixedmemory"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Pair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("duplicate", "near duplicate"), ("conflict", "conflict")], max_length=9),
                ),
                ("similarity", models.FloatField(help_text="of the questions, 0 to 1")),
                ("likeness", models.FloatField(help_text="of the replies, 0 to 1")),
                ("is_decided", models.BooleanField(default=False, help_text="somebody has decided to keep both")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="knowledge.entry"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="knowledge.entry"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="pair_once"),
                    models.CheckConstraint(condition=models.Q(("first__lt", models.F("second"))), name="pair_in_order"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["duplicate", "conflict"])), name="pair_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wordings", to="knowledge.entry"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
    ]

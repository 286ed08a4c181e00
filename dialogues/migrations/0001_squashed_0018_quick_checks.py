import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from dialogues.search.index import engine_of


def set_up_index(apps, schema_editor):
    engine_of(schema_editor.connection).create(schema_editor.connection)


class Migration(migrations.Migration):
    replaces = [
        ("dialogues", "0001_initial"),
        ("dialogues", "0002_answer_job_eval_set"),
        ("dialogues", "0003_builtin_and_purpose"),
        ("dialogues", "0004_name_what_is_built_in"),
        ("dialogues", "0005_builtin_and_purpose_hold"),
        ("dialogues", "0006_labels"),
        ("dialogues", "0007_newest_jobs"),
        ("dialogues", "0008_used_entries"),
        ("dialogues", "0009_imports_of_every_kind"),
        ("dialogues", "0010_problems_in_groups"),
        ("dialogues", "0011_no_line_in_problem"),
        ("dialogues", "0012_fewer_indexes"),
        ("dialogues", "0013_turn_count_and_search"),
        ("dialogues", "0014_fill_turn_count_and_search"),
        ("dialogues", "0015_calls_of_answers"),
        ("dialogues", "0016_retention"),
        ("dialogues", "0017_given_verdicts"),
        ("dialogues", "0018_quick_checks"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("knowledge", "0001_squashed_0005_erasures"),
        ("serving", "0001_squashed_0010_redaction_patterns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("note", models.TextField(blank=True)),
                (
                    "builtin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("demo", "demo"),
                            ("corpus", "the corpus that ships"),
                            ("regression", "questions to a general assistant"),
                            ("table6", "inputs of Table VI"),
                        ],
                        help_text="empty: imported by a person",
                        max_length=20,
                    ),
                ),
                (
                    "never_leaves",
                    models.BooleanField(default=False, help_text="its dialogues never go to a cloud model"),
                ),
                (
                    "remembers_at_once",
                    models.BooleanField(
                        default=False,
                        help_text="corrections act as soon as they are given, without a manager's approval",
                    ),
                ),
                (
                    "retention_days",
                    models.PositiveIntegerField(
                        blank=True, help_text="dialogues are erased when they are older; empty: never", null=True
                    ),
                ),
                (
                    "retention_keeps_used",
                    models.BooleanField(
                        default=True, help_text="but not those that people have reviewed or a version has learned from"
                    ),
                ),
                ("dialogue_count", models.PositiveBigIntegerField(default=0)),
                (
                    "open_turn_count",
                    models.PositiveBigIntegerField(default=0, help_text="customer turns that want an answer"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("builtin", ""), _negated=True),
                        fields=("builtin",),
                        name="dataset_builtin_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("builtin__in", ["", "demo", "corpus", "regression", "table6"])),
                        name="dataset_builtin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retention_days__isnull", True), ("retention_days__gte", 1), _connector="OR"
                        ),
                        name="dataset_retention",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
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
                ("dataset_name", models.CharField(max_length=200)),
                ("path", models.CharField(help_text="the uploaded file", max_length=500)),
                ("file_name", models.CharField(max_length=200)),
                ("file_format", models.CharField(blank=True, help_text="empty: recognised", max_length=20)),
                ("encoding", models.CharField(blank=True, help_text="empty: recognised", max_length=20)),
                (
                    "columns",
                    models.JSONField(blank=True, default=dict, help_text="field of the format: column of the table"),
                ),
                ("roles", models.JSONField(blank=True, default=dict, help_text="name in the file: role")),
                (
                    "left_out_steps",
                    models.JSONField(blank=True, default=list, help_text="steps of cleaning that are not taken"),
                ),
                ("never_leaves", models.BooleanField(default=False)),
                ("added", models.PositiveBigIntegerField(default=0)),
                ("repeated", models.PositiveBigIntegerField(default=0, help_text="that the dataset had already")),
                (
                    "replaced",
                    models.PositiveBigIntegerField(
                        default=0, help_text="of those added: in place of one with the same id"
                    ),
                ),
                ("problem_count", models.PositiveBigIntegerField(default=0, help_text="dialogues that were refused")),
                ("report", models.JSONField(blank=True, default=dict)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="importjob_state"),
                    models.Index(fields=["state", "id"], name="importjob_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dialogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_id", models.CharField(blank=True, help_text="its id in the imported file", max_length=200)),
                (
                    "language",
                    models.CharField(choices=[("zh", "Chinese"), ("en", "English"), ("other", "other")], max_length=5),
                ),
                (
                    "split",
                    models.CharField(choices=[("train", "train"), ("dev", "dev"), ("test", "test")], max_length=5),
                ),
                ("never_leaves", models.BooleanField(default=False)),
                ("content_hash", models.CharField(help_text="SHA-256 of the raw roles and texts", max_length=64)),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True, help_text="time of its last turn, where the file had times", null=True
                    ),
                ),
                ("turn_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dialogues",
                        to="dialogues.dataset",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="dialogues",
                        to="dialogues.importjob",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["dataset", "split", "id"], name="dialogue_dataset_split"),
                    models.Index(fields=["dataset", "language", "id"], name="dialogue_dataset_language"),
                    models.Index(fields=["dataset", "created_at", "id"], name="dialogue_dataset_age"),
                    models.Index(fields=["source_id", "dataset"], name="dialogue_source"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "content_hash"), name="dialogue_once_in_dataset"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("language", "zh"), ("language", "en"), ("language", "other"), _connector="OR"
                        ),
                        name="dialogue_language",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("split", "train"), ("split", "dev"), ("split", "test"), _connector="OR"),
                        name="dialogue_split",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answer_count", models.PositiveBigIntegerField(default=0)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="coverages", to="serving.version"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="coverages", to="dialogues.dataset"
                    ),
                ),
            ],
            options={
                "ordering": ["version_id"],
                "constraints": [models.UniqueConstraint(fields=("dataset", "version"), name="coverage_once")],
            },
        ),
        migrations.CreateModel(
            name="EvalSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("gate", "release gate"),
                            ("dev", "dev split"),
                            ("regression", "forgetting check"),
                            ("inputs", "inputs of Table VI"),
                            ("taught", "corrections of a run"),
                            ("held_out", "unseen questions of a run"),
                            ("selection", "selection"),
                        ],
                        default="selection",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("cloud", "cloud model"), ("human", "human agent"), ("correction", "correction")],
                        help_text="of its references; empty where they are mixed",
                        max_length=10,
                    ),
                ),
                ("frozen_at", models.DateTimeField(auto_now_add=True)),
                (
                    "lost_count",
                    models.PositiveIntegerField(default=0, help_text="items that were erased with their dialogues"),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        help_text="where all its turns are from; empty for a selection over several",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="eval_sets",
                        to="dialogues.dataset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("purpose__in", ["gate", "dev", "regression", "inputs"])),
                        fields=("purpose", "dataset", "kind"),
                        name="eval_set_once_for_its_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose", "selection"), ("dataset__isnull", False), _connector="OR"),
                        name="eval_set_has_its_dataset",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(help_text="a key of SENTENCES", max_length=20)),
                ("field", models.CharField(blank=True, max_length=100)),
                ("values", models.JSONField(blank=True, default=dict)),
                ("count", models.PositiveBigIntegerField(default=0)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="dialogues.importjob"
                    ),
                ),
            ],
            options={
                "ordering": ["-count", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReplacedDialogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.JSONField(help_text="as ParsedDialogue, with its language and whether it leaves")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced_dialogues",
                        to="dialogues.importjob",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UndoJob",
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
                    "import_job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="undos", to="dialogues.importjob"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="undojob_state"),
                    models.Index(fields=["state", "id"], name="undojob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("import_job",),
                        name="one_undo_an_import",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sketch",
            fields=[
                (
                    "dialogue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sketch",
                        serialize=False,
                        to="dialogues.dialogue",
                    ),
                ),
                ("band0", models.BigIntegerField(db_index=True)),
                ("band1", models.BigIntegerField(db_index=True)),
                ("band2", models.BigIntegerField(db_index=True)),
                ("band3", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="AnswerJob",
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
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer_jobs", to="serving.version"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answer_jobs", to="dialogues.dataset"
                    ),
                ),
                (
                    "eval_set",
                    models.ForeignKey(
                        blank=True,
                        help_text="its turns alone",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer_jobs",
                        to="dialogues.evalset",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="answerjob_state"),
                    models.Index(fields=["state", "id"], name="answerjob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"]), ("eval_set__isnull", True)),
                        fields=("dataset", "version"),
                        name="one_answer_job_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("dataset", "version", "eval_set"),
                        name="one_answer_job_an_eval_set",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProblemLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveBigIntegerField()),
                ("place", models.CharField(blank=True, help_text="the file in an archive", max_length=300)),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="dialogues.importproblem"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[("customer", "customer"), ("agent", "agent"), ("event", "event")], max_length=8
                    ),
                ),
                ("raw", models.TextField(help_text="as it was imported")),
                ("text", models.TextField(help_text="cleaned")),
                (
                    "formula",
                    models.CharField(
                        blank=True,
                        choices=[("greeting", "greeting"), ("closing", "closing formula")],
                        help_text="what is said to everybody",
                        max_length=8,
                    ),
                ),
                ("is_open", models.BooleanField(default=False, help_text="a customer's turn to be answered")),
                (
                    "dialogue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="turns",
                        to="dialogues.dialogue",
                    ),
                ),
            ],
            options={
                "ordering": ["dialogue_id", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("dialogue", "position"), name="turn_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role", "customer"), ("role", "agent"), ("role", "event"), _connector="OR"),
                        name="turn_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_open", False), ("role", "customer"), _connector="OR"),
                        name="only_customers_ask",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("formula", ""), ("formula", "greeting"), ("formula", "closing"), _connector="OR"
                        ),
                        name="turn_formula",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[("model", "model"), ("human", "human agent"), ("annotator", "annotator")], max_length=9
                    ),
                ),
                (
                    "settings_hash",
                    models.CharField(blank=True, help_text="of the decoding settings, or of the text", max_length=16),
                ),
                ("text", models.TextField(blank=True)),
                ("latency_ms", models.FloatField(blank=True, null=True)),
                ("tokens_in", models.PositiveIntegerField(blank=True, null=True)),
                ("tokens_out", models.PositiveIntegerField(blank=True, null=True)),
                ("finish_reason", models.CharField(blank=True, max_length=20)),
                (
                    "memory_revision",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="of the memory that was read; empty: none was", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cloud_call",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="serving.cloudcall",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="serving.version",
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="dialogues.turn"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("version__isnull", False)), fields=["version"], name="answer_version"
                    ),
                    models.Index(
                        condition=models.Q(("author__isnull", False)), fields=["author"], name="answer_author"
                    ),
                    models.Index(
                        condition=models.Q(("cloud_call__isnull", False)),
                        fields=["cloud_call"],
                        name="answer_cloud_call",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source", "model")),
                        fields=("turn", "version", "settings_hash"),
                        name="answer_once_a_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source", "human")), fields=("turn",), name="one_human_answer_a_turn"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source", "annotator")),
                        fields=("turn", "author", "settings_hash"),
                        name="annotator_answer_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "model"), ("version__isnull", False)),
                            models.Q(
                                models.Q(("source", "human"), ("source", "annotator"), _connector="OR"),
                                ("version__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_version_exactly_where_a_model_wrote",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivenVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "preference",
                    models.CharField(
                        choices=[
                            ("end", "end answer"),
                            ("reference", "reference answer"),
                            ("tie", "tie"),
                            ("both_bad", "both bad"),
                        ],
                        max_length=9,
                    ),
                ),
                ("correction", models.TextField(blank=True)),
                ("by", models.CharField(blank=True, help_text="as the file names the person", max_length=100)),
                ("taken_over", models.BooleanField(default=False)),
                (
                    "turn",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="given_verdict", to="dialogues.turn"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["taken_over", "id"], name="given_verdict_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("preference__in", ["end", "reference", "tie", "both_bad"])),
                        name="given_preference",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvalItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dialogues.answer"
                    ),
                ),
                (
                    "eval_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="dialogues.evalset"
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dialogues.turn"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("eval_set", "turn", "reference"), name="eval_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "end",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="compared", to="dialogues.answer"
                    ),
                ),
                (
                    "reference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compared_as_reference",
                        to="dialogues.answer",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comparisons", to="serving.version"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comparisons", to="dialogues.dataset"
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comparisons", to="dialogues.turn"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["dataset", "version", "kind", "id"], name="comparison_dataset_version")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("end", "reference"), name="comparison_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "cloud"), ("kind", "human"), ("kind", "correction"), _connector="OR"
                        ),
                        name="comparison_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end", models.F("reference")), _negated=True),
                        name="comparison_of_two_answers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("direct", "given as the answer"),
                            ("better", "preferred to the generated answer"),
                            ("example", "shown as an example"),
                            ("note", "told before"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="used_entries", to="dialogues.answer"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="knowledge.entry"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("answer", "entry"), name="entry_used_once_an_answer")],
            },
        ),
        migrations.RunPython(set_up_index, migrations.RunPython.noop),
    ]

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import training.ml.methods


class Migration(migrations.Migration):
    replaces = [
        ("training", "0001_initial"),
        ("training", "0002_label_job_filter"),
        ("training", "0003_merge_job"),
        ("training", "0004_run_repeats"),
        ("training", "0005_experiment"),
        ("training", "0006_experiments_of_runs"),
        ("training", "0007_run_method"),
        ("training", "0008_labels"),
        ("training", "0009_accepted_replies"),
        ("training", "0010_newest_jobs"),
        ("training", "0011_preparation"),
        ("training", "0012_merge_exact"),
        ("training", "0013_entry_of_label"),
        ("training", "0014_arms"),
        ("training", "0015_wordings_and_trials"),
        ("training", "0016_table6_job"),
        ("training", "0017_assessments"),
        ("training", "0018_learned_and_compared"),
        ("training", "0019_calls_of_labels"),
        ("training", "0020_learned_turns"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("dialogues", "0001_squashed_0018_quick_checks"),
        ("knowledge", "0001_squashed_0005_erasures"),
        ("review", "0001_squashed_0006_take_over"),
        ("serving", "0001_squashed_0010_redaction_patterns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("table6", "Table VI")], max_length=10)),
                ("preset", models.CharField(max_length=20)),
                ("scale", models.FloatField(help_text="times the paper's steps")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="experiments", to="serving.version"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="experiments", to="dialogues.dataset"
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        help_text="whose labels are learned",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="serving.version",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "dataset", "base", "teacher", "preset", "scale"), name="experiment_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[("person", "person"), ("teacher", "teacher"), ("corpus", "corpus")], max_length=7
                    ),
                ),
                ("text", models.TextField()),
                ("text_hash", models.CharField(max_length=16)),
                ("chosen", models.BooleanField(default=False)),
                ("rejected", models.BooleanField(default=False)),
                ("prompt_version", models.CharField(blank=True, max_length=20)),
                (
                    "split",
                    models.CharField(choices=[("train", "train"), ("dev", "dev"), ("test", "test")], max_length=5),
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
                (
                    "cloud_call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="labels",
                        to="serving.cloudcall",
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="labels", to="dialogues.dataset"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        help_text="what it became",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="labels",
                        to="knowledge.entry",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="labels",
                        to="review.verdictrevision",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="labels",
                        to="serving.version",
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="labels", to="dialogues.turn"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["dataset", "source", "id"], name="label_dataset_source"),
                    models.Index(fields=["dataset", "chosen", "id"], name="label_dataset_chosen"),
                    models.Index(fields=["source", "id"], name="label_source"),
                    models.Index(fields=["teacher", "id"], name="label_teacher"),
                    models.Index(condition=models.Q(("rejected", True)), fields=["id"], name="label_rejected"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("turn", "source", "text_hash"), name="label_once_a_source"),
                    models.UniqueConstraint(
                        condition=models.Q(("chosen", True)), fields=("turn",), name="one_chosen_label_a_turn"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("split", "test"), _negated=True), name="no_label_on_a_test_dialogue"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("chosen", False), ("rejected", False), _connector="OR"),
                        name="no_rejected_label_is_chosen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cloud_call__isnull", True), ("source", "person")),
                            models.Q(("source", "teacher"), ("teacher__isnull", False)),
                            models.Q(("cloud_call__isnull", True), ("revision__isnull", True), ("source", "corpus")),
                            _connector="OR",
                        ),
                        name="label_source_fits_its_origin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelJob",
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
                    "selection",
                    models.CharField(
                        choices=[
                            ("all", "all questions"),
                            ("low", "answers below the threshold"),
                            ("rejected", "answers that people rejected"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "split",
                    models.CharField(
                        blank=True, choices=[("train", "train"), ("dev", "dev"), ("test", "test")], max_length=5
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, choices=[("zh", "Chinese"), ("en", "English"), ("other", "other")], max_length=5
                    ),
                ),
                ("contains", models.CharField(blank=True, help_text="text of the customer's message", max_length=100)),
                (
                    "below",
                    models.FloatField(blank=True, help_text="final score of the champion's answer, 0 to 1", null=True),
                ),
                ("example_count", models.PositiveSmallIntegerField(default=0, help_text="N of Table II, 0 to 500")),
                (
                    "nearest_count",
                    models.PositiveSmallIntegerField(default=0, help_text="examples by nearest question, 0 to 20"),
                ),
                ("limit", models.PositiveIntegerField(blank=True, help_text="at most so many turns", null=True)),
                ("unanswered", models.JSONField(blank=True, default=dict, help_text="reason: how many")),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="label_jobs", to="dialogues.dataset"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="label_jobs",
                        to="review.round",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="label_jobs", to="serving.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="labeljob_state"),
                    models.Index(fields=["state", "id"], name="labeljob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("dataset", "teacher"),
                        name="one_label_job_at_a_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("example_count__lte", 500)), name="label_job_examples"),
                    models.CheckConstraint(condition=models.Q(("nearest_count__lte", 20)), name="label_job_nearest"),
                    models.CheckConstraint(
                        condition=models.Q(("split", "test"), _negated=True), name="label_job_leaves_test_alone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergeJob",
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
                    "exact",
                    models.BooleanField(default=False, help_text="in float32, instead of the base's own precision"),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="merge_jobs", to="serving.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="mergejob_state"),
                    models.Index(fields=["state", "id"], name="mergejob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("version",),
                        name="one_merge_job_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TeacherTableJob",
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
                    "question",
                    models.TextField(blank=True, help_text="typed by a person; else turns of the dataset are asked"),
                ),
                (
                    "rows",
                    models.JSONField(
                        blank=True, default=list, help_text="[{question, bare, prompted}] as ids of cloud calls"
                    ),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="teacher_tables",
                        to="dialogues.dataset",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="teacher_tables", to="serving.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="teachertablejob_state"),
                    models.Index(fields=["state", "id"], name="teachertablejob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("teacher",),
                        name="one_teacher_table_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cloud", "cloud model"), ("human", "human agent"), ("correction", "correction")],
                        help_text="of the references",
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="from 1, in the order in which they were measured")),
                ("assessed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="serving.version"
                    ),
                ),
                (
                    "champion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="serving.version"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="of the set",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessments",
                        to="dialogues.dataset",
                    ),
                ),
                (
                    "eval_set",
                    models.ForeignKey(
                        help_text="its first",
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="assessments",
                        to="dialogues.evalset",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dataset", "kind", "candidate", "champion"), name="assessment_once"
                    ),
                    models.UniqueConstraint(fields=("dataset", "kind", "number"), name="assessment_number_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="assessment_number_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentJob",
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
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment_jobs",
                        to="serving.version",
                    ),
                ),
                (
                    "champion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="serving.version"
                    ),
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
                    "eval_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessment_jobs",
                        to="dialogues.evalset",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="assessmentjob_state"),
                    models.Index(fields=["state", "id"], name="assessmentjob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("eval_set", "candidate", "champion"),
                        name="one_assessment_job_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Paraphrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("text_hash", models.CharField(max_length=16)),
                ("similarity", models.FloatField(help_text="to the question, by the similarity scorer, 0 to 1")),
                (
                    "cloud_call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paraphrases",
                        to="serving.cloudcall",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paraphrases", to="training.label"
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="paraphrases", to="serving.version"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("label", "text_hash"), name="paraphrase_once_a_label"),
                    models.CheckConstraint(
                        condition=models.Q(("similarity__gte", 0), ("similarity__lte", 1)), name="paraphrase_similarity"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
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
                ("name", models.CharField(max_length=200)),
                ("method", models.CharField(choices=training.ml.methods.choices, max_length=30)),
                ("preset", models.CharField(default="recommended", max_length=20)),
                ("parameters", models.JSONField(help_text="as training.ml.settings.TrainingSettings.as_dict")),
                ("mix", models.JSONField(help_text="source: how many examples at the most")),
                (
                    "left_out",
                    models.JSONField(blank=True, default=list, help_text="ids of labels that it does not learn"),
                ),
                (
                    "learned",
                    models.JSONField(
                        blank=True, help_text="ids of the labels by people, fixed when it starts", null=True
                    ),
                ),
                (
                    "wordings",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="how many other wordings of each question by people the teacher is asked for",
                    ),
                ),
                (
                    "trials",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="[{rate, dev_loss}]: learning rates to try first; dev_loss: none yet",
                    ),
                ),
                (
                    "replay_share",
                    models.FloatField(
                        blank=True, help_text="of a pass, 0 to 1; empty: as many as the mix allows", null=True
                    ),
                ),
                (
                    "repeats",
                    models.PositiveSmallIntegerField(default=1, help_text="times a label by people is learned a pass"),
                ),
                ("data_hash", models.CharField(blank=True, max_length=64)),
                ("data_report", models.JSONField(blank=True, default=dict, help_text="as runs.data_report.DataReport")),
                (
                    "memory_before",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="revision of the memory without what it teaches; empty: not compared",
                        null=True,
                    ),
                ),
                (
                    "memory_after",
                    models.PositiveBigIntegerField(blank=True, help_text="revision with what it teaches", null=True),
                ),
                (
                    "nearness",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="id of a held-out turn: similarity to the nearest question it teaches",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("position", models.PositiveIntegerField(default=0, help_text="in the queue, the lowest first")),
                (
                    "resume_from",
                    models.CharField(blank=True, help_text="checkpoint folder below ECC_DATA_DIR", max_length=500),
                ),
                (
                    "progress",
                    models.JSONField(blank=True, default=dict, help_text="the last training.ml.progress.Progress"),
                ),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="serving.version"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        blank=True,
                        help_text="what it learns",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taught_runs",
                        to="dialogues.evalset",
                    ),
                ),
                (
                    "best",
                    models.ForeignKey(
                        blank=True,
                        help_text="that of the checkpoint with the lowest dev loss; of the last where there is no dev loss",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="serving.version",
                    ),
                ),
                (
                    "compared_with",
                    models.ForeignKey(
                        blank=True,
                        help_text="the champion when it was measured",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="serving.version",
                    ),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="dialogues.dataset"
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        blank=True,
                        help_text="compared in it",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="training.experiment",
                    ),
                ),
                (
                    "held_out",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gated_runs",
                        to="dialogues.evalset",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="run_state"),
                    models.Index(fields=["state", "id"], name="run_newest"),
                    models.Index(fields=["state", "position", "id"], name="run_queue"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")), fields=("state",), name="one_running_run"
                    ),
                    models.CheckConstraint(condition=models.Q(("wordings__lte", 20)), name="run_wordings"),
                    models.CheckConstraint(
                        condition=models.Q(("replay_share__gt", 0), ("replay_share__lt", 1)), name="run_replay_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Table6Job",
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
                ("methods", models.JSONField(help_text="names of the PEFT methods")),
                (
                    "trains_since",
                    models.DateTimeField(blank=True, help_text="when this attempt began its first run", null=True),
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
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to="training.experiment"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="table6job_state"),
                    models.Index(fields=["state", "id"], name="table6job_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("experiment",),
                        name="one_active_job_per_experiment",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PreparationJob",
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
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="preparations", to="training.run"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "heartbeat_at"], name="preparationjob_state"),
                    models.Index(fields=["state", "id"], name="preparationjob_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("draft",),
                        name="one_active_preparation_per_run",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LossPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.PositiveIntegerField()),
                ("loss", models.FloatField(null=True)),
                ("dev_loss", models.FloatField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="losses", to="training.run"
                    ),
                ),
            ],
            options={
                "ordering": ["step"],
                "constraints": [models.UniqueConstraint(fields=("run", "step"), name="loss_point_once")],
            },
        ),
        migrations.CreateModel(
            name="LearnedTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("turn_id", models.PositiveBigIntegerField()),
                ("dialogue_id", models.PositiveBigIntegerField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="learned_turns", to="training.run"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["turn_id"], name="learned_turn"),
                    models.Index(fields=["dialogue_id"], name="learned_dialogue"),
                ],
                "constraints": [models.UniqueConstraint(fields=("run", "turn_id"), name="turn_learned_once_a_run")],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.PositiveIntegerField()),
                ("dev_loss", models.FloatField(null=True)),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checkpoint", to="serving.version"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checkpoints", to="training.run"
                    ),
                ),
            ],
            options={
                "ordering": ["step"],
                "constraints": [models.UniqueConstraint(fields=("run", "step"), name="checkpoint_once_a_step")],
            },
        ),
    ]

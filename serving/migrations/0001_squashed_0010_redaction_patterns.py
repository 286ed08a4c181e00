import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("serving", "0001_initial"),
        ("serving", "0002_cloudcall_prompt"),
        ("serving", "0003_call_left"),
        ("serving", "0004_memory"),
        ("serving", "0005_end_models_read_the_memory"),
        ("serving", "0006_fixed_memory"),
        ("serving", "0007_where_it_went"),
        ("serving", "0008_fill_where_it_went"),
        ("serving", "0009_left_is_a_place"),
        ("serving", "0010_redaction_patterns"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="CloudDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("tokens", models.PositiveBigIntegerField(default=0)),
                ("calls", models.PositiveBigIntegerField(default=0, help_text="that left the shop")),
                (
                    "file_calls",
                    models.PositiveBigIntegerField(default=0, help_text="answered by a file on this machine"),
                ),
                ("server_calls", models.PositiveBigIntegerField(default=0, help_text="asked of a server of the shop")),
            ],
            options={
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="QuotedSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(help_text="SHA-256 of the hashes in it", max_length=64)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("digest",), name="quoted_set_once")],
            },
        ),
        migrations.CreateModel(
            name="RedactionPattern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(help_text="of the kind, as it stands in placeholders", max_length=30, unique=True),
                ),
                ("expression", models.CharField(help_text="a regular expression as RE2 reads it", max_length=500)),
                ("active", models.BooleanField(default=True)),
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
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("end", "end model"), ("cloud", "cloud model")], max_length=5)),
                ("name", models.CharField(max_length=200, unique=True)),
                ("model", models.CharField(help_text="as in END_MODEL or CLOUD_MODEL", max_length=500)),
                ("adapter", models.CharField(blank=True, help_text="PEFT folder below ECC_DATA_DIR", max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("candidate", "candidate"), ("retired", "retired")], default="candidate", max_length=9
                    ),
                ),
                (
                    "reads_memory",
                    models.BooleanField(
                        default=False, help_text="customers get its answers together with what the shop remembers"
                    ),
                ),
                (
                    "memory_revision",
                    models.PositiveBigIntegerField(blank=True, help_text="of the memory that an arm reads", null=True),
                ),
                (
                    "fixed_memory",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="number of the memory, made for a comparison, that an arm reads instead",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="serving.version",
                    ),
                ),
                (
                    "weights_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arms",
                        to="serving.version",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["end", "cloud"])), name="version_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("adapter", ""), ("kind", "end"), _connector="OR"),
                        name="only_end_models_have_adapters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reads_memory", False), ("kind", "end"), _connector="OR"),
                        name="only_end_models_read_the_memory",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("fixed_memory__isnull", True),
                                ("memory_revision__isnull", True),
                                ("weights_of__isnull", True),
                            ),
                            models.Q(
                                ("fixed_memory__isnull", True),
                                ("kind", "end"),
                                ("memory_revision__isnull", False),
                                ("weights_of__isnull", False),
                            ),
                            models.Q(
                                ("fixed_memory__isnull", False),
                                ("kind", "end"),
                                ("memory_revision__isnull", True),
                                ("weights_of__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_arm_has_weights_and_a_memory",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("weights_of__isnull", False)),
                        fields=("weights_of", "memory_revision"),
                        name="one_arm_a_revision",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("weights_of__isnull", False)),
                        fields=("weights_of", "fixed_memory"),
                        name="one_arm_a_fixed_memory",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CloudCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("reference", "reference answer"),
                            ("answer", "answer"),
                            ("label", "label"),
                            ("paraphrase", "other wordings"),
                            ("table3", "teacher prompt"),
                            ("trial", "trial question"),
                        ],
                        max_length=20,
                    ),
                ),
                ("dataset_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("dialogue_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("turn_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("prompt_hash", models.CharField(blank=True, max_length=64)),
                (
                    "messages",
                    models.JSONField(
                        help_text="the redacted messages that left, [{role, text}]; none where they stayed here"
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("outside", "left the shop"),
                            ("server", "asked a server of the shop"),
                            ("file", "answered by a file on this machine"),
                        ],
                        default="outside",
                        max_length=7,
                    ),
                ),
                ("reply", models.TextField(blank=True, help_text="the reply with its placeholders")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sent", "no answer yet"),
                            ("answered", "answered"),
                            ("empty", "no answer known"),
                            ("blocked", "blocked by the provider"),
                            ("refused", "refused by the provider"),
                            ("busy", "provider busy"),
                            ("timed_out", "timed out"),
                            ("broken", "unusable reply"),
                        ],
                        default="sent",
                        max_length=10,
                    ),
                ),
                ("problem", models.TextField(blank=True)),
                ("redactions", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("tokens_in", models.PositiveIntegerField(default=0)),
                ("tokens_out", models.PositiveIntegerField(default=0)),
                ("latency_ms", models.PositiveIntegerField(null=True)),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, help_text="its words were erased with a dialogue", null=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("quoted", models.ManyToManyField(blank=True, related_name="calls", to="serving.quotedset")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cloud_calls", to="serving.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["outcome", "id"], name="cloudcall_outcome"),
                    models.Index(fields=["place", "id"], name="cloudcall_place"),
                    models.Index(fields=["purpose", "id"], name="cloudcall_purpose"),
                    models.Index(fields=["dataset_id", "id"], name="cloudcall_dataset"),
                    models.Index(fields=["dialogue_id", "id"], name="cloudcall_dialogue"),
                    models.Index(fields=["created_at", "id"], name="cloudcall_when"),
                    models.Index(fields=["version", "id"], name="cloudcall_version"),
                    models.Index(fields=["prompt_hash", "id"], name="cloudcall_prompt"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AliasMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(choices=[("champion", "champion"), ("previous", "previous")], max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="serving.version"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="serving.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        choices=[("champion", "champion"), ("previous", "previous")], max_length=10, unique=True
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="aliases", to="serving.version"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=64)),
                (
                    "quoted_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="quotes", to="serving.quotedset"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["origin"], name="quote_origin")],
                "constraints": [models.UniqueConstraint(fields=("quoted_set", "origin"), name="quoted_once_in_a_set")],
            },
        ),
    ]

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0004_name_what_is_built_in")]

    operations = [
        migrations.AddConstraint(
            "dataset",
            models.UniqueConstraint(condition=~Q(builtin=""), fields=["builtin"], name="dataset_builtin_once"),
        ),
        migrations.AddConstraint(
            "dataset",
            models.CheckConstraint(
                condition=Q(builtin__in=["", "demo", "corpus", "regression", "table6"]), name="dataset_builtin"
            ),
        ),
        migrations.AddConstraint(
            "evalset",
            models.UniqueConstraint(
                condition=Q(purpose__in=["gate", "dev", "regression", "inputs"]),
                fields=["purpose", "dataset", "kind"],
                name="eval_set_once_for_its_purpose",
            ),
        ),
        migrations.AddConstraint(
            "evalset",
            models.CheckConstraint(
                condition=Q(purpose="selection") | Q(dataset__isnull=False), name="eval_set_has_its_dataset"
            ),
        ),
    ]

from django.db import migrations, models

from dialogues.search.index import engine_of


def create_index(apps, schema_editor):
    engine_of(schema_editor.connection).create(schema_editor.connection)


def drop_index(apps, schema_editor):
    engine_of(schema_editor.connection).drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0012_fewer_indexes")]

    operations = [
        migrations.AddField("dialogue", "turn_count", models.PositiveIntegerField(default=0)),
        migrations.RunPython(create_index, drop_index),
    ]

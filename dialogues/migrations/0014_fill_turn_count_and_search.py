from django.db import migrations
from django.db.models import Max

from dialogues.search.index import rebuild

AT_ONCE = 5000
COUNT_TURNS = """
UPDATE dialogues_dialogue SET turn_count = (
    SELECT count(*) FROM dialogues_turn WHERE dialogues_turn.dialogue_id = dialogues_dialogue.id
) WHERE id > %s AND id <= %s
"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    dialogues = apps.get_model("dialogues", "Dialogue").objects.using(connection.alias)
    last = dialogues.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(COUNT_TURNS, [start, start + AT_ONCE])
    rebuild(apps, connection)


class Migration(migrations.Migration):
    atomic = False  # a million dialogues are no one transaction; where it is interrupted, it begins anew

    dependencies = [("dialogues", "0013_turn_count_and_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

"""Imports of small files into the database, and what is there afterwards."""

from dialogues.importing.run import import_file
from dialogues.importing.undo import undo_import
from dialogues.models import Answer, Dataset, EvalItem, EvalSet, ImportJob, Turn, UndoJob
from tests.dialogues.files import json_lines, written


def job_for(path, **fields):
    return ImportJob.objects.create(**({"dataset_name": "shop", "path": str(path), "file_name": path.name} | fields))


def imported(path, **fields):
    """The job, when it is done with the file."""
    job = job_for(path, **fields)
    job.run(import_file)
    job.refresh_from_db()
    return job


def imported_records(folder, *records, name="x.jsonl", **fields):
    return imported(written(folder, name, json_lines(*records)), **fields)


def undone(job):
    undo = UndoJob.objects.create(import_job=job)
    undo.run(undo_import)
    undo.refresh_from_db()
    job.refresh_from_db()
    return undo


def stored():
    """{id: the texts of each dialogue with it}."""
    found = {}
    for dialogue in Dataset.objects.get(name="shop").dialogues.order_by("pk"):
        found.setdefault(dialogue.source_id, []).append(list(dialogue.turns.values_list("text", flat=True)))
    return found


def counters():
    """What the dataset says of itself, and what is there."""
    dataset = Dataset.objects.get(name="shop")
    open_turns = Turn.objects.filter(dialogue__dataset=dataset, is_open=True).count()
    return (dataset.dialogue_count, dataset.open_turn_count), (dataset.dialogues.count(), open_turns)


def use(source_id):
    """Somebody measures by the dialogue with this id."""
    turn = Turn.objects.get(dialogue__source_id=source_id, position=0)
    eval_set = EvalSet.objects.create(name=f"of {source_id}")
    EvalItem.objects.create(eval_set=eval_set, turn=turn, reference=Answer.objects.get(turn=turn))

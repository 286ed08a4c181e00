"""Labels by hand: a manager rewrites, rejects or restores one, and the best label of the turn wins anew each time."""

from django.db import transaction
from django.utils import timezone

from dialogues.models import text_hash
from training.labels.models import Label


@transaction.atomic
def rewrite(label: Label, text: str, author) -> Label:
    """The author's label with this text for the same turn; the label that was rewritten stays as it is.

    Where an annotator has said the same, the label is the author's from now on, and no longer hangs on the verdict.
    """
    rewritten, _ = Label.objects.update_or_create(
        turn_id=label.turn_id,
        source=Label.Source.PERSON,
        text_hash=text_hash(text),
        defaults={
            "rejected": False,
            "created_at": timezone.now(),
            "author": author,
            "revision": None,
            "origin": Label.Origin.BY_HAND,
        },
        create_defaults={
            "text": text,
            "author": author,
            "origin": Label.Origin.BY_HAND,
            "dataset_id": label.dataset_id,
            "split": label.split,
        },
    )
    Label.objects.choose([label.turn_id])
    return rewritten


@transaction.atomic
def reject(label: Label) -> None:
    Label.objects.filter(pk=label.pk).update(rejected=True, chosen=False)
    Label.objects.choose([label.turn_id])


@transaction.atomic
def restore(label: Label) -> None:
    Label.objects.filter(pk=label.pk).update(rejected=False)
    Label.objects.choose([label.turn_id])

"""Suggests tags for the open turns of a dataset: of each kind the tag whose examples are nearest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Turn
from dialogues.querysets import TurnQuerySet
from ecc_site.core.batching import SIZE
from ecc_site.core.jobs import JobError
from review.models import SuggestTagsJob, Tag, TurnTag
from review.tags.accuracy import ENOUGH
from review.tags.examples import decisions_of, examples_of
from review.tags.nearest import Examples, threshold_of
from scoring.embeddings import STORE
from scoring.loading import configured_scorers, configured_set
from scoring.measures.encoder import Encoder
from scoring.measures.similarity import Similarity

DEFAULT = 0.5  # where nothing is known of the scorer either


@dataclass(frozen=True)
class Suggester:
    kind: str
    examples: Examples
    threshold: float
    calibrated_on: int  # turns; 0: the threshold is a default


def suggest_tags(job: SuggestTagsJob) -> None:
    """Work of a SuggestTagsJob: a later attempt goes on behind the last turn that is done, a later job does all again.

    What a person confirmed or refused stays as it is, and nothing is suggested beside it. Turns of test dialogues get
    suggestions too, since a tag is measured and sliced by and trains nothing; but they never become examples, nor is a
    threshold chosen by them. Raises JobError, ScorerUnavailable, Cancelled and Superseded.
    """
    encoder = cast(Similarity, configured_scorers(STORE).similarity).encoder
    suggesters = list(suggesters_for(encoder))
    if not suggesters:
        raise JobError(_("No tag has an example. Write some customers' questions to a tag first."))
    job.write(thresholds={of.kind: [round(of.threshold, 4), of.calibrated_on] for of in suggesters})
    todo = Turn.objects.open_in(job.dataset).filter(pk__gt=job.last_turn)
    job.set_total(job.done + todo.count())
    for turns in _chunks(todo, job.last_turn):
        vectors = encoder.encode([text for _pk, text in turns])
        ids = np.array([pk for pk, _text in turns])
        with transaction.atomic():
            for suggester in suggesters:
                _store(suggester, ids, vectors)
            job.write(last_turn=turns[-1][0])
            job.advance(done=len(turns))


def suggesters_for(encoder: Encoder) -> Iterator[Suggester]:
    """One for each kind of tags that has examples."""
    for kind in Tag.Kind.values:
        examples = examples_of(kind, encoder)
        if examples:
            yield Suggester(kind, examples, *_threshold(kind, examples, encoder))


def _threshold(kind: str, examples: Examples, encoder: Encoder) -> tuple[float, int]:
    """Chosen by what people decided where that is enough, each turn as if it were no example; else a default.

    That is the median similarity of replies that mean the same, where the scorer came with it. Returns also by how many
    turns it was chosen.
    """
    said = decisions_of(kind)
    if len(said) < ENOUGH:
        measured = (configured_set().quantiles.get("similarity") or {}).get("right") or {}
        return measured.get("0.5", DEFAULT), 0
    texts = np.array(list(said), dtype=object)
    nearest, similarities = examples.nearest(encoder.encode(list(said)), texts)
    right = nearest == np.array([-1 if tag is None else tag for tag in said.values()])
    return threshold_of(similarities, right), len(said)


def _chunks(todo: TurnQuerySet, last: int) -> Iterator[list[tuple[int, str]]]:
    while chunk := list(todo.filter(pk__gt=last).values_list("pk", "text")[:SIZE]):
        yield chunk
        last = chunk[-1][0]


def _store(suggester: Suggester, turns: np.ndarray, vectors: np.ndarray) -> None:
    """Replace the suggestions of one kind for these turns."""
    rows = TurnTag.objects.filter(turn__in=turns.tolist(), kind=suggester.kind)
    rows.filter(state=TurnTag.State.SUGGESTED).delete()
    decided = set(rows.decided().values_list("turn", flat=True))
    tags, similarities = suggester.examples.nearest(vectors)
    found = zip(turns.tolist(), tags.tolist(), similarities.tolist(), strict=True)
    suggested = [
        TurnTag(turn_id=turn, tag_id=tag, kind=suggester.kind, similarity=min(similarity, 1.0))
        for turn, tag, similarity in found
        if turn not in decided and similarity >= suggester.threshold
    ]
    TurnTag.objects.bulk_create(suggested, ignore_conflicts=True)

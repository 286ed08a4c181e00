"""The demo: its accounts, and a dataset from the corpus that is answered, scored and sent to review."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from dialogues.answering import answer_dataset
from dialogues.builtin import builtin_dataset
from dialogues.importing.turns import parse_turns
from dialogues.models import AnswerJob, Dataset
from ecc_site.core.command_jobs import JobType, create_or_refuse, run_here
from ecc_site.demo_accounts import make_accounts
from review.models import Round, Tag, TagExample
from review.rounds.making import make_round
from review.rounds.selection import Selection
from scoring.models import ScoreJob
from serving import gateway
from serving.corpus import exchanges, records, turns_of
from serving.models import Version

# Of the dialogues: enough of train for the replay, and all that the corpus has of test, since few of its questions are
# near the thirty that somebody corrects.
SHARES = {"train": 7 / 16, "dev": 1 / 16, "test": 8 / 16}
EXAMPLES = {"zh": 8, "en": 4}  # of each intent
ROUND_SIZES = {"teach": 60, "measure": 30}  # comparisons


def seed(show: bool = False) -> Dataset:
    """Create what is missing of the demo; a second call changes nothing. `show` draws progress bars."""
    make_accounts()
    Version.objects.register_configured()
    dataset = make_dataset()
    answer_and_score(dataset, show)
    make_rounds(dataset)
    make_tags()
    return dataset


def make_dataset() -> Dataset:
    """Dialogues of every intent and of all three splits, as the shop's own agents answered them."""
    dialogues = (parse_turns(turns_of(record)) for record in _evenly_chosen(list(records())))
    return builtin_dataset(Dataset.Builtin.DEMO, dialogues, note="dialogues of the corpus", remembers_at_once=True)


def _evenly_chosen(all_records: list[dict]) -> list[dict]:
    """Every n-th dialogue of each split: the corpus is ordered by intent, so that every intent is included."""
    chosen = []
    for split, share in SHARES.items():
        of_split = [record for record in all_records if record["split"] == split]
        chosen += of_split[:: max(1, len(of_split) // round(share * settings.DEMO_DIALOGUES))]
    return chosen


def end_version() -> Version:
    """The champion where it runs here, else the model that ships: at the start no server is asked, near or far."""
    champion = Version.objects.champion()
    return Version.objects.register("end", "embedded-end") if gateway.serves(champion) else champion


def answer_and_score(dataset: Dataset, show: bool) -> None:
    """The demo's references are the recorded ones, whatever cloud model is configured: nobody is asked for them."""
    for version in (end_version(), Version.objects.register("cloud", "recorded")):
        coverage = dataset.coverages.filter(version=version).first()
        if not coverage or coverage.answer_count < dataset.open_turn_count:
            run_here(_interrupted_or_new(AnswerJob, dataset=dataset, version=version), answer_dataset, show=show)
    if not dataset.scores.exists():
        from scoring.running import score_dataset

        run_here(_interrupted_or_new(ScoreJob, dataset=dataset), score_dataset, show=show)


def _interrupted_or_new(model: type[JobType], **values: object) -> JobType:
    """The job of a first start that was interrupted, ready to be claimed again; where there is none, a new job.

    No worker can have it: the demo is made before the workers start, and only one site runs on a data folder.
    """
    interrupted = model.objects.active().filter(**values).first()
    if interrupted is None:
        return create_or_refuse(model, **values)
    model.objects.filter(pk=interrupted.pk).update(state=model.State.QUEUED, token=None, cancel_requested=False)
    return interrupted


def make_rounds(dataset: Dataset) -> None:
    """One round to teach with and one to measure with."""
    for purpose, size in ROUND_SIZES.items():
        if not dataset.rounds.filter(purpose=purpose).exists():
            name = f"{dataset} · {purpose}"
            selection = Selection(versions=(end_version().pk,), order="worst", size=size)
            make_round(Round(dataset=dataset, kind="cloud", purpose=purpose, name=name), selection, by=None)


def make_tags() -> None:
    """The intents of the corpus as tags, each with some questions of its train part, where there are no tags yet."""
    if Tag.objects.exists():
        return
    wordings: dict[str, dict[str, list[str]]] = {}
    for exchange in exchanges():
        if exchange.split == "train" and not exchange.history:
            by_language = wordings.setdefault(exchange.intent, {language: [] for language in EXAMPLES})
            by_language[exchange.language] += exchange.wordings
    tags = [Tag(name=intent.replace("_", " "), kind=Tag.Kind.INTENT, position=i) for i, intent in enumerate(wordings)]
    with transaction.atomic():
        Tag.objects.bulk_create(tags)
        TagExample.objects.bulk_create(
            TagExample(tag=tag, text=text)
            for tag, by_language in zip(tags, wordings.values(), strict=True)
            for language, texts in by_language.items()
            for text in dict.fromkeys(texts[:: max(1, len(texts) // EXAMPLES[language])][: EXAMPLES[language]])
        )

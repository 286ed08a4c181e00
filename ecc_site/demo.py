"""The demo: four accounts and a dataset of the corpus, answered, scored and sent to review. Loaded once."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction

from dialogues.answering import answer_dataset
from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import AnswerJob, Dataset
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.env import env_str
from review.models import Round
from review.rounds import RoundSpec, make_round
from scoring.models import ScoreJob
from serving.corpus import records, turns_of
from serving.models import Version

DATASET = "demo"
SHARES = {"train": 12 / 16, "dev": 1 / 16, "test": 3 / 16}  # enough to replay, and to tell a gain from chance
ACCOUNTS = {"annotator": "annotator", "annotator2": "annotator", "manager": "manager", "admin": "admin"}


def seed(show: bool = False) -> None:
    """Make what is missing of the demo; a second call changes nothing. `show` draws progress bars."""
    make_accounts()
    Version.objects.register_configured()
    dataset = make_dataset()
    answer_and_score(dataset, show)
    make_rounds(dataset)


def password() -> str:
    """ECC_DEMO_PASSWORD, else a random one that is kept in the data folder."""
    chosen = env_str("ECC_DEMO_PASSWORD")
    if chosen:
        return chosen
    file = Path(settings.DATA_DIR) / "demo-password"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9) + "\n")
    return file.read_text().strip()


def make_accounts() -> None:
    secret = password()
    for name, role in ACCOUNTS.items():
        user, is_new = User.objects.get_or_create(
            username=name, defaults={"is_staff": role == "admin", "is_superuser": role == "admin"}
        )
        if is_new or not user.check_password(secret):
            user.set_password(secret)
            user.save()
        user.groups.add(Group.objects.get(name=role))


def make_dataset() -> Dataset:
    """Dialogues of every intent and of all three splits, as the shop's own agents answered them."""
    with transaction.atomic():
        dataset, is_new = Dataset.objects.get_or_create(name=DATASET, defaults={"note": "dialogues of the corpus"})
        if is_new:
            store_batch(dataset, [parse_turns(turns_of(record)) for record in _spread(list(records()))])
    dataset.refresh_from_db()
    return dataset


def _spread(all_records: list[dict]) -> list[dict]:
    """Every n-th dialogue of a split: the files follow each other by intent, so each intent is met."""
    chosen = []
    for split, share in SHARES.items():
        of_split = [record for record in all_records if record["split"] == split]
        chosen += of_split[:: max(1, len(of_split) // round(share * settings.DEMO_DIALOGUES))]
    return chosen


def answer_and_score(dataset: Dataset, show: bool) -> None:
    for version in (Version.objects.champion(), Version.objects.configured_cloud()):
        answered = dataset.coverages.filter(version=version).first()
        if not answered or answered.answer_count < dataset.open_turn_count:
            run_here(create_or_refuse(AnswerJob, dataset=dataset, version=version), answer_dataset, show=show)
    if not dataset.scores.exists():
        from scoring.running import score_dataset

        run_here(create_or_refuse(ScoreJob, dataset=dataset), score_dataset, show=show)


def make_rounds(dataset: Dataset) -> None:
    """One round to teach with and one to measure with."""
    for purpose, size in (("teach", 60), ("measure", 30)):
        name = f"{DATASET} · {purpose}"
        if not Round.objects.filter(name=name).exists():
            version = Version.objects.champion()
            make_round(RoundSpec(dataset, version, "cloud", purpose, "worst", size, name), by=None)

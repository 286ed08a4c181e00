from functools import partial

import numpy as np
import pytest

from dialogues.models import Answer
from ecc_site.core.batching import batched
from scoring import embeddings, loading
from scoring.embeddings import EmbeddingStore
from scoring.models import Embedding, Score, ScoreJob
from scoring.running import score_dataset
from tests.scoring import tiny_bert

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def key(i: int) -> bytes:
    return i.to_bytes(32)


def test_what_is_written_is_read_and_the_rest_is_missing():
    store = EmbeddingStore()
    store.write({key(1): b"one", key(2): b"two"})
    assert store.read([key(2), key(3)]) == {key(2): b"two"}
    assert store.read([]) == {}


def test_more_keys_than_one_query_takes(monkeypatch):
    monkeypatch.setattr(embeddings, "batched", partial(batched, size=2))
    store = EmbeddingStore()
    store.write({key(i): bytes([i]) for i in range(5)})
    assert len(store.read([key(i) for i in range(9)])) == 5


def test_a_key_that_another_worker_wrote_meanwhile_stays_as_it_is():
    EmbeddingStore().write({key(1): b"theirs"})
    EmbeddingStore().write({key(1): b"ours", key(2): b"two"})
    assert EmbeddingStore().read([key(1), key(2)]) == {key(1): b"theirs", key(2): b"two"}


def test_the_oldest_go_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr(embeddings, "MAX_ROWS", 3)
    for i in range(5):
        EmbeddingStore().write({key(i): b"x"})
    assert set(EmbeddingStore().read([key(i) for i in range(5)])) == {key(2), key(3), key(4)}


# --- under the scorers of a dataset


@pytest.fixture
def real(compared, settings, tmp_path):
    """The dataset of four comparisons under tiny models from folders, loaded anew for each run."""
    settings.SIMILARITY_MODEL = str(tiny_bert.save(tmp_path / "similarity"))
    settings.MATCH_MODEL = str(tiny_bert.save(tmp_path / "match", labels=2))
    loading.load_scorers.cache_clear()
    yield compared
    loading.load_scorers.cache_clear()


@pytest.fixture
def read(monkeypatch):
    """What reaches the models."""
    from sentence_transformers import CrossEncoder, SentenceTransformer  # late: to read this file is to load no torch

    found = []
    encode, predict = SentenceTransformer.encode, CrossEncoder.predict
    monkeypatch.setattr(SentenceTransformer, "encode", lambda m, x, **kw: found.extend(x) or encode(m, x, **kw))
    monkeypatch.setattr(CrossEncoder, "predict", lambda m, x, **kw: found.extend(x) or predict(m, x, **kw))
    return found


def run_afresh(dataset) -> list[tuple]:
    """Score everything again, as a new process would."""
    loading.load_scorers.cache_clear()
    Score.objects.all().delete()
    ScoreJob.objects.create(dataset=dataset).run(score_dataset)
    return list(Score.objects.order_by("comparison").values_list("similarity", "match_end", "match_cloud", "final"))


def test_a_second_run_reads_nothing_and_gives_the_same_scores(real, read):
    first = run_afresh(real)
    assert read
    read.clear()
    assert run_afresh(real) == first
    assert read == []


def test_a_new_text_alone_is_read(real, read):
    run_afresh(real)
    read.clear()
    answer = Answer.objects.filter(source="model").last()
    Answer.objects.filter(pk=answer.pk).update(text="您好")
    run_afresh(real)
    assert sorted(map(str, read)) == sorted(["您好", str((answer.turn.text, "您好"))])


def test_retrained_weights_are_another_scorer(real, read, settings, tmp_path):
    run_afresh(real)
    texts = set(map(str, read))
    read.clear()
    (tmp_path / "similarity" / "retrained").touch()
    (tmp_path / "match" / "retrained").touch()
    run_afresh(real)
    assert set(map(str, read)) == texts


def test_a_kill_half_way_leaves_whole_vectors_and_the_next_run_goes_on(real, read, monkeypatch):
    whole = run_afresh(real)
    texts = len(read)
    Embedding.objects.all().delete()
    monkeypatch.setattr(embeddings, "batched", partial(batched, size=1))
    bulk_create = Embedding.objects.bulk_create

    def die(rows, **options):
        if Embedding.objects.count() == 2:
            raise KeyboardInterrupt
        return bulk_create(rows, **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Embedding.objects, "bulk_create", die)
        run_afresh(real)
    assert Embedding.objects.count() == 2
    ScoreJob.objects.all().delete()
    read.clear()
    assert np.array(run_afresh(real)) == pytest.approx(np.array(whole), abs=1e-3)
    assert len(read) == texts - 2

"""SIMILARITY_MODEL=openai:<name>@<url>: the scores of a dataset by an embedding model behind a server."""

import pytest

from scoring import loading
from scoring.loading import ScorerUnavailable, configured_set
from scoring.models import Embedding, Profile, Score, ScoreJob, ScorerSet
from scoring.running import score_dataset
from tests.scoring.embedder import embeddings, listening
from tests.serving.provider import failing

pytestmark = pytest.mark.django_db
KEY = "sk-never-shown-0123456789"


@pytest.fixture
def server(settings):
    """The configured similarity scorer; as in a new process, nothing is loaded."""
    settings.OPENAI_API_KEY = KEY
    with listening() as embedder:
        settings.SIMILARITY_MODEL = embedder.setting
        loading.load_scorers.cache_clear()
        yield embedder
        loading.load_scorers.cache_clear()


def run_afresh(dataset) -> ScoreJob:
    """Score what is not scored, as a new process would."""
    loading.load_scorers.cache_clear()
    job = ScoreJob.objects.create(dataset=dataset)
    job.run(score_dataset)
    job.refresh_from_db()
    return job


def test_a_dataset_is_scored_in_0_to_1(compared, server):
    job = run_afresh(compared)
    assert (job.state, job.error) == ("done", "")
    scores = list(Score.objects.values_list("similarity", "final"))
    assert len(scores) == 4
    assert all(0 <= number <= 1 for row in scores for number in row)


def test_its_scorer_set_has_its_own_quantiles_and_the_theta_of_the_match_scorer(compared, server):
    run_afresh(compared)
    mine = ScorerSet.objects.get()
    assert mine.similarity == server.setting
    assert mine.quantiles["similarity"]["right"]["0.5"] > mine.quantiles["similarity"]["unrelated"]["0.5"]
    assert mine.quantiles["match"]["unrelated"]
    assert mine.theta == Profile.objects.get().theta == loading.own_theta() != 0.2


def test_a_second_run_asks_for_nothing_but_the_dimension(compared, server):
    run_afresh(compared)
    first = list(Score.objects.order_by("comparison").values_list("similarity", "final"))
    Score.objects.all().delete()
    server.seen.clear()
    run_afresh(compared)
    assert server.asked == ["?"]
    assert list(Score.objects.order_by("comparison").values_list("similarity", "final")) == first


def test_the_same_model_elsewhere_is_the_same_scorer(server, settings):
    here = configured_set()
    with listening() as other:
        settings.SIMILARITY_MODEL = other.setting
        assert configured_set() == here


def test_another_dimension_or_name_is_another_scorer(server, settings):
    here = configured_set()
    server.dimension = 16
    loading.load_scorers.cache_clear()
    wider = configured_set()
    settings.SIMILARITY_MODEL = server.setting.replace("small", "large")
    assert len({here, wider, configured_set()}) == 3


def test_a_server_that_fails_ends_the_job_with_a_sentence_and_the_next_goes_on(compared, server):
    run_afresh(compared)
    Score.objects.all().delete()
    Embedding.objects.all().delete()
    server.will(embeddings([[0.5] * 64]), failing(400, {"error": {"message": "no model small"}}))
    job = run_afresh(compared)
    assert job.state == "failed"
    assert (
        job.error
        == "The embedding model small at 127.0.0.1 cannot be used: the server refused with 400: no model small."
    )
    assert run_afresh(compared).state == "done"
    assert Score.objects.count() == 4


def test_words_do_not_leave_for_a_server_that_is_not_the_shops_own(settings):
    settings.SIMILARITY_MODEL = "openai:small@http://embed.example/v1"
    loading.load_scorers.cache_clear()
    sentence = r"The similarity scorer at embed\.example cannot be used: OWN_HOSTS does not list that host\."
    with pytest.raises(ScorerUnavailable, match=sentence):
        configured_set()


def test_the_key_goes_only_where_it_may(server, settings):
    configured_set()
    assert {request.headers["authorization"] for request in server.seen} == {"Bearer none"}
    settings.OPENAI_API_HOSTS = ["127.0.0.1"]
    loading.load_scorers.cache_clear()
    server.seen.clear()
    configured_set()
    assert {request.headers["authorization"] for request in server.seen} == {f"Bearer {KEY}"}

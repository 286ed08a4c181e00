"""The words on the pages: plain and standard, in both languages, also in charts, chips and names of jobs."""

import re

import polib
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from ecc_site.core.jobs import job_models

CATALOGUE = polib.pofile(str(settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
PRIVATE = {
    "en": r"!|\bgains?\b|\bwins?\b|natural repl|\bopen turns\b|\bgo on\b|make the round|without an answer|\bjudge|"
    r"has others|\bharvest|\bseats?\b|\brivals?\b|\bstanding\b|nothing forgotten|want an answer|for another role",
    "zh": r"!|！|教学|度量|退役|(?<!每)步 %\(|自然回复|标签|话轮|基座|门槛|\btoken\b",
}
HAN = re.compile("[\u3400-\u9fff]")


def texts(language: str) -> list[str]:
    if language == "en":
        return [text for entry in CATALOGUE for text in (entry.msgid, entry.msgid_plural) if text]
    return [text for entry in CATALOGUE for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]


@pytest.mark.parametrize("language", PRIVATE)
def test_no_text_uses_a_private_word(language):
    found = [text for text in texts(language) if re.search(PRIVATE[language], text, re.IGNORECASE)]
    assert len(texts(language)) > 300
    assert found == []


@pytest.mark.django_db
def test_the_name_of_a_job_is_a_phrase_in_the_language_of_the_reader(world):
    for model in job_models():
        if model.__name__ == "Run":  # a person names it
            continue
        job = model.objects.first()
        english = str(job)
        with translation.override("zh-hans"):
            chinese = str(job).replace(str(world.dataset), "").replace(str(world.end_version), "")
        assert re.match(r"[A-Z][a-z]+", english), model
        assert HAN.search(chinese), model
        assert not re.search("[→⇢]", english + chinese), model


@pytest.mark.django_db
def test_the_answers_of_the_two_models_are_told_apart(world):
    job = world.answer_job
    assert str(job) == f"End answers for {world.dataset} · {world.end_version}"
    job.version = world.cloud_version
    assert str(job) == f"Cloud answers for {world.dataset}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("skipped", "words"), [(0, "21 of 41"), (20, "21 done, 20 unknown, of 41")], ids=["all known", "some unknown"]
)
def test_a_job_says_what_was_done_and_what_stayed_unknown(world, skipped, words):
    job = world.score_job
    job.done, job.skipped, job.total = 21, skipped, 41
    assert words in render_to_string("core/_job.html", {"job": job})


@pytest.mark.parametrize(
    ("mean", "english", "chinese"),
    [
        (0.0124, "better by 0.012", "提升 0.012"),
        (-0.0251, "worse by 0.025", "下降 0.025"),
        (0.0004, "no change", "无变化"),
        (-0.0004, "no change", "无变化"),
        (None, "–", "–"),
    ],
)
def test_a_difference_is_named_by_its_sign(mean, english, chinese):
    for language, words in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert render_to_string("training/_difference.html", {"mean": mean}) == words

"""The experiment of Table III: the bare teacher and the prompted one are asked the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dialogues.models import Dataset, Dialogue, Turn
from ecc_site.core.jobs import JobError
from serving import gateway, own_redaction
from serving.models import CloudCall, Version
from serving.providers import provider_of
from serving.question import NeverLeaves
from serving.runtimes.protocol import CloudProblem, Message, ModelUnavailable
from serving.subject import NOBODY, Subject
from training.labels.few_shot import examples_of
from training.labels.prompt import LABELLING, Request, default_example_count, make_prompt
from training.paper.table3.models import TeacherTableJob

ROWS = 6  # for a dataset; as many as the paper's table shows
SIDES = ("bare", "prompted")


@dataclass(frozen=True)
class TypedQuestion:
    """A question that a person typed, in place of a turn."""

    text: str
    role: str = "customer"
    dialogue_id: int = 0
    as_subject: Subject = NOBODY


def ask_teachers(job: TeacherTableJob) -> None:
    """Work of a TeacherTableJob: each side of each row is a call in the ledger, reused where it was made before."""
    questions = _questions(job)
    job.set_total(job.done + len(questions) * len(SIDES))
    teachers = {"bare": bare_teacher(job.teacher), "prompted": job.teacher}
    examples = examples_of(job.dataset, default_example_count(job.teacher)) if job.dataset else []
    prompt = make_prompt(job.teacher, examples, detectors=own_redaction.detectors())
    rows: list[dict[str, Any]] = []
    for question in questions:
        request = prompt.request([question])
        bare = Request([Message("customer", question.text)], request.dialogues, question)
        requests = {"bare": bare, "prompted": request}
        rows.append({"question": question.text})
        for side in SIDES:
            rows[-1][side] = _ask(job, teachers[side], requests[side])
            TeacherTableJob.objects.filter(pk=job.pk, token=job.token).update(rows=rows)
            job.advance(done=1)


def _questions(job: TeacherTableJob) -> Sequence[TypedQuestion | Turn]:
    if job.question or job.dataset is None:
        return [TypedQuestion(job.question)]
    return spread_turns(job.dataset)


def bare_teacher(teacher: Version) -> Version:
    """Who answers without the prompt: the same model, or the one that its provider has for that."""
    model = provider_of(teacher).bare_model
    if not model:
        return teacher
    bare, _ = Version.objects.get_or_create(kind=Version.Kind.CLOUD, model=model, defaults={"name": model})
    return bare


def spread_turns(dataset: Dataset) -> list[Turn]:
    """First turns of dialogues, spread over the train and dev splits: at most ROWS, the same ones each time."""
    first = (
        Turn.objects.open_in(dataset)
        .select_related("dialogue")
        .filter(position=0, dialogue__split__in=("train", "dev"))
    )
    first = first.filter(dialogue__in=Dialogue.objects.may_leave())
    lowest, highest = first.first(), first.last()
    if lowest is None or highest is None:
        return []
    step = (highest.pk - lowest.pk) / max(1, ROWS - 1)
    ids = (lowest.pk + round(i * step) for i in range(ROWS))
    turns = (first.filter(pk__gte=pk).first() for pk in ids)
    return list({turn.pk: turn for turn in turns if turn}.values())


def rows_of(job: TeacherTableJob) -> list[dict[str, Any]]:
    """Rows of {question, bare, prompted}, where both sides are calls as the ledger has them: with placeholders."""
    ids = [row.get(side) for row in job.rows for side in SIDES]
    calls = CloudCall.objects.select_related("version").in_bulk([pk for pk in ids if pk])
    return [row | {side: calls.get(row.get(side)) for side in SIDES} for row in job.rows]


def _ask(job: TeacherTableJob, teacher: Version, request: Request) -> int | None:
    """Id of the call, even if it brought no usable reply: the page then says why. JobError where no other would."""
    try:
        answer = gateway.ask(
            teacher,
            request.messages,
            purpose="table3",
            may_leave=request.may_leave,
            about=request.about,
            decoding=LABELLING,
            reuse=True,
            check=job.check_in,
        )
    except NeverLeaves:
        return None
    except CloudProblem as problem:
        if problem.for_good:
            raise JobError(f"{teacher}: {problem}; the replies so far are kept.") from problem
        return CloudCall.objects.filter(version=teacher, purpose="table3").values_list("pk", flat=True).first()
    except ModelUnavailable as error:
        raise JobError(f"{teacher}: {error}") from error
    return answer.call.pk

"""Trying out what the end model would answer a customer now."""

from __future__ import annotations

from ecc_site.core.jobs import JobError
from knowledge.answering import answer_now
from knowledge.models import TrialJob
from serving.models import Version
from serving.runtimes.protocol import CloudProblem, Message, ModelUnavailable


def answer_trial(job: TrialJob) -> None:
    """Work of a TrialJob. Raises JobError if the model that answers customers cannot be used."""
    version = Version.objects.champion()
    if version is None:
        raise JobError("No end model answers customers yet.")
    conversation = [Message("customer", text) for text in (job.context, job.question) if text]
    try:
        found = answer_now(version, conversation, purpose="trial", may_leave=lambda: True, check=job.check_in)
    except (ModelUnavailable, CloudProblem) as error:
        raise JobError(f"{version}: {error}") from error
    reply = found.answered.reply
    job.keep(version, reply.text, reply.finish_reason, found.revision, found.answered.used)

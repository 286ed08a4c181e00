"""The abstract Job: one row per piece of long work. Its state is kept in the database and nowhere else.

A task may be delivered twice, and its worker may die half-way. Therefore a job is claimed by a conditional UPDATE that
sets a new token. Every later write is conditional on that token, so a worker that was taken for dead can no longer
write once another has claimed its job.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError

from ecc_site.core.errors import ExpectedError
from ecc_site.core.job_queryset import MAX_ATTEMPTS, JobQuerySet

logger = logging.getLogger(__name__)

TRY_AGAIN_S = 10


class JobError(ExpectedError):
    """A job cannot be finished; the text is one sentence for the person who started it."""


class Cancelled(Exception):
    """A person asked the job to stop."""


class Superseded(Exception):
    """Another worker has claimed the job in the meantime; this one must write nothing more."""


class Job(models.Model):
    """A piece of long work: who asked for it, how far it is and how it ended. Subclasses say what is worked on."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not started")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    RESUMABLE = (State.FAILED, State.CANCELLED)

    task_name: str  # the Celery task that takes the primary key
    kind_name: Any  # translated, for lists: what kind of work this is
    page = ""  # name of the URL of its own page, where it has one
    queue = "light"
    starts_anew = False  # an attempt does all of it again, whatever earlier ones did
    on_progress: Callable[[], None] | None = None  # called after each step, in the process that does the work
    claims_as: uuid.UUID | None = None  # the token that it is claimed with, where another process has to know it

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(default=0)
    done_before = models.PositiveBigIntegerField(default=0, help_text="done or skipped by earlier attempts")
    cancel_requested = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="%(class)s_state"),
            models.Index(fields=["state", "id"], name="%(class)s_newest"),
        ]

    # --- requesting the work

    def enqueue(self) -> None:
        """Send the job to its queue once the row is committed."""
        transaction.on_commit(self.send)

    def start(self) -> bool:
        """Queue a job that was created as a draft; False if it has already been started."""
        drafts = type(self).objects.filter(pk=self.pk, state=self.State.DRAFT)
        started = bool(drafts.update(state=self.State.QUEUED, created_at=timezone.now()))
        if started:
            self.enqueue()
        return started

    def send(self, delay_s: float = 0) -> None:
        """Hand the job to Celery, to be done after `delay_s` at the earliest.

        If Redis does not answer, the job stays queued and reap_all sends it again later.
        """
        self.mark_sent()
        try:
            current_app.send_task(self.task_name, [self.pk], queue=self.queue, countdown=delay_s or None)
        except BrokerError as error:
            logger.warning("%s %s stays queued, the broker does not answer: %s", self._meta.label, self.pk, error)

    def mark_sent(self) -> None:
        """Its message is on the way from now on: a task that must wait says so before it tries again later.

        Otherwise reap_all would send another one after a while, which goes round as well.
        """
        type(self).objects.filter(pk=self.pk).update(sent_at=timezone.now())

    def cancel(self) -> None:
        """Stop a waiting job now and a running one at its next step."""
        row = type(self).objects.filter(pk=self.pk)
        row.filter(state=self.State.QUEUED).update(state=self.State.CANCELLED, ended_at=timezone.now())
        row.filter(state=self.State.RUNNING).update(cancel_requested=True)

    def resume(self) -> bool:
        """Queue a failed or cancelled job again and send it; it goes on with what it has stored.

        False for any other job, and where another job for the same things is active by now.
        """
        resumed = self.requeue()
        if resumed:
            self.enqueue()
        return resumed

    def requeue(self) -> bool:
        """As resume, but nobody is told: for whoever does the work at once."""
        values = {"cancel_requested": False, "error": "", "attempts": 0, "ended_at": None}
        try:
            with transaction.atomic():
                ended = type(self).objects.filter(pk=self.pk, state__in=self.RESUMABLE)
                return bool(ended.update(state=self.State.QUEUED, **values))
        except IntegrityError:
            return False

    # --- doing the work

    def must_wait(self) -> bool:
        """Whether other work has to end first; the task then tries again a little later."""
        return False

    def claim(self) -> bool:
        """Take the job if it is waiting; False if another worker has it or it has ended."""
        token, now = self.claims_as or uuid.uuid4(), timezone.now()
        counters = {"done": 0, "skipped": 0} if self.starts_anew else {}
        claimed = (
            type(self)
            .objects.filter(pk=self.pk, state=self.State.QUEUED)
            .update(
                state=self.State.RUNNING,
                token=token,
                heartbeat_at=now,
                started_at=now,
                # Counted anew after an attempt that got further: only failing at the same point is hopeless.
                attempts=Case(When(done_before__lt=F("done") + F("skipped"), then=1), default=F("attempts") + 1),
                done_before=F("done") + F("skipped"),
                **counters,
            )
        )
        if claimed:
            self.refresh_from_db()
        return bool(claimed)

    def advance(self, done: int = 0, skipped: int = 0) -> None:
        """Add to the progress. Raises Cancelled or Superseded, so this is where long work can be stopped."""
        self.write(done=F("done") + done, skipped=F("skipped") + skipped)
        self.done, self.skipped = self.done + done, self.skipped + skipped
        if self.on_progress:
            self.on_progress()

    def check_in(self) -> None:
        """Show that the job lives. Raises Cancelled or Superseded: what waits long calls it meanwhile."""
        self.write()

    def set_total(self, total: int) -> None:
        """Record how much there is to do in all, including what earlier attempts did."""
        self.write(total=total)
        self.total = total

    def run(self, work: Callable[[Self], None]) -> None:
        """Claim the job, do the work and record how it ended; return at once if the job cannot be claimed."""
        if not self.claim():
            return
        try:
            with self._heartbeat():
                work(self)
        except Cancelled:
            self._end(self.State.CANCELLED)
        except Superseded:
            logger.warning("%s %s was claimed by another worker", self._meta.label, self.pk)
        except KeyboardInterrupt:
            self._end(self.State.CANCELLED)
            raise
        except ExpectedError as error:
            self._end(self.State.FAILED, str(error))
        except (OperationalError, InterfaceError) as error:
            self._try_again_later(error)
        except Exception as error:
            logger.exception("%s %s failed", self._meta.label, self.pk)
            self._end(self.State.FAILED, f"Unexpected {type(error).__name__}; the worker's log says more.")
            raise
        else:
            self._end(self.State.DONE)

    def write(self, **values: Any) -> None:
        """Store these columns and show that the job lives. Raises Cancelled or Superseded."""
        own_row = type(self).objects.filter(pk=self.pk, token=self.token)
        if not own_row.update(heartbeat_at=timezone.now(), **values):
            raise Superseded
        if own_row.filter(cancel_requested=True).exists():
            raise Cancelled

    def _try_again_later(self, error: Exception) -> None:
        """A locked database, a full disk or a lost connection passes: the job goes on then, where it stopped.

        Where even this cannot be written, the job is found by its silence.
        """
        logger.warning("%s %s waits for the database: %s", self._meta.label, self.pk, error)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        own_row = type(self).objects.filter(pk=self.pk, token=self.token)
        if own_row.without_progress().filter(attempts__gte=MAX_ATTEMPTS).exists():
            sentence = f"The database failed {MAX_ATTEMPTS} times at the same point ({error}); what was done is kept."
            self._end(self.State.FAILED, sentence)
        elif own_row.update(state=self.State.QUEUED, token=None):
            self.send(delay_s=TRY_AGAIN_S)

    def _end(self, state: str, error: str = "") -> None:
        own_row = type(self).objects.filter(pk=self.pk, token=self.token)
        own_row.update(state=state, error=error, ended_at=timezone.now(), token=None)

    @contextmanager
    def _heartbeat(self) -> Iterator[None]:
        """Refresh the heartbeat from a thread: loading a large model can take longer than a job may be silent."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(settings.JOB_HEARTBEAT_S):
                try:
                    type(self).objects.filter(pk=self.pk, token=self.token).update(heartbeat_at=timezone.now())
                except Exception:
                    logger.exception("heartbeat of %s %s", self._meta.label, self.pk)
            connection.close()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    # --- showing the work

    @property
    def slug(self) -> str:
        """The kind of job, as in its URL."""
        return type(self).__name__.lower().removesuffix("job")

    @property
    def log(self) -> Path | None:
        """The file that its process writes to, where it has one of its own."""
        return None

    @property
    def can_resume(self) -> bool:
        return self.state in self.RESUMABLE

    @property
    def is_active(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """0 to 100; None while the total is unknown."""
        if self.state == self.State.DONE:
            return 100
        return min(100, 100 * (self.done + self.skipped) // self.total) if self.total else None

    @property
    def rate(self) -> float | None:
        """Items per second of the current attempt, including those without a result; None before it starts."""
        if not self.started_at:
            return None
        seconds = ((self.ended_at or timezone.now()) - self.started_at).total_seconds()
        before = 0 if self.starts_anew else self.done_before
        return (self.done + self.skipped - before) / seconds if seconds > 0 else None

    @property
    def seconds_left(self) -> int | None:
        """Estimate from the rate so far; None unless the job is running and its total is known."""
        if not self.rate or self.total is None or self.state != self.State.RUNNING:
            return None
        return round(max(0, self.total - self.done - self.skipped) / self.rate)


def job_models() -> list[type[Job]]:
    return [model for model in apps.get_models() if issubclass(model, Job)]


def reap_all() -> None:
    for model in job_models():
        model.objects.reap()


def one_active_per(*fields: str, name: str, where: Q | None = None) -> models.UniqueConstraint:
    """At most one waiting or running job with the same values in `fields`, so that a double click starts one job."""
    active = Q(state__in=["queued", "running"])
    return models.UniqueConstraint(fields=fields, condition=active & where if where else active, name=name)

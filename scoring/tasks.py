"""The Celery tasks of scoring; the work itself is in plain functions."""

from celery import Task, shared_task

from scoring.models import ProfileJob, ScoreJob
from scoring.profiles import bring_final_scores_up_to_date, catch_up


@shared_task(bind=True, max_retries=None)
def score_dataset(self: Task, job_id: int) -> None:
    job = ScoreJob.objects.get(pk=job_id)
    if job.is_active and job.must_wait():
        job.mark_sent()
        raise self.retry(countdown=2)
    from scoring.running import score_dataset as produce_scores

    job.run(produce_scores)
    job.follow_up()
    catch_up(job.dataset)


@shared_task
def apply_profile(job_id: int) -> None:
    job = ProfileJob.objects.get(pk=job_id)
    job.run(bring_final_scores_up_to_date)
    job.refresh_from_db()
    if job.state == job.State.DONE:  # a profile that was changed just before its end
        catch_up(job.dataset)

"""The Celery task of scoring; the work itself is a plain function."""

from celery import shared_task

from scoring.models import ScoreJob


@shared_task(bind=True, max_retries=None)
def score_dataset(self, job_id: int):
    job = ScoreJob.objects.get(pk=job_id)
    if job.is_active and job.must_wait():
        raise self.retry(countdown=2)
    from scoring.running import score_dataset as produce_scores

    job.run(produce_scores)
    job.follow_up()

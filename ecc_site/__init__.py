"""Settings, wiring, and pages that are composed of several apps."""

from ecc_site.celery import app as celery_app

__all__ = ["celery_app"]

"""An existing Wagtail site: a home page, an app labelled ``courses``, Celery of its own."""

from tests.plugin.hosts.town.celery import app as celery_app

__all__ = ["celery_app"]

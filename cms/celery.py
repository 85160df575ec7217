"""The Celery application; the broker comes from the environment (cms.settings.base)."""

from celery import Celery

app = Celery("yelen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

from celery import Celery

app = Celery("town", broker="memory://")
app.autodiscover_tasks()

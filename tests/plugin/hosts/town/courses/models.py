from django.db import models


class Course(models.Model):
    """An evening course at the town hall; nothing to do with Yelen's."""

    title = models.CharField(max_length=80)

from __future__ import annotations

from django.db import models


class WaitingCourse(models.Model):
    """A version of a course whose conclusions are not drawn yet. Gone once they are."""

    course_id = models.UUIDField()
    version = models.PositiveIntegerField()
    noted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.course_id} v{self.version}"

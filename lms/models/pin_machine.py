from __future__ import annotations

from django.db import models


class PinMachine(models.Model):
    """A machine, by its address, on which wrong PINs were typed of late."""

    wagtail_reference_index_ignore = True  # people and machines are no content
    address = models.CharField(max_length=45, unique=True)  # as text, IPv4 or IPv6
    wrong = models.FloatField(default=0)  # wrong PINs, less those forgotten since
    noted_at = models.DateTimeField()

"""At the centre: what waits aside, asked at every sync of a telecentre."""

from __future__ import annotations

from django.db import connection

from offline_pack.models import QuarantinedFact


def test_what_was_decided_long_ago_is_not_looked_through(telecentre):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows need no index
    waiting = QuarantinedFact.objects.waiting()

    plan = waiting.filter(epoch__device__telecentre=telecentre).order_by().explain()

    assert "facts_aside_waiting" in plan

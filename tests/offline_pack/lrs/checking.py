"""What must be true of an LRS in the end."""

from __future__ import annotations

from lms.models import Statement
from offline_pack.lrs.outbox import waiting_statements


def ids():
    return {str(pk) for pk in Statement.objects.values_list("pk", flat=True)}


def assert_each_once(lrs, *, but=()):
    state = lrs.state()
    assert set(state["held"]) == ids() - set(but)
    assert set(state["stored"].values()) <= {1}
    assert waiting_statements() == 0

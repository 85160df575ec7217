"""At the centre: merge usable facts; one that breaks the conclusions does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from lms.merging import fill_places, merge_statements
from lms.models import Epoch
from lms.streams import step_over
from offline_pack.sync.sorting import Sorted, put_aside, without_known_ids

logger = logging.getLogger(__name__)

BREAKS = "breaks"
_PASSING = (OperationalError, InterfaceError, MemoryError)  # not the fact's fault: come again

Keep = Callable[[Epoch, Sequence[Sorted]], None]


def merge_what_folds(epoch: Epoch, items: Sequence[Sorted], *, more: bool = False) -> list[Sorted]:
    """The next facts of a stream; those that cannot be concluded from come back set aside."""
    keep = partial(_merge, more=more)
    return _one_by_one_if_need_be(epoch, items, keep=keep, passes_over=True)


def fill_what_folds(epoch: Epoch, items: Sequence[Sorted]) -> list[Sorted]:
    """The same for facts whose places were passed over before."""
    return _one_by_one_if_need_be(epoch, items, keep=_fill, passes_over=False)


def _one_by_one_if_need_be(
    epoch: Epoch, items: Sequence[Sorted], *, keep: Keep, passes_over: bool
) -> list[Sorted]:
    if not items or _is_kept(epoch, items, keep):
        return list(items)
    after: list[Sorted] = []
    # Another stream may have brought some of them since these were looked at.
    for item in without_known_ids(items):
        is_kept = item.fact is not None and _is_kept(epoch, [item], keep)
        after.append(item if is_kept or item.fact is None else put_aside(item, BREAKS))
        if passes_over and not is_kept:
            step_over(epoch, sequence=item.sequence, chain_hash=item.chain_hash)
    return after


def _is_kept(epoch: Epoch, items: Sequence[Sorted], keep: Keep) -> bool:
    try:
        with transaction.atomic():
            keep(epoch, items)
    except _PASSING:
        raise
    except Exception:
        # Rules of exercises come from other apps too, and facts from newer versions of them.
        logger.exception("%d facts from %d on cannot be used", len(items), items[0].sequence)
        return False
    return True


def _merge(epoch: Epoch, items: Sequence[Sorted], *, more: bool) -> None:
    merge_statements(epoch, [item.fact for item in items if item.fact], more=more)


def _fill(epoch: Epoch, items: Sequence[Sorted]) -> None:
    fill_places(epoch, [(item.fact, item.chain_hash) for item in items if item.fact])

"""At the centre: facts that another stream brings while they are looked at."""

from __future__ import annotations

from dataclasses import replace

from lms.identifiers import new_id
from lms.models import Epoch, Statement
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.folding import merge_what_folds
from offline_pack.sync.sorting import REPEATED, sort_lines


def test_what_another_stream_brought_meanwhile_is_no_breach_of_the_rules(device, learner):
    for _ in range(3):
        device.records(learner.pk)
    lines = zip((1, 2, 3), device.lines, map(device.hash_at, (1, 2, 3)), strict=True)
    epoch = Epoch.objects.create(device=device.row)
    items = sort_lines(lines, device=device.row)
    accept_batch(replace(device, epoch=new_id()).batch(), device=device.row)

    after = merge_what_folds(epoch, items)

    assert [item.code for item in after] == [REPEATED] * 3
    assert Statement.objects.count() == 3
    epoch.refresh_from_db()
    assert (epoch.last_sequence, bytes(epoch.last_hash)) == (3, device.hash_at(3))

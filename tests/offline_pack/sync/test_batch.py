"""At a telecentre: what goes into the next batch while learners go on."""

from __future__ import annotations

from lms.models import Epoch
from lms.recording import own_device
from offline_pack.sync.batch import Sender, collect_batch


def test_what_comes_after_the_stream_was_looked_at_waits_for_the_next_batch(record):
    record(3)
    epoch = Epoch.objects.get()
    record(1)

    batch = collect_batch(epoch, sender=Sender(own_device().pk, to="", have={}), limit=500)

    assert (batch.header.n, batch.header.left) == (3, 1)

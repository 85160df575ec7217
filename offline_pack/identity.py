"""Who this telecentre's machine is: keys made at its first start, and none in a copied disk."""

from __future__ import annotations

import logging
import shutil

from django.db import transaction

from lms.clock_file import memory_path
from lms.identifiers import new_id
from lms.machine import is_another_machine, keep_marks, marks_path, read_marks
from lms.models import Device, Learner, Statement
from lms.recording import own_device, start_new_epoch
from lms.streams import become_device
from offline_pack.conf import keys_folder
from offline_pack.errors import NotForImageError
from offline_pack.format.signing import DEVICE
from offline_pack.models import CentreLink, OwnRequest
from offline_pack.trust.age_keys import own_identity
from offline_pack.trust.keys import own_key

logger = logging.getLogger(__name__)

OWN_KEYS = ("device*.key", ".device*.key.*", "box*.age", ".box*.age.*")


def start_up() -> None:
    """At every start of a telecentre: keys if there are none, a new epoch on another machine."""
    marks = read_marks()
    if is_another_machine(marks):
        logger.warning("this is another machine than at the last start: its disk was copied")
        _be_another()
    own_key(DEVICE)
    own_identity()
    keep_marks(marks)


def prepare_image() -> None:
    """Take away all that is this machine's alone, so that its disk may be copied.

    Raises ``NotForImageError`` for a machine that is paired or has learners. Nothing of this
    instance may run.
    """
    if CentreLink.objects.exists() or Learner.objects.exists() or Statement.objects.exists():
        raise NotForImageError("paired, or with learners")
    with transaction.atomic():
        OwnRequest.objects.all().delete()
        Device.objects.filter(is_self=True).delete()
    shutil.rmtree(keys_folder(), ignore_errors=True)
    for path in (marks_path(), memory_path()):
        path.unlink(missing_ok=True)


def _be_another() -> None:
    """Paired: the same device by a stream of its own. Not yet: a device that never was before."""
    if CentreLink.objects.exists():
        start_new_epoch()
        return
    with transaction.atomic():
        own_device()
        become_device(new_id())
        OwnRequest.objects.all().delete()
        start_new_epoch()
    for pattern in OWN_KEYS:
        for path in keys_folder().glob(pattern):
            path.unlink()

"""What this app announces, after commit and with ``send_robust``.

``pack_installed``: a pack's course is now the one learners see. Arguments: ``course_id`` (UUID),
``rev`` (int), ``previous`` (int or None, the version seen before).
"""

from django.dispatch import Signal

pack_installed = Signal()

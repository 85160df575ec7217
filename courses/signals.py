"""What this app announces, after commit and with ``send_robust``.

``course_published``: a course has a new version, or is back on offer. Arguments: ``course_id``
(UUID), ``version`` (int). Not sent when the same outline is published twice.
"""

from django.dispatch import Signal

course_published = Signal()

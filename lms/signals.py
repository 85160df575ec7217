"""What this app announces, after commit and with ``send_robust``.

``statements_merged``: facts arrived from another machine. Arguments: ``epoch_id`` (UUID),
``stored`` (int), ``held_to`` (int), ``learner_ids`` (frozenset of UUID) and ``arrived`` (those of
them that were unknown here until now).

``lesson_completed``, ``course_completed``: a learner has newly completed one, by a fact recorded
here or merged, or by two ids becoming one person. Arguments: ``learner_id``, ``course_id``,
``object_id`` (UUID; the lesson's, or the course's) and ``completed_at`` (aware UTC). Not sent when
figures are rebuilt, and not for what one of the two ids had completed before.

``people_erased``: who these learners were is forgotten here. Arguments: ``learner_ids`` (frozenset
of UUID) and ``accounts`` (user name by primary key, of the accounts that went with them). Whoever
keeps a copy of their names forgets it as well. Sent before the commit, with ``send``: a copy that
cannot be forgotten undoes the erasure.
"""

from django.dispatch import Signal

statements_merged = Signal()
lesson_completed = Signal()
course_completed = Signal()
people_erased = Signal()

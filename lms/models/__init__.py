"""Who learned what, as rows.

Statements are written by ``lms.recording`` and ``lms.merging`` alone; enrolments, attempts and
completions are derived from them by ``lms.progress`` alone.
"""

from lms.models.activity_state import ActivityState
from lms.models.alias import Alias
from lms.models.attempt import Attempt
from lms.models.clock_mark import ClockMark
from lms.models.cohort import Cohort, CohortCourse
from lms.models.completion import Completion
from lms.models.device import Device, Epoch
from lms.models.enrolment import Enrolment
from lms.models.erasure import Erasure
from lms.models.learner import Learner
from lms.models.notice import Notice
from lms.models.organisation import Organisation
from lms.models.pin_machine import PinMachine
from lms.models.staff import Role, StaffProfile
from lms.models.statement import Statement, Verb
from lms.models.telecentre import Telecentre
from lms.models.waiting_course import WaitingCourse

__all__ = [
    "ActivityState",
    "Alias",
    "Attempt",
    "ClockMark",
    "Cohort",
    "CohortCourse",
    "Completion",
    "Device",
    "Enrolment",
    "Epoch",
    "Erasure",
    "Learner",
    "Notice",
    "Organisation",
    "PinMachine",
    "Role",
    "StaffProfile",
    "Statement",
    "Telecentre",
    "Verb",
    "WaitingCourse",
]

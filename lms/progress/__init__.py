"""From what learners did to what they have completed.

``apply_statements``, ``apply_after`` and ``derive`` are the only writers of enrolments, attempts
and completions; ``progress_of`` and ``courses_of`` read them for the pages.
"""

from lms.progress.activity_rules import register_rule
from lms.progress.deriving import apply_after, apply_statements, count_differences, derive
from lms.progress.figures import Try
from lms.progress.footing import load_past_of
from lms.progress.loading import deed_of
from lms.progress.past import Past, get_ready, load_past
from lms.progress.pending import derive_course, derive_pending, rebuild_all, redraw_people
from lms.progress.people import load_people
from lms.progress.rules import fold
from lms.progress.standing import (
    ActivityProgress,
    CourseProgress,
    CourseSummary,
    LessonProgress,
    ModuleProgress,
    courses_of,
    progress_of,
)

__all__ = [
    "ActivityProgress",
    "CourseProgress",
    "CourseSummary",
    "LessonProgress",
    "ModuleProgress",
    "Past",
    "Try",
    "apply_after",
    "apply_statements",
    "count_differences",
    "courses_of",
    "deed_of",
    "derive",
    "derive_course",
    "derive_pending",
    "fold",
    "get_ready",
    "load_past",
    "load_past_of",
    "load_people",
    "progress_of",
    "rebuild_all",
    "redraw_people",
    "register_rule",
]

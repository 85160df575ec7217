"""What there is to learn, as rows. ``courses.publishing`` is their only writer."""

from courses.models.activity import Activity, ActivityVersion
from courses.models.blob import Blob
from courses.models.course import Course, CourseVersion, Lesson, Module, Theme
from courses.models.h5p import H5PLibrary

__all__ = [
    "Activity",
    "ActivityVersion",
    "Blob",
    "Course",
    "CourseVersion",
    "H5PLibrary",
    "Lesson",
    "Module",
    "Theme",
]

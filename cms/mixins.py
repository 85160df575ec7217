"""What makes a Wagtail page something to learn.

Each mixin goes before the base page: ``class LessonPage(LessonMixin, Page)``. A host site with
page models of its own, or with another base ``Page``, mixes them into those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from cms.addresses import (
    LONGEST_SLUG,
    catalogue_address,
    fault_of_address,
    published_address,
)
from cms.blocks import LessonBody
from cms.blocks.media import LANGUAGES
from cms.learning_id import LearningIdField
from cms.numbering import COLUMN, number_of
from cms.previewing import preview_course, preview_lesson
from courses.models import Theme

if TYPE_CHECKING:

    class _Page(AbstractPage, models.Model):
        """What a mixin may expect of the page it is mixed into."""

        class Meta:
            abstract = True
else:
    _Page = models.Model

LONGEST_TITLE = 200  # characters, in the catalogue
_WIDE_TITLE = AbstractPage.content_panels


class LearningPageMixin(_Page):
    """Identity, and the way to the learner's page: this site's pages are never rendered here."""

    learning_kind = ""  # index, course, module or lesson

    learning_id = LearningIdField()

    # What is published is for every visitor: packs carry it to places that know no groups.
    private_page_options: list[str] = []
    exclude_fields_in_copy = ["learning_id"]
    promote_panels = [FieldPanel("slug")]
    admin_default_ordering = "ord"

    class Meta:
        abstract = True

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """An older revision, or the page an alias follows, never brings its identity along."""
        page = super().with_content_json(content)
        page.learning_id = self.learning_id
        return page

    def clean(self) -> None:
        super().clean()
        if len(self.title) > LONGEST_TITLE:
            raise ValidationError({"title": gettext("Keep the title below 200 characters.")})

    @property
    def number(self) -> str:
        """Of a module or lesson, as learners see it; empty while they do not."""
        return number_of(self.learning_id)

    def get_admin_display_title(self) -> str:
        """The title, after its number where a list tells it."""
        title: str = super().get_admin_display_title()
        number = getattr(self, COLUMN, "")
        return f"{number} {title}" if number else title

    def learner_address(self, request: Any = None) -> str | None:
        """Where learners find it; None while it is not on offer."""
        return published_address(self.learning_kind, self.learning_id, request=request)

    def get_url_parts(self, request: Any = None) -> tuple[int, str | None, str | None] | None:
        """As Wagtail's; within a site, but without an address, while it is not on offer."""
        parts = super().get_url_parts(request)
        if not parts:
            return None
        address = self.learner_address(request)
        return (parts[0], parts[1], address) if address else (parts[0], None, None)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = self.learner_address(request)
        if address is None:
            raise Http404
        return HttpResponseRedirect(address)


class CourseIndexMixin(LearningPageMixin):
    """The page under which courses are written."""

    learning_kind = "index"
    preview_modes: list[Any] = []

    class Meta:
        abstract = True

    def learner_address(self, request: Any = None) -> str | None:
        return catalogue_address()


class CourseMixin(LearningPageMixin):
    learning_kind = "course"

    theme = models.CharField(_("theme"), max_length=20, choices=Theme, default=Theme.MAINTENANCE)
    language = models.CharField(_("language"), max_length=12, choices=LANGUAGES, default="fr")
    summary = models.TextField(
        _("summary"), help_text=_("Two or three sentences, shown in the catalogue.")
    )
    objectives = models.TextField(
        _("objectives"), blank=True, help_text=_("What one can do afterwards: one a line.")
    )
    prerequisites = models.TextField(_("what one must know before"), blank=True)
    minutes = models.PositiveIntegerField(_("length in minutes"), default=0, blank=True)

    content_panels = [
        *_WIDE_TITLE,
        FieldRowPanel([FieldPanel("theme"), FieldPanel("language"), FieldPanel("minutes")]),
        FieldPanel("summary"),
        FieldPanel("objectives"),
        FieldPanel("prerequisites"),
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if not self.slug.isascii() or len(self.slug) > LONGEST_SLUG:
            raise ValidationError(
                {"slug": gettext("Use at most 80 letters without accents, digits and hyphens.")}
            )
        if fault := fault_of_address(self.slug, course_id=self.learning_id):
            raise ValidationError({"slug": fault})

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview_course(self, request)


class ModuleMixin(LearningPageMixin):
    learning_kind = "module"

    objective = models.TextField(
        _("objective"), blank=True, help_text=_("What one can do at the end of this module.")
    )
    minutes = models.PositiveIntegerField(_("length in minutes"), default=0, blank=True)

    content_panels = [
        HelpPanel(template="yelen_cms/panels/number.html"),
        *_WIDE_TITLE,
        FieldPanel("objective"),
        FieldPanel("minutes"),
    ]

    class Meta:
        abstract = True

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview_course(self.get_parent().specific, request, edited=self)


class LessonMixin(LearningPageMixin):
    learning_kind = "lesson"

    minutes = models.PositiveIntegerField(_("length in minutes"), default=0, blank=True)
    body = StreamField(LessonBody(), verbose_name=_("content"), blank=True)

    content_panels = [
        HelpPanel(template="yelen_cms/panels/number.html"),
        *_WIDE_TITLE,
        FieldPanel("minutes"),
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview_lesson(self.get_parent().get_parent().specific, request, edited=self)

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id
from lms.models.telecentre import Telecentre


class NoticeQuerySet(models.QuerySet["Notice"]):
    def on(self, day: date) -> Self:
        """Those to be read that day, what happens soonest first."""
        shown = self.filter(starts_on__lte=day, ends_on__gte=day)
        return shown.order_by(models.F("event_on").asc(nulls_last=True), "-starts_on", "pk")

    def for_telecentre(self, telecentre: Telecentre) -> Self:
        everybody = Q(telecentres=None)
        return self.filter(everybody | Q(telecentres=telecentre)).distinct()


class Notice(models.Model):
    """A short message of the centre to telecentres, with an end: news, or a date to come.

    Plain text in one or more languages: ``texts`` maps a language to its title and text. One that
    is deleted at the centre is gone from telecentres at their next sync.
    """

    wagtail_reference_index_ignore = True  # no page names a notice
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    texts = models.JSONField(default=dict)  # {"fr": {"title": "...", "text": "..."}}
    starts_on = models.DateField(_("shown from"))
    ends_on = models.DateField(_("shown until"))
    event_on = models.DateField(_("date of the event"), null=True, blank=True)
    place = models.CharField(_("place of the event"), max_length=120, blank=True)
    telecentres = models.ManyToManyField(
        Telecentre,
        related_name="+",
        verbose_name=_("telecentres"),
        blank=True,
        help_text=_("None chosen: all of them."),
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-starts_on", "pk")

    def __str__(self) -> str:
        return self.title or str(self.pk)

    @property
    def title(self) -> str:
        return self._words("title")

    @property
    def text(self) -> str:
        return self._words("text")

    @property
    def language(self) -> str:
        """Of what is shown: the reader's where it is written, else the site's, else any."""
        wanted = (get_language() or "", settings.LANGUAGE_CODE, *sorted(self.texts))
        return next((name for name in wanted if name in self.texts), "")

    def _words(self, name: str) -> str:
        found: Any = self.texts.get(self.language, {})
        return str(found.get(name, ""))

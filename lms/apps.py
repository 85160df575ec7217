from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LmsConfig(AppConfig):
    name = "lms"
    label = "yelen_lms"
    verbose_name = _("Learning records")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from courses.h5p.access import allow_when
        from lms import checks, menu, signal_handlers
        from lms.access import may_play

        checks.connect()
        signal_handlers.connect()
        menu.connect()
        allow_when(may_play)

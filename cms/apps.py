from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "yelen_cms"
    verbose_name = _("Authoring")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import signal_handlers
        from cms.previewing import find_uploaded
        from cms.starting import prepare_site
        from courses.h5p.drafts import find_drafts_with

        signal_handlers.connect()
        find_drafts_with(find_uploaded)
        post_migrate.connect(prepare_site, sender=self)

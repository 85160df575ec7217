import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "cms.site"
    label = "yelen_site"
    verbose_name = _("Site")

    def ready(self) -> None:
        # Ours becomes the current Celery application here, and not when ``cms`` is imported: a
        # host site that installs ``cms`` alone has its own.
        importlib.import_module("cms.celery")

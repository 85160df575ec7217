import importlib

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "cms.site"
    label = "yelen_site"
    verbose_name = _("Site")

    def ready(self) -> None:
        # Ours becomes the current Celery application here, and not when ``cms`` is imported: a
        # host site that installs ``cms`` alone has its own.
        importlib.import_module("cms.celery")
        if apps.is_installed("wagtail"):
            from cms.site.wagtail_names import name_in_site_language

            # Told of apps that have models; this one has none.
            wagtail = apps.get_app_config("wagtailcore")
            post_migrate.connect(name_in_site_language, sender=wagtail)

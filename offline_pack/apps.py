from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfflinePackConfig(AppConfig):
    name = "offline_pack"
    label = "yelen_offline_pack"
    verbose_name = _("Packs and sync")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from offline_pack import signal_handlers

        signal_handlers.connect()

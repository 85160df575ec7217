from django.apps import AppConfig


class EssaysConfig(AppConfig):
    name = "tests.plugin.hosts.records.essays"

    def ready(self) -> None:
        from courses.activities import register
        from lms.cards import register_route
        from lms.progress import register_rule
        from tests.plugin.hosts.records.essays import kind

        register(kind.ESSAY)
        register_rule("essay", kind.fold_essay)
        register_route("essay", "essay")

from django.apps import AppConfig


class EveningCoursesConfig(AppConfig):
    name = "tests.plugin.hosts.town.courses"
    label = "courses"

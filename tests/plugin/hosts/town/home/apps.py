from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "tests.plugin.hosts.town.home"

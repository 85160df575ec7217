from __future__ import annotations

from courses.checks import CONTEXT_PROCESSOR, check_context_processor, check_data_folder


def ids_of(messages) -> list[str]:
    return [message.id for message in messages]


def test_the_settings_of_our_own_sites_pass():
    assert ids_of(check_data_folder() + check_context_processor()) == []


def test_a_site_that_names_no_folder_is_told(settings):
    settings.YELEN_DATA_DIR = None
    settings.BASE_DIR = None

    assert ids_of(check_data_folder()) == ["yelen_courses.E001"]


def test_the_folder_is_one_in_the_base_folder_unless_named(settings, tmp_path):
    settings.YELEN_DATA_DIR = None
    settings.BASE_DIR = str(tmp_path)  # as "wagtail start" writes it

    assert ids_of(check_data_folder()) == []


def test_a_folder_that_the_web_server_hands_out_is_refused(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.YELEN_DATA_DIR = tmp_path / "yelen"

    assert ids_of(check_data_folder()) == ["yelen_courses.E002"]


def test_a_site_without_the_context_processor_is_told_its_name(settings):
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    ]

    (warning,) = check_context_processor()

    assert warning.id == "yelen_courses.W001"
    assert CONTEXT_PROCESSOR in warning.hint

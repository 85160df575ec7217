"""What Wagtail names in English is named in the site's language, unless someone named it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management.sql import emit_post_migrate_signal
from wagtail.models import Collection, Page, Task, Workflow

from cms.site.wagtail_names import name_in_site_language

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_wagtail_leaves_it():
    Group.objects.exclude(name="Formateurs").delete()
    for name in ("Editors", "Moderators"):
        Group.objects.create(name=name)
    for model in (Workflow, Task):
        model.objects.all().delete()
        model.objects.create(name="Moderators approval")
    Collection.objects.filter(depth=1).update(name="Root")
    Page.objects.filter(depth=1).update(title="Root", draft_title="Root")


def names(model):
    return sorted(model.objects.exclude(name="Formateurs").values_list("name", flat=True))


def test_names_of_the_first_data_are_in_the_sites_language():
    name_in_site_language()
    name_in_site_language()

    assert names(Group) == ["Modérateurs", "Rédacteurs"]
    assert names(Workflow) == names(Task) == ["Relecture par les modérateurs"]
    assert Collection.get_first_root_node().name == "Racine"
    assert Page.get_first_root_node().get_admin_display_title() == "Racine"


def test_it_is_done_whenever_the_database_is_brought_up_to_date():
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")

    assert names(Workflow) == ["Relecture par les modérateurs"]


def test_a_name_that_an_operator_gave_stays():
    Group.objects.filter(name="Moderators").update(name="Comité")
    Workflow.objects.update(name="Lecture du comité")

    name_in_site_language()

    assert names(Group) == ["Comité", "Rédacteurs"]
    assert names(Workflow) == ["Lecture du comité"]
    assert names(Task) == ["Relecture par les modérateurs"]


def test_a_group_is_not_renamed_over_another():
    Group.objects.create(name="Rédacteurs")

    name_in_site_language()

    assert names(Group) == ["Editors", "Modérateurs", "Rédacteurs"]


def test_a_site_in_english_keeps_the_english_names(settings):
    settings.LANGUAGE_CODE = "en"

    name_in_site_language()

    assert names(Group) == ["Editors", "Moderators"]
    assert names(Workflow) == ["Moderators approval"]

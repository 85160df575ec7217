"""What is new in a course that the centre offers is told before anything of it is downloaded."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.utils import timezone

from courses.changes import NumberedLesson
from courses.outline import CourseOutline, RichTextBlock
from courses.publishing import publish_outline
from lms.fact import canonical_text
from lms.models import Device, Role
from offline_pack.making.generating import generate_pack
from offline_pack.models import AvailablePack, CentreLink, InstalledPack, Pack
from offline_pack.offered_news import LISTED, VERSIONS, news_of
from offline_pack.shelf.novelties import Changed, novelties_offered
from offline_pack.sync.applying import apply_news
from offline_pack.sync.errors import UnusableNewsError
from offline_pack.sync.offered import believed_news
from offline_pack.sync.snapshots import packs_document
from tests.factories import make_telecentre
from tests.offline_pack import courses, people

pytestmark = pytest.mark.django_db


def course_of(*texts: str, titles: str = "Leçon") -> CourseOutline:
    """A lesson a text."""
    outline = courses.outline()
    (module,) = outline.modules
    lesson = module.lessons[0]
    lessons = tuple(
        replace(lesson, id=UUID(int=n), title=f"{titles} {n}", blocks=(RichTextBlock(html=text),))
        for n, text in enumerate(texts, start=1)
    )
    return replace(outline, modules=(replace(module, lessons=lessons),))


def publish(*texts: str, **more):
    return publish_outline(course_of(*texts, **more))


def in_use_somewhere(course, *, version):
    """A telecentre says so."""
    device = Device.objects.create(telecentre=make_telecentre(slug=f"place-{version}"))
    InstalledPack.objects.create(
        device=device, course_id=course.pk, version=version, reported_at=timezone.now()
    )


def down(link):
    """The list goes down as it stands at the centre."""
    document = packs_document()
    version = AvailablePack.objects.count() + 1
    return apply_news(
        link, ({"kind": "packs", "version": version, "digest": "x", "document": document},)
    )


@pytest.fixture
def link():
    return CentreLink.objects.create(
        address="https://centre.example.org", sync_key="00" * 32, telecentre=make_telecentre()
    )


def test_each_version_that_was_packed_is_told_what_it_lacks(link):
    generate_pack(publish("a", "b"))
    generate_pack(publish("a", "b", "c"))
    generate_pack(publish("a", "b, corrected", "c"))

    down(link)

    news = AvailablePack.objects.get().news
    from_two = novelties_offered(news, installed=2)
    assert from_two.changes.changed == (NumberedLesson("1.2", "Leçon 2"),)
    assert (from_two.changes.added, from_two.changes.removed) == ((), ())
    from_one = novelties_offered(news, installed=1)
    assert from_one.changes.added == (NumberedLesson("1.3", "Leçon 3"),)
    assert from_one.changes.changed == from_two.changes.changed
    assert novelties_offered(news, installed=None).count == Changed(added=3)


def test_a_place_far_behind_is_told_nothing_rather_than_something_wrong(link):
    for number in range(1, VERSIONS + 3):
        course = publish(f"version {number}")
        in_use_somewhere(course, version=number)

    news = believed_news(news_of(course, version=VERSIONS + 2))

    assert [told["version"] for told in news["since"]] == [6, 5, 4, 3, 2]
    assert novelties_offered(news, installed=1) is None
    assert novelties_offered({}, installed=None) is None


def test_versions_that_never_left_the_centre_cost_nothing():
    for number in range(4):
        course = publish(f"version {number}")
    in_use_somewhere(course, version=2)

    news = news_of(course, version=4)

    assert [told["version"] for told in news["since"]] == [2]


def test_many_lessons_are_counted_and_the_first_named():
    generate_pack(publish("a"))
    course = publish("a", *(f"new {n}" for n in range(LISTED + 5)))

    found = novelties_offered(believed_news(news_of(course, version=2)), installed=1)

    assert len(found.changes.added) == LISTED
    assert (found.more, found.count.added) == (Changed(added=5), LISTED + 5)


def test_what_is_told_of_a_course_has_an_end_however_much_is_new():
    titles = "Une leçon dont le titre est aussi long qu'un titre peut raisonnablement l'être"
    for number in range(1, VERSIONS + 2):
        course = publish(*(f"text {number}" for _ in range(40)), titles=titles)
        in_use_somewhere(course, version=number)

    news = news_of(course, version=VERSIONS + 1)

    assert len(canonical_text(news)) < VERSIONS * (LISTED * 120 + 100)


def test_the_news_of_a_delta_are_those_of_its_whole_pack():
    generate_pack(courses.publish())
    generate_pack(courses.publish(text="<p>Corrigé</p>"))

    (item,) = packs_document()["packs"]

    assert Pack.objects.exclude(base_version=None).get().news == {}
    assert item["news"]["since"] == [{"version": 1, "changed": [["1.1", "Ouvrir un ordinateur"]]}]


def test_a_centre_that_does_not_say_is_no_trouble(link):
    generate_pack(courses.publish())
    Pack.objects.update(news={})

    down(link)

    assert "news" not in packs_document()["packs"][0]
    assert AvailablePack.objects.get().news == {}


@pytest.mark.parametrize(
    "news",
    [
        {"lessons": "many"},
        {"since": []},
        {"lessons": 1, "since": [{"version": 1, "added": [["1.1"]]}]},
        {"lessons": 1, "since": [{"version": -1}]},
        ["1.1"],
    ],
)
def test_news_out_of_shape_is_not_kept(link, news):
    generate_pack(courses.publish())
    Pack.objects.update(news=news)

    with pytest.raises(UnusableNewsError):
        down(link)

    assert list(AvailablePack.objects.all()) == []


def test_news_beyond_its_bounds_is_cut():
    told = {"version": 1, "added": [["1.1", "t" * 500, "later"]] * 500}

    news = believed_news({"lessons": 1, "since": [told] * 50})

    assert len(news["since"]) == VERSIONS
    assert news["since"][0]["added"] == [["1.1", "t" * 80]] * LISTED


def test_the_page_names_the_lessons_of_an_offer(link, client, settings):
    generate_pack(publish("a", "b"))
    generate_pack(publish("a", "b, corrected", "c"))
    down(link)
    courses.Course.objects.update(version=1)
    settings.YELEN_ROLE = "telecentre"
    client.force_login(people.user("awa", role=Role.MANAGER))

    page = client.get("/centre/paquets/")

    (offer,) = page.context["offered"]
    assert offer.news.count == Changed(added=1, changed=1)
    assert "1 leçon ajoutée" in page.text
    assert "Leçon 3" in page.text
    assert "Leçon 1" not in page.text

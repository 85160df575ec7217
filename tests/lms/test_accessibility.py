"""Every page before axe-core, and at 320 px; light and dark, left to right and right to left."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from courses.models import Activity
from lms.notices import today
from lms.observing import ask_for_observer
from lms.quizzing import begin_try
from tests.browser import show
from tests.factories import make_course, make_media_blocks, make_modules
from tests.lms.conftest import PIN
from tests.lms.test_notices import make_notice
from tests.lms.views.test_quiz import fields

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"


@pytest.fixture(params=[("light", "fr"), ("dark", "fr"), ("light", "ar")], ids="-".join)
def inspect(request, browser, client, telecentre_role):
    """Look at an address as ``client`` is served it: no violation, nothing wider than the page."""
    scheme, language = request.param
    client.post("/langue/", {"language": language, "next": "/"})
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()

    def inspect(address):
        html = client.get(address, follow=True).content  # here: a route has no database
        show(page, SITE + address, html)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address

    yield inspect
    context.close()


def test_what_a_visitor_sees(inspect, awa):
    inspect("/")
    first, second = make_modules()
    lesson = first.lessons[0]
    rich = type(lesson)(lesson.id, lesson.title, make_media_blocks(), lesson.minutes)
    make_course(modules=(type(first)(first.id, first.title, (rich, *first.lessons[1:])), second))

    inspect("/")
    inspect("/?theme=projects")
    inspect("/cours/maintenance/")
    for number in ("1.1", "1.2", "1.3"):
        inspect(f"/cours/maintenance/{number}/")
    inspect("/nowhere/")


def test_what_the_centre_has_to_say(inspect, awa, client, manager):
    make_notice(event_on=today(), place="Mairie de Ouagadougou", title="Rencontre" * 10)
    inspect("/")
    client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN})
    inspect("/moi/")
    client.force_login(manager, backend="lms.backends.LearnerBackend")
    inspect("/centre/")


def test_the_door(inspect, awa):
    inspect("/entrer/")
    inspect(f"/entrer/groupe/{awa.cohorts.get().pk}/")
    inspect("/entrer/noms/?q=zzz")
    inspect(f"/entrer/nom/{awa.pk}/")
    inspect("/entrer/mot-de-passe/")


def test_what_a_learner_sees(inspect, awa, client, course):
    client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN})
    inspect("/moi/")
    client.post("/cours/maintenance/1.1/")
    quiz = Activity.objects.select_related("course").get(kind="quiz")
    practical = Activity.objects.select_related("course").get(kind="practical")
    begin_try(awa, quiz)
    at = f"/cours/maintenance/1.2/quiz/{quiz.pk}/"

    for address in ("/moi/", "/moi/maintenance/", "/cours/maintenance/", at, f"{at}question/"):
        inspect(address)
    form = fields(client.get(f"{at}question/")) | {"answer": "c"}
    inspect(client.post(f"{at}question/", form)["Location"])
    for _ in range(2):
        inspect(f"/cours/maintenance/1.3/pratique/{practical.pk}/")
        ask_for_observer(awa, practical)


def test_what_a_manager_sees(inspect, awa, client, course, manager):
    client.force_login(manager, backend="lms.backends.LearnerBackend")
    practical = Activity.objects.select_related("course").get(kind="practical")
    ask_for_observer(awa, practical)

    inspect("/centre/")
    for page in ("", "?q=zzz", "nouveau/", f"{awa.pk}/pin/", f"{awa.pk}/session/"):
        inspect(f"/centre/apprenants/{page}")
    inspect(f"/centre/pratiques/?pratique={practical.pk}")
    inspect(f"/centre/pratiques/{practical.pk}/{awa.pk}/")

"""The commands of this app: their names, options and last lines are a contract."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lms.models import Completion, Learner, Statement
from tests.factories import make_course, make_learner, make_telecentre
from tests.lms.distant import derived_rows

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def record(*more, learners=4, statements=60):
    numbers = ("--learners", str(learners), "--statements", str(statements))
    return run("record_demo_activity", *numbers, *more)[0]


def stories():
    """Who did what, in order, without ids and times made anew each time."""
    names = dict(Learner.objects.values_list("pk", "name"))
    rows = Statement.objects.order_by("epoch__started_at", "sequence")
    return [(names[row.learner_id], row.verb, row.body.get("right")) for row in rows]


@pytest.fixture
def course():
    make_telecentre()
    return make_course()


@pytest.mark.usefixtures("course")
def test_demo_activity_records_as_many_statements_as_asked():
    assert record() == "recorded 60 statements of 4 learners\n"

    assert Statement.objects.count() == 60
    assert Learner.objects.count() == 4
    assert Completion.objects.exists()


@pytest.mark.usefixtures("course")
def test_demo_activity_is_the_same_for_the_same_seed():
    record("--seed", "7")
    first = stories()
    Statement.objects.all().delete()
    Learner.objects.all().delete()

    record("--seed", "7")

    assert stories() == first


@pytest.mark.usefixtures("course")
def test_demo_learners_come_back_rather_than_anew():
    record()
    record()

    assert Learner.objects.count() == 4
    assert Statement.objects.count() == 120


def test_demo_activity_needs_a_course_and_a_telecentre():
    with pytest.raises(CommandError, match="There is no course here"):
        record()
    make_course()
    with pytest.raises(CommandError, match="There is no telecentre here"):
        record()


def test_the_report_prints_the_file_and_nothing_else(course):
    record(statements=200)

    text, note = run("report", course.slug, "--format", "csv")
    rows = json.loads(run("report", course.slug, "--format", "json")[0])

    assert text.startswith("\ufeff")
    assert text.count("\r\n") == 1 + 4 == text.count("\n")
    assert note == "4 learners\n"
    assert len(rows) == 4
    assert rows[0]["lessons_total"] == 4


def test_the_report_of_one_telecentre_leaves_the_others_out(course):
    record()
    elsewhere = make_telecentre(name="Ailleurs", slug="ailleurs")
    make_learner(telecentre=elsewhere)

    assert (
        json.loads(run("report", course.slug, "--telecentre", "ailleurs", "--format", "json")[0])
        == []
    )
    with pytest.raises(CommandError, match="no telecentre 'nulle-part'"):
        run("report", course.slug, "--telecentre", "nulle-part")
    with pytest.raises(CommandError, match="no course 'rien'"):
        run("report", "rien")


@pytest.mark.usefixtures("course")
def test_rebuilding_figures_finds_and_mends_differences():
    record(statements=200)
    before = derived_rows()
    assert run("rebuild_figures", "--check")[0] == "no difference\n"
    lost = Completion.objects.filter(kind="seen").count()
    Completion.objects.filter(kind="seen").delete()

    with pytest.raises(CommandError, match=f"{lost} rows differ"):
        run("rebuild_figures", "--check")
    assert run("rebuild_figures")[0] == f"rebuilt: {lost} rows changed\n"

    assert derived_rows() == before

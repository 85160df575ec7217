from decimal import Decimal

import pytest

from courses.activities.h5p import CompletionMode
from courses.errors import H5PResultError
from courses.h5p.completion import default_completion
from courses.h5p.naming import LibraryName
from courses.h5p.results import read_result


def statement(verb="answered", *, score=None, parent=None, **result):
    whole = {"verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"}}
    if score is not None:
        result["score"] = score
    if result:
        whole["result"] = result
    if parent:
        whole["context"] = {"contextActivities": {"parent": [{"id": parent}]}}
    return whole


def points(raw, top, **more):
    return {"min": 0, "raw": raw, "max": top, **more}


def test_a_score_is_read_as_decimals():
    result = read_result(
        statement(score=points(2, 3, scaled=0.6667), success=False, duration="PT1M12.34S")
    )

    assert (result.verb, result.is_top_level) == ("answered", True)
    assert (result.raw, result.max) == (Decimal(2), Decimal(3))
    assert result.scaled == Decimal("0.6667")
    assert result.duration == Decimal("72.34")
    assert result.is_finishing


@pytest.mark.parametrize(
    "score",
    [
        points(999, 3),
        points(3, -3),
        points(-1, 3),
        points(1, 3, scaled=1),
        points("3", 3),
        points(True, 1),
        points(float("inf"), 3),
        points(float("nan"), 3),
        points(10**30, 10**30),
        points(10**5000, 3),
        [3, 3],
        "3/3",
    ],
)
def test_a_score_that_cannot_be_is_refused(score):
    with pytest.raises(H5PResultError):
        read_result(statement(score=score))


@pytest.mark.parametrize("score", [None, points(0, 0), points(5, 0), {"raw": 2}, {"scaled": 1}])
def test_without_a_highest_score_an_exercise_is_unscored(score):
    result = read_result(statement("completed", score=score, completion=True))

    assert result.scaled is None
    assert not result.is_scored
    assert result.is_finishing
    assert not result.is_passed(pass_percent=0)


def test_points_taken_off_are_worth_nothing_less_than_nothing():
    result = read_result(statement(score={"min": -3, "raw": -2, "max": 4}))

    assert result.scaled == 0


@pytest.mark.parametrize("verb", ["consumed", "progressed", "attempted", "interacted"])
def test_other_verbs_never_finish(verb):
    result = read_result(statement(verb, score=points(3, 3), success=True, completion=True))

    assert not result.is_finishing
    assert not result.is_passed(pass_percent=0)


def test_a_statement_about_a_part_does_not_finish():
    result = read_result(statement(score=points(1, 1), parent="urn:x"))

    assert not result.is_top_level
    assert not result.is_finishing


def test_a_finishing_verb_without_a_result_does_not_finish():
    assert not read_result(statement("completed")).is_finishing


@pytest.mark.parametrize(
    ("raw", "success", "passed"),
    [(7, None, True), (6, None, False), (10, False, False), (1, True, True)],
)
def test_passed_is_what_the_exercise_says_else_the_pass_mark(raw, success, passed):
    said = {} if success is None else {"success": success}
    result = read_result(statement(score=points(raw, 10), **said))

    assert result.is_passed(pass_percent=70) is passed


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"verb": "answered"},
        {"verb": {"id": 7}},
        {"verb": {"id": "http://x/<script>"}},
        {**statement(), "result": []},
        {**statement(), "context": "x"},
        {**statement(), "context": {"contextActivities": []}},
        statement(success="yes"),
        statement(completion=1),
    ],
)
def test_a_statement_of_another_shape_is_refused(broken):
    with pytest.raises(H5PResultError):
        read_result(broken)


@pytest.mark.parametrize("duration", ["PT", "P", "12 s", 12, None, "PT-3S"])
def test_a_duration_that_says_nothing_is_left_out(duration):
    assert read_result(statement(duration=duration)).duration is None


@pytest.mark.parametrize(
    ("machine_name", "mode"),
    [
        ("H5P.MultiChoice", CompletionMode.SCORED),
        ("Yelen.Sequence", CompletionMode.SCORED),
        ("H5P.Accordion", CompletionMode.VIEWED),
        ("H5P.GreetingCard", CompletionMode.VIEWED),
        ("H5P.Agamotto", CompletionMode.VIEWED),
        ("H5P.Dialogcards", CompletionMode.MARKED),
    ],
)
def test_each_library_has_a_sensible_default(machine_name, mode):
    assert default_completion(LibraryName(machine_name, 1, 0)) == mode

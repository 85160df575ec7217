"""Real packages from public repositories, where the folder that holds them is at hand."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from courses.h5p.library import installed_libraries
from tests.courses.h5p.samples import SAMPLES, needs_samples

pytestmark = [pytest.mark.django_db, needs_samples]

# A word of each refusal that names the fault.
NAMED = {
    "crossword.h5p": "H5P.Crossword 0.5",
    "broken-content-json.h5p": "content/content.json",
    "broken-h5p-json.h5p": "h5p.json",
    "corrupt_archive.h5p": "zip",
    "invalid-h5p-json-schema.h5p": "mainLibrary",
    "invalid-language-file-json.h5p": "language/fr.json",
    "invalid-library-directory-name.h5p": "H5P.AnotherLibrary-1.0",
    "invalid-library-json.h5p": "majorVersion",
}


def expected_verdicts():
    with (SAMPLES / "expected.tsv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    said = {"accept": "accepted", "refuse": "refused"}
    return {row["file"]: said[row["expected"]] for row in rows}


def install(names):
    out = StringIO()
    with translation.override("en"):
        try:
            call_command("install_h5p", *(str(SAMPLES / name) for name in names), stdout=out)
        except CommandError:
            has_failed = True
        else:
            has_failed = False
    lines = [line.split("\t") for line in out.getvalue().splitlines()]
    return {Path(line[1]).name: line[0:1] + line[2:] for line in lines}, has_failed


@pytest.mark.parametrize("backwards", [False, True])
def test_each_sample_gets_its_verdict_whatever_the_order(backwards):
    expected = expected_verdicts()
    names = sorted(expected, reverse=backwards)

    answers, has_failed = install(names)

    assert {name: answer[0] for name, answer in answers.items()} == expected
    assert has_failed
    for name, answer in answers.items():
        assert len(answer) == 1 or NAMED[name] in answer[1], name


def test_the_samples_share_one_copy_of_each_library():
    accepted = [name for name, verdict in expected_verdicts().items() if verdict == "accepted"]

    _answers, has_failed = install(accepted)

    assert not has_failed
    labels = [name.label for name in installed_libraries()]
    assert len(labels) == len(set(labels))
    assert "H5P.Question 1.4" in labels
    assert "H5P.Question 1.5" in labels
    assert not any(label.startswith("H5PEditor.") for label in labels)

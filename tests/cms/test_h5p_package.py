import json

import pytest

from cms.demo_loading.h5p_package import FOLDER, LIBRARY, build_package
from courses.h5p.package import check_package

EXERCISES = sorted(path.parent for path in FOLDER.glob("*/h5p.json"))


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
def test_each_demo_exercise_makes_a_sound_package(folder, tmp_path):
    package = check_package(build_package(folder, tmp_path / "a.h5p"))

    assert package.language == "fr"
    assert package.main_library.label == "Yelen.Sequence 1.0"
    assert not package.needs_internet


def test_the_same_folders_give_the_same_bytes(tmp_path):
    first = build_package(EXERCISES[0], tmp_path / "a.h5p")
    second = build_package(EXERCISES[0], tmp_path / "b.h5p")

    assert first.read_bytes() == second.read_bytes()


def test_the_french_of_the_content_type_has_the_shape_of_its_semantics():
    semantics = json.loads((LIBRARY / "semantics.json").read_text("utf-8"))
    french = json.loads((LIBRARY / "language" / "fr.json").read_text("utf-8"))["semantics"]

    assert len(french) == len(semantics)
    for own, translated in zip(semantics, french, strict=True):
        assert translated["label"]
        assert len(translated.get("fields", [])) == len(own.get("fields", []))


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
def test_each_demo_exercise_says_all_its_words_in_french(folder):
    semantics = json.loads((LIBRARY / "semantics.json").read_text("utf-8"))
    content = json.loads((folder / "content" / "content.json").read_text("utf-8"))
    (words,) = [field["fields"] for field in semantics if field["name"] == "l10n"]

    assert content["l10n"].keys() == {word["name"] for word in words}
    assert len(set(content["steps"])) == len(content["steps"]) >= 3

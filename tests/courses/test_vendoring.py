import pytest

from courses.vendoring import copy_icons, copy_player, icon_names

STYLE = """
@font-face { font-family: 'Inter'; src: url('../fonts/inter/a.woff2'); }
@font-face { font-family: 'h5p'; src: url('../fonts/h5p-core-30.woff2'); }
.x { font-family: 'Inter'; }
"""


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "h5p-standalone"
    for name in (
        "LICENSE", "dist/frame.bundle.js", "dist/main.bundle.js", "dist/images/throbber.gif",
        "dist/fonts/h5p-core-30.woff2", "dist/fonts/h5p-hub-publish.woff2",
        "dist/fonts/h5p-theme.woff2", "dist/fonts/inter/a.woff2",
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "dist" / "styles").mkdir()
    (folder / "dist" / "styles" / "h5p.css").write_text(STYLE)
    return folder


def test_the_player_comes_without_its_loader_and_its_text_fonts(package, tmp_path):
    target = tmp_path / "vendor" / "h5p"
    (target / "old").mkdir(parents=True)

    copy_player(package, to=target)

    names = sorted(str(p.relative_to(target)) for p in target.rglob("*") if p.is_file())
    assert names == [
        "LICENSE",
        "fonts/h5p-core-30.woff2",
        "fonts/h5p-hub-publish.woff2",
        "fonts/h5p-theme.woff2",
        "frame.bundle.js",
        "images/throbber.gif",
        "styles/h5p.css",
    ]
    style = (target / "styles" / "h5p.css").read_text()
    assert "inter/" not in style
    assert "h5p-core-30" in style
    assert ".x" in style


def test_the_icons_listed_are_copied_and_no_others(tmp_path):
    listing = tmp_path / "icons.txt"
    listing.write_text("house\n\n# a remark\ncheck  # done\nhouse\n")
    icons = tmp_path / "lucide" / "icons"
    icons.mkdir(parents=True)
    for name in ("house", "check", "x"):
        (icons / f"{name}.svg").write_text("<svg/>")
    (tmp_path / "lucide" / "LICENSE").write_text("ISC")

    names = icon_names(listing)
    copy_icons(tmp_path / "lucide", names, to=tmp_path / "out")

    assert names == ["check", "house"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "LICENSE",
        "check.svg",
        "house.svg",
    ]


def test_an_icon_the_set_does_not_have_stops_the_set_up(tmp_path):
    (tmp_path / "icons").mkdir()

    with pytest.raises(FileNotFoundError):
        copy_icons(tmp_path, ["no-such-icon"], to=tmp_path / "out")

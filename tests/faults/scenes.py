"""A course in three versions, its packs in every form, and telecentres that have some of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection

from courses.blobs import store_bytes
from courses.models import Course
from courses.outline import CourseOutline, FileBlock, LessonOutline, ModuleOutline, RichTextBlock
from courses.publishing import publish_outline
from offline_pack.errors import NothingToGoBackToError
from offline_pack.format.reader import PackReader
from offline_pack.installing.importer import import_pack, rollback_pack
from offline_pack.making.exporter import export_pack
from offline_pack.models import Release
from offline_pack.store.collecting import collect_garbage
from tests.faults.rig import in_child
from tests.offline_pack.format.building import KEY, TRUSTED, noise

COURSE = UUID(int=0xC1)
VOLUME = 150_000  # bytes
FILM = 320_000  # bytes: more than two volumes
WORDS = [f"<p>Ligne {n} : {noise(12, seed=n).hex()}</p>" for n in range(600)]


def outline(version: int) -> CourseOutline:
    """A lesson more in each version; files that stay, files that change, one that changes little.

    The files are put in the store.
    """
    lines = [*WORDS[:300], f"<p>Version {version}</p>", *WORDS[300:]]
    blobs = [store_bytes("".join(lines).encode(), "text/html")]
    blobs += [store_bytes(noise(15_000, seed=n), "application/pdf") for n in (1, 2, 3)]
    blobs += [
        store_bytes(noise(9_000 + 7_000 * n, seed=100 * version + n), "image/webp")
        for n in range(6)
    ]
    blobs.append(store_bytes(noise(FILM, seed=50 + version), "video/mp4"))
    lessons = tuple(
        LessonOutline(
            id=UUID(int=0xE0 + number),
            title=f"Leçon {number}",
            blocks=(
                RichTextBlock(html=words_of(version, number)),
                *(FileBlock(title="Fiche", blob=b, filename="f.bin") for b in blobs[number::3]),
                *([FileBlock(title="Texte", blob=blobs[0], filename="t.html")] * (number == 1)),
            ),
        )
        for number in range(version + 2)
    )
    module = ModuleOutline(id=UUID(int=0xD1), title="Premiers pas", lessons=lessons)
    return CourseOutline(id=COURSE, slug="maintenance", title="Maintenance", modules=(module,))


def words_of(version: int, number: int) -> str:
    return f"<p>Version {version}, leçon {number}</p>"


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that is done to a telecentre, and which versions may be served when it was cut."""

    name: str
    kind: str  # "import", "rollback" or "collection"
    before: str  # the telecentre it is done to
    old: int | None  # the version served before
    new: int  # and after
    work: Callable[[Path], Any]  # given the folder of the packs
    in_volumes: bool = False
    lacks_files: bool = False  # to begin with


def install(path: Path) -> str:
    return type(import_pack(path, trusted=TRUSTED)).__name__


def volume_by_volume(packs: Path) -> list[str]:
    """Volumes of one pack, each on a stick of its own, the last one first."""
    return [install(path) for path in sorted(packs.glob("stick*/*.pack"), reverse=True)]


def go_back(_packs: Path) -> str:
    try:
        return str(rollback_pack(Course.objects.get()).version)
    except NothingToGoBackToError:
        return "nothing"


def collect(_packs: Path) -> int:
    return collect_garbage(short_of_space=True).blobs


SCENES = (
    Scene("first", "import", "empty", None, 1, lambda packs: install(packs / "v1.pack")),
    Scene("update", "import", "v1", 1, 2, lambda packs: install(packs / "v2.pack")),
    Scene("delta", "import", "v1", 1, 2, lambda packs: install(packs / "delta.pack")),
    Scene(
        "side by side", "import", "v1", 1, 2, lambda packs: install(packs / "all/v2.pack"), True
    ),
    Scene("volume by volume", "import", "v1", 1, 2, volume_by_volume, True),
    Scene("repair", "import", "lost", 2, 2, lambda packs: install(packs / "v2.pack"), False, True),
    Scene("rollback", "rollback", "v2", 2, 1, go_back),
    Scene("collection", "collection", "v3", 3, 3, collect),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where trials happen: the packs, and one data folder for each state of a telecentre."""

    packs: Path
    telecentres: Path

    def telecentre(self, name: str, *, to: Path) -> Path:
        """A fresh copy of a telecentre."""
        shutil.rmtree(to, ignore_errors=True)
        return shutil.copytree(self.telecentres / name, to)


def set_up(folder: Path) -> Stage:
    """Make the packs at a centre, and telecentres that have installed some of them."""
    stage = Stage(folder / "packs", folder / "telecentres")
    stage.packs.mkdir()
    stage.telecentres.mkdir()
    _done(in_child(lambda: _make_packs(stage.packs), folder=_made(folder / "centre")))
    shutil.rmtree(folder / "centre")
    _done(in_child(_begin, folder=_made(stage.telecentres / "empty")))
    for version in (1, 2, 3):
        before = "empty" if version == 1 else f"v{version - 1}"
        to = stage.telecentre(before, to=stage.telecentres / f"v{version}")
        pack = stage.packs / f"v{version}.pack"
        _done(in_child(lambda pack=pack: install(pack), folder=to))
    _done(in_child(_start_once_more, folder=stage.telecentres / "v3"))
    _lose_files(
        stage.telecentre("v2", to=stage.telecentres / "lost"), before=stage.telecentres / "v1"
    )
    return stage


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _done(ending: Any) -> None:
    if ending.error or ending.signal:
        raise RuntimeError(ending.trace or ending)


def _begin() -> None:
    call_command("migrate", verbosity=0)
    _checkpoint()


def _make_packs(packs: Path) -> None:
    call_command("migrate", verbosity=0)
    (packs / "all").mkdir()
    for version in (1, 2, 3):
        course = publish_outline(outline(version))
        export_pack(course, to=packs / f"v{version}.pack", key=KEY)
        if version == 2:
            with PackReader.open(packs / "v1.pack", trusted=TRUSTED) as base:
                export_pack(course, to=packs / "delta.pack", key=KEY, base=base)
            together = export_pack(
                course, to=packs / "all" / "v2.pack", key=KEY, volume_size=VOLUME
            )
    for number, path in enumerate(together.paths):
        stick = packs / f"stick{number}"
        stick.mkdir()
        shutil.copy(path, stick)


def _start_once_more() -> None:
    """As if the machine had been started since the last version came."""
    Release.objects.update(boot_id=None)
    _checkpoint()


def _checkpoint() -> None:
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _lose_files(telecentre: Path, *, before: Path) -> None:
    """Half of the files that came with the last version."""
    own = {path.name for path in (telecentre / "blobs").glob("??/*")}
    own -= {path.name for path in (before / "blobs").glob("??/*")}
    for name in sorted(own)[::2]:
        (telecentre / "blobs" / name[:2] / name).unlink()

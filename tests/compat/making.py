"""Make the files of a new format version: ``python -m tests.compat.making``, once.

Settings and an empty data folder come from the environment, as for a centre. What is there
already is never written again.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import django

VERSION = "v1"
FOLDER = Path(__file__).parent / VERSION
PUBLISHED = datetime(2026, 2, 3, 8, 0, tzinfo=UTC)
VOLUME = 76_000  # bytes; about the least in which a file may be split


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if not (FOLDER / "exchange.json").exists():
        _exchange()
    if not (FOLDER / "full.pack").exists():
        _honest()
        _with_trust()
        _from_the_future()
        _note_packs()
    _sum_up()


def _exchange() -> None:
    """Before anything is published: the databases of both sides begin as copies of this one."""
    import logging

    from django.test.utils import setup_test_environment

    from tests.compat.exchange import tell_story
    from tests.machine.places import save_rows

    setup_test_environment()
    logging.disable(logging.INFO)
    with TemporaryDirectory() as folder:
        save_rows(Path(folder) / "empty")
        story = tell_story(Path(folder), Path(folder) / "empty")
    (FOLDER / "exchange.yelenbox").write_bytes(story.box)
    (FOLDER / "exchange.yelenack").write_bytes(story.answer)
    (FOLDER / "exchange.json").write_text(json.dumps(story.told, indent=1) + "\n")


def outline(version: int, *, film: bool = False):
    from courses.blobs import store_bytes
    from courses.outline import (
        CourseOutline,
        FileBlock,
        LessonOutline,
        ModuleOutline,
        RichTextBlock,
    )
    from tests.offline_pack.format.building import noise

    lines = [noise(20, seed=number).hex() for number in range(60)]
    lines[30] = f"Version {version}"
    blobs = [
        store_bytes("\n".join(lines).encode(), "text/plain"),
        store_bytes(noise(24_000, seed=1), "image/webp"),
        store_bytes(noise(900, seed=10 + version), "application/pdf"),
    ]
    if film:
        blobs.append(store_bytes(bytes(range(250)) * 320, "video/mp4"))
    lesson = LessonOutline(
        id=UUID(int=0xE1),
        title="Ouvrir un ordinateur",
        blocks=(
            RichTextBlock(html=f"<p>Version {version}</p>"),
            *(FileBlock(title="Fiche", blob=blob, filename="fiche.bin") for blob in blobs),
        ),
    )
    module = ModuleOutline(id=UUID(int=0xD1), title="Premiers pas", lessons=(lesson,))
    return CourseOutline(
        id=UUID(int=0xC1), slug="maintenance", title="Maintenance informatique", modules=(module,)
    )


def _publish(version: int, *, film: bool = False):
    from courses.publishing import publish_outline

    made = outline(version, film=film)
    return publish_outline(made, version=version, published_at=PUBLISHED)


def _honest() -> None:
    from offline_pack.format.reader import PackReader
    from offline_pack.making.exporter import export_pack
    from tests.offline_pack.format.building import KEY, TRUSTED

    course = _publish(1)
    export_pack(course, to=FOLDER / "full.pack", key=KEY)
    course = _publish(2)
    with PackReader.open(FOLDER / "full.pack", trusted=TRUSTED) as base:
        export_pack(course, to=FOLDER / "delta.pack", key=KEY, base=base)
    course = _publish(3, film=True)
    export_pack(course, to=FOLDER / "volumes.pack", key=KEY, volume_size=VOLUME)


def _with_trust() -> None:
    from offline_pack.making.exporter import export_pack
    from offline_pack.trust.chain import accept_trust_chain, adopt_trust
    from tests.offline_pack.format.building import KEY
    from tests.offline_pack.format.trusting import TRUST, A, packs_key, root_of, signed

    keys = (packs_key(KEY), *TRUST.keys)
    first = signed(A, keys=keys, root=root_of(A))
    second = signed(A, version=2, keys=keys, root=root_of(A), revoked=(TRUST.keys[0].key_id,))
    (FOLDER / "trust.1.json").write_bytes(first.data)
    adopt_trust([first.data])
    accept_trust_chain([second.data])
    export_pack(_publish(1), to=FOLDER / "trust.pack", key=KEY)


def _from_the_future() -> None:
    """The full pack again, with more in its manifest than anybody knows today."""
    from offline_pack.format.reader import PackReader
    from tests.offline_pack.format.building import TRUSTED, manifest_document

    document = manifest_document(FOLDER / "full.pack")
    with PackReader.open(FOLDER / "full.pack", trusted=TRUSTED) as pack:
        stored = {blob.sha256: b"".join(pack._stored_chunks(blob)) for blob in pack.manifest.blobs}
    _rebuild(FOLDER / "critical.pack", document | {"critical": ["telepathy", "zstd"]}, stored)
    document |= {"mood": {"of": ["tomorrow", 1]}}
    document["requires"] |= {"moon": "full"}
    for table in ("groups", "files", "blobs"):
        document[table] = [row | {"mood": [1, {"a": None}]} for row in document[table]]
    _rebuild(FOLDER / "tomorrow.pack", document, stored)


def _rebuild(path: Path, document: dict, stored: dict[str, bytes]) -> None:
    from offline_pack.format import archive, strictjson
    from tests.offline_pack.format.building import hostile_pack

    place = 8192
    for row in sorted(document["blobs"], key=lambda row: row["h"]):
        row["at"] = [[0, place, len(stored[row["h"]])]]
        place += len(stored[row["h"]])
    manifest = strictjson.canonical(document | {"volumes": [place]})
    hostile_pack(path, manifest)
    content = path.read_bytes()
    content += _entry(archive, "META/mood.json", b'{"mood":1}', at=len(content))
    content = content.ljust(8192, b"\0")
    path.write_bytes(content + b"".join(stored[row] for row in sorted(stored)))


def _entry(archive, name: str, data: bytes, *, at: int) -> bytes:
    entry = archive.place(name, at=at, size=len(data), aligned=False)
    return archive.local_header(entry, crc=0) + data


def _note_packs() -> None:
    """The manifests by themselves, and the public key."""
    from offline_pack.format.meta import read_meta
    from offline_pack.format.source import FileSource
    from tests.offline_pack.format.building import KEY

    for path in sorted(FOLDER.glob("*.pack")):
        with FileSource(path) as source:
            path.with_suffix(".json").write_bytes(read_meta(source).manifest)
    (FOLDER / "key.hex").write_text(KEY.public.hex() + "\n")


def _sum_up() -> None:
    (FOLDER / "SHA256SUMS").unlink(missing_ok=True)
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(FOLDER.iterdir())
    }
    (FOLDER / "SHA256SUMS").write_text("".join(f"{s}  {name}\n" for name, s in sums.items()))


if __name__ == "__main__":
    main()

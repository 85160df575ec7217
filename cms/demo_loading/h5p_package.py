"""Making a .h5p file of the project's own content type and an exercise. Plain Python."""

from __future__ import annotations

import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "demo" / "h5p"
LIBRARY = FOLDER / "Yelen.Sequence-1.0"
SAFETY_ORDER = FOLDER / "ordre-securite"

_EPOCH = (1980, 1, 1, 0, 0, 0)


def build_package(
    content_dir: Path, to: Path, *, libraries: tuple[Path, ...] = (LIBRARY,)
) -> Path:
    """Write a package; the same folders give the same bytes, whenever and wherever."""
    members = {str(path.relative_to(content_dir)): path for path in _files(content_dir)}
    for library in libraries:
        members |= {
            f"{library.name}/{path.relative_to(library)}": path for path in _files(library)
        }
    with zipfile.ZipFile(to, "w") as package:
        for name, path in sorted(members.items()):
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            package.writestr(info, path.read_bytes())
    return to


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]

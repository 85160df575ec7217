"""Drawings and H5P exercises of the demo, as Wagtail keeps them. For a centre only."""

from __future__ import annotations

import json
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model
from wagtail.images.models import Image

from cms.demo_loading import h5p_package
from cms.h5p_packages import H5PPackage
from courses.h5p.installing import definition_from_package, install_file

DRAWINGS = h5p_package.FOLDER.parent / "drawings"
EXERCISES = h5p_package.FOLDER


def ensure_drawing(name: str, *, title: str) -> Image:
    """The drawing as an image of the library: brought in once, replaced when drawn anew."""
    model, content = get_image_model(), (DRAWINGS / f"{name}.webp").read_bytes()
    label = f"{title} ({name})"
    image = model.objects.filter(title=label).first() or model(title=label)
    if not image.pk or _bytes_of(image) != content:
        image.file = ContentFile(content, name=f"{name}.webp")
        image.file_hash = ""
        image.save()
        image.get_file_hash()
    return image


def ensure_exercise(name: str) -> H5PPackage:
    """The exercise, built, checked and installed through the ordinary door."""
    file_name = f"{name}.h5p"
    with tempfile.TemporaryDirectory() as folder:
        path = h5p_package.build_package(EXERCISES / name, Path(folder) / file_name)
        installed = install_file(path, may_install_libraries=True)
    package, _created = H5PPackage.objects.update_or_create(
        file_name=file_name,
        defaults={
            "title": installed.title,
            "definition": definition_from_package(installed).to_dict(),
        },
    )
    return package


def exercise_in_words(name: str) -> str:
    """The text equivalent of a sequence exercise: what it asks and the right order, as HTML."""
    content: dict[str, Any] = json.loads(
        (EXERCISES / name / "content" / "content.json").read_text(encoding="utf-8")
    )
    steps = "".join(f"<li>{escape(step)}</li>" for step in content["steps"])
    return f"<p>{escape(content['task'])}</p><ol>{steps}</ol>"


def _bytes_of(image: Image) -> bytes:
    with image.open_file() as stream:
        content: bytes = stream.read()
        return content

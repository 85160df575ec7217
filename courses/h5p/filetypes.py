"""Which files an H5P package may hold, and as what they are served.

Source: H5P core's white lists. No svg and no html in content; libraries may hold code and svg,
which ``courses.h5p.views`` serves so that no script inside an svg can run.
"""

from __future__ import annotations

from pathlib import PurePosixPath

_IMAGES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
_FONTS = {
    "eot": "application/vnd.ms-fontobject",
    "ttf": "font/ttf",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "otf": "font/otf",
}
_MEDIA = {
    "webm": "video/webm",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "vtt": "text/vtt",
    "webvtt": "text/vtt",
    "gltf": "model/gltf+json",
    "glb": "model/gltf-binary",
}
_TEXTS = dict.fromkeys(("txt", "csv", "diff", "patch", "md", "textile"), "text/plain")
_DOCUMENTS = {"json": "application/json", "pdf": "application/pdf"} | dict.fromkeys(
    ("rtf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "swf"),
    "application/octet-stream",
)
_CODE = {
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "xml": "application/xml",
}

CONTENT_TYPES = _IMAGES | _FONTS | _MEDIA | _TEXTS | _DOCUMENTS
LIBRARY_TYPES = CONTENT_TYPES | _CODE


def extension(path: str) -> str:
    """Lower case, without the dot; empty when there is none."""
    return PurePosixPath(path).suffix[1:].lower()


def is_allowed_in_content(path: str) -> bool:
    return extension(path) in CONTENT_TYPES


def is_allowed_in_library(path: str) -> bool:
    return extension(path) in LIBRARY_TYPES


def media_type(path: str) -> str:
    return LIBRARY_TYPES.get(extension(path), "application/octet-stream")

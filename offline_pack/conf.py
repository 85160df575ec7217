"""The settings this app reads, with their defaults."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from courses import conf as courses_conf

_NOWHERE = (None, "localhost", "127.0.0.1", "::1")


def data_folder() -> Path:
    """Made when it is not there: a host site may have left it to the default."""
    folder = courses_conf.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keys_folder() -> Path:
    """Private keys of this installation; readable by its user only."""
    return data_folder() / "keys"


def packs_folder() -> Path:
    """Packs built here, for download."""
    return data_folder() / "packs"


def received_folder() -> Path:
    """Packs brought here by upload or download, to be installed."""
    return packs_folder() / "received"


def usb_folder() -> Path:
    """Where a USB stick shows up."""
    return Path(getattr(settings, "YELEN_USB_DIR", data_folder() / "usb"))


def reserve_bytes() -> int:
    """Room that an import leaves free, so that learners can always write."""
    return int(getattr(settings, "YELEN_RESERVE_BYTES", 512 * 1024 * 1024))


def ballast_bytes() -> int:
    """Size of the file that is given up when the disk is full, so that learners can go on."""
    return int(getattr(settings, "YELEN_BALLAST_BYTES", 32 * 1024 * 1024))


def centre_name() -> str:
    """How this centre calls itself in trust files."""
    return str(getattr(settings, "WAGTAIL_SITE_NAME", "Yelen"))


def centre_address() -> str:
    """Where telecentres reach this centre on the network; empty when nobody has said."""
    address = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).rstrip("/")
    return "" if urlsplit(address).hostname in _NOWHERE else address


def room_for_sync() -> int:
    """Bytes of free disk below which the centre asks telecentres to wait."""
    return int(getattr(settings, "YELEN_SYNC_ROOM_BYTES", 64 * 1024 * 1024))


def sync_at_once() -> int:
    """How many telecentres' batches one process of the centre takes at the same time."""
    return int(getattr(settings, "YELEN_SYNC_AT_ONCE", 3))


def sync_retry_seconds() -> int:
    """The least that a telecentre turned away is asked to wait."""
    return int(getattr(settings, "YELEN_SYNC_RETRY_SECONDS", 30))


def escrow_recipient() -> str:
    """An age recipient that can open every box besides the centre; empty: nobody else."""
    return str(getattr(settings, "YELEN_BOX_ESCROW", ""))


def lrs_url() -> str:
    """Where statements go besides; empty: nowhere."""
    return str(getattr(settings, "YELEN_LRS_URL", ""))


def lrs_credentials() -> tuple[str, str, str]:
    """User, password, and a token in place of the two."""
    names = ("YELEN_LRS_USER", "YELEN_LRS_PASSWORD", "YELEN_LRS_TOKEN")
    user, password, token = (str(getattr(settings, name, "")) for name in names)
    return user, password, token


def lrs_home_page() -> str:
    """The address that learners' ids belong to at the LRS."""
    own = getattr(settings, "PUBLIC_URL", "http://127.0.0.1:8000")
    return str(getattr(settings, "YELEN_LRS_HOME_PAGE", "") or own)


def lrs_with_names() -> bool:
    """Whether people's names go to the LRS."""
    return bool(getattr(settings, "YELEN_LRS_NAMES", False))


def is_centre() -> bool:
    """Whether this is the centre, and not a telecentre."""
    return not courses_conf.is_telecentre()

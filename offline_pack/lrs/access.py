"""Which LRS, and how it is to know us: the settings, read once a run."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from django.utils.crypto import salted_hmac

from offline_pack.conf import (
    is_centre,
    lrs_credentials,
    lrs_home_page,
    lrs_url,
    lrs_with_names,
)
from offline_pack.lrs.errors import LrsOffError, LrsSettingsError


@dataclass(frozen=True, slots=True)
class LrsAccess:
    """``authorization`` and ``secrets`` are in no representation of this."""

    parts: SplitResult = field(repr=False)  # of the endpoint, without a slash at its end
    authorization: str = field(repr=False)  # the header's value; may be empty
    secrets: tuple[str, ...] = field(repr=False)
    home_page: str
    with_names: bool

    @property
    def host(self) -> str:
        return self.parts.netloc

    @property
    def digest(self) -> str:
        """Changes with the settings, and tells nothing of them."""
        said = self.parts.geturl() + self.authorization
        return salted_hmac("yelen.lrs", said, algorithm="sha256").hexdigest()


def is_forwarding_on() -> bool:
    return is_centre() and bool(lrs_url())


def lrs_access() -> LrsAccess:
    """Raises ``LrsOffError``, and ``LrsSettingsError`` when they make no sense."""
    if not is_forwarding_on():
        raise LrsOffError("no LRS is set")
    user, password, token = lrs_credentials()
    if token and (user or password):
        raise LrsSettingsError("a token, or a user with a password: not both")
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    authorization = f"Bearer {token}" if token else f"Basic {pair}" if user or password else ""
    if not (authorization.isascii() and authorization.isprintable()):
        raise LrsSettingsError("the token holds what no header can hold")
    return LrsAccess(
        parts=_endpoint(lrs_url()),
        authorization=authorization,
        secrets=tuple(secret for secret in (token, password, pair) if secret),
        home_page=_home_page(),
        with_names=lrs_with_names(),
    )


def _endpoint(text: str) -> SplitResult:
    """Of the xAPI endpoint; ``.../statements`` is taken for it too."""
    parts = _web_address(text)
    if parts is None:
        raise LrsSettingsError("YELEN_LRS_URL is not a web address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise LrsSettingsError(
            "YELEN_LRS_URL holds more than an address: user and password go elsewhere"
        )
    path = parts.path.rstrip("/").removesuffix("/statements")
    return parts._replace(path=path)


def _home_page() -> str:
    """What xAPI calls an account's ``homePage`` is an address, or statements are refused."""
    if _web_address(lrs_home_page()) is None:
        raise LrsSettingsError("YELEN_LRS_HOME_PAGE is not a web address")
    return lrs_home_page()


def _web_address(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        is_right = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return None
    is_plain = text.isascii() and text.isprintable() and " " not in text
    return parts if is_right and is_plain and parts.scheme in ("http", "https") else None

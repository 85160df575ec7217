"""Why a pack is refused. Each reason is a class of its own; its facts are its attributes."""

from __future__ import annotations

from datetime import datetime


class PackFormatError(Exception):
    """Base of every refusal by the pack format."""


class NotAPackError(PackFormatError):
    """The file does not begin as a pack does."""


class UnsafeFileError(PackFormatError):
    """A symbolic link, a folder or a device stands where a pack was expected."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not an ordinary file")
        self.path = path


class PackSizeError(PackFormatError):
    """The file is not as long as its manifest says: most often a copy cut short."""

    def __init__(self, *, expected: int, actual: int) -> None:
        super().__init__(f"the pack should be {expected} bytes long and is {actual}")
        self.expected, self.actual = expected, actual


class MetaTooLargeError(PackFormatError):
    """The manifest or the signature is larger than any honest one."""

    def __init__(self, name: str, *, size: int, limit: int) -> None:
        super().__init__(f"{name} is {size} bytes; at most {limit} are allowed")
        self.name, self.size, self.limit = name, size, limit


class StrictJSONError(PackFormatError):
    """Not the plain JSON that is asked for."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SignatureError(PackFormatError):
    """Base of every doubt about who made the pack."""


class MalformedSignatureError(SignatureError):
    """The signature file itself is damaged."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the signature cannot be read: {reason}")
        self.reason = reason


class BadSignatureError(SignatureError):
    """A trusted key's signature does not fit these bytes."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the signature by key {key_id[:16]} does not fit")
        self.key_id = key_id


class UnknownKeyError(SignatureError):
    """Nobody told this reader to trust any of the keys that signed."""

    def __init__(self, key_ids: tuple[str, ...]) -> None:
        super().__init__(f"signed by unknown key {', '.join(k[:16] for k in key_ids)}")
        self.key_ids = key_ids


class RevokedKeyError(SignatureError):
    """The key was trusted once; the centre has withdrawn it."""

    def __init__(self, key_id: str, *, revoked_at: datetime) -> None:
        super().__init__(f"key {key_id[:16]} was revoked on {revoked_at:%Y-%m-%d}")
        self.key_id, self.revoked_at = key_id, revoked_at


class WrongPurposeError(SignatureError):
    """The key is trusted, but for something else."""

    def __init__(self, key_id: str, *, purpose: str, needed: str) -> None:
        super().__init__(f"key {key_id[:16]} is for {purpose}, not for {needed}")
        self.key_id, self.purpose, self.needed = key_id, purpose, needed


class ManifestError(PackFormatError):
    """The manifest breaks a rule; ``where`` is the place, such as ``blobs[3].at``."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


class UnsupportedVersionError(PackFormatError):
    """A format version this software is too old for."""

    def __init__(self, version: int) -> None:
        super().__init__(f"pack format version {version} needs newer software")
        self.version = version


class UnsupportedFeatureError(PackFormatError):
    """The pack needs features this software does not know."""

    def __init__(self, features: tuple[str, ...]) -> None:
        super().__init__(f"the pack needs newer software: {', '.join(features)}")
        self.features = features


class RequirementError(PackFormatError):
    """The pack asks for something this installation is not, such as a newer Yelen."""

    def __init__(self, what: str, *, needed: str, present: str) -> None:
        super().__init__(f"the pack needs {what} {needed}; here it is {present}")
        self.what, self.needed, self.present = what, needed, present


class BlobDamagedError(PackFormatError):
    """Stored bytes are not the blob their name promises."""

    def __init__(self, sha256: str, *, reason: str) -> None:
        super().__init__(f"blob {sha256[:12]} is damaged: {reason}")
        self.sha256, self.reason = sha256, reason


class PackDamagedError(PackFormatError):
    """Some blobs of the pack are damaged; all of them are named at once."""

    def __init__(self, damaged: tuple[str, ...], *, total: int) -> None:
        super().__init__(f"{len(damaged)} of {total} blobs are damaged")
        self.damaged, self.total = damaged, total


class VolumeSizeError(PackFormatError):
    """While building: volumes of that size cannot hold the pack. Both are bytes."""

    def __init__(self, *, size: int, least: int) -> None:
        super().__init__(f"volumes of {size} bytes are too small; at least {least} are needed")
        self.size, self.least = size, least


class ForeignVolumeError(PackFormatError):
    """A volume of another pack, or of another build of it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not a volume of this pack")
        self.path = path


class VolumesMissingError(PackFormatError):
    """Volumes that are not at hand; they are counted from 1, as people do."""

    def __init__(self, missing: tuple[int, ...], *, total: int) -> None:
        listed = ", ".join(str(number) for number in missing)
        super().__init__(f"volume {listed} of {total} is not at hand")
        self.missing, self.total = missing, total


class BaseMissingError(PackFormatError):
    """A delta pack stands on a release whose blobs are not all here."""

    def __init__(self, missing: tuple[str, ...], *, rev: int) -> None:
        super().__init__(f"{len(missing)} blobs of version {rev} are not here")
        self.missing, self.rev = missing, rev


class BlobNotInPackError(PackFormatError):
    def __init__(self, sha256: str) -> None:
        super().__init__(f"blob {sha256[:12]} is not in this pack")
        self.sha256 = sha256


class PackReadError(PackFormatError):
    """The medium gave an error, or went away, while it was read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the pack could not be read: {reason}")
        self.reason = reason


class SourceMismatchError(PackFormatError):
    """While building: a source's bytes are not the blob they were announced as."""

    def __init__(self, *, expected: str, actual: str) -> None:
        super().__init__(f"expected blob {expected[:12]}, found {actual[:12]}")
        self.expected, self.actual = expected, actual


class KeyFileError(PackFormatError):
    """A private key file is not one of ours."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} does not hold a private key")
        self.path = path


class TrustError(PackFormatError):
    """Base of every doubt about what a centre says of its keys."""


class TrustDocumentError(TrustError):
    """Not a trust document, or a damaged one."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the trust document cannot be used: {reason}")
        self.reason = reason


class TrustThresholdError(TrustError):
    """Too few of the root keys signed it."""

    def __init__(self, *, version: int, signed: int, needed: int) -> None:
        super().__init__(f"trust version {version} has {signed} root signatures of {needed}")
        self.version, self.signed, self.needed = version, signed, needed


class TrustForkError(TrustError):
    """Two documents of one version say different things: somebody lies, or a backup came back."""

    def __init__(self, *, version: int) -> None:
        super().__init__(f"trust version {version} was known with another content")
        self.version = version


class OtherRootError(TrustError):
    """A trust document that no root key held here has signed: another centre's."""

    def __init__(self, *, offered: str, held: str) -> None:
        super().__init__(f"the root keys {offered} are not the ones held, {held}")
        self.offered, self.held = offered, held  # fingerprints

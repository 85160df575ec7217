"""The pack file ``yelenpack/1``: plain Python, no Django; docs/reference/pack-format.md."""

from offline_pack.format.manifest import Manifest
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import SigningKey, TrustedKeys, VerifyingKey
from offline_pack.format.storing import PackFile
from offline_pack.format.writer import BuiltPack, build_pack

__all__ = [
    "BuiltPack",
    "Manifest",
    "PackFile",
    "PackReader",
    "SigningKey",
    "TrustedKeys",
    "VerifyingKey",
    "build_pack",
]

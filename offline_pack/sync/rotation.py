"""New keys for a device, brought in by its old ones: what is offered, and what is proven.

Source: docs/reference/sync-protocol.md, New keys for a device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from offline_pack.format.signing import (
    DEVICE,
    KEY_BYTES,
    SIGNATURE_BYTES,
    SigningKey,
    VerifyingKey,
)

ROTATION_TYPE = "yelen-rotation/1"


@dataclass(frozen=True, slots=True)
class Rotation:
    """In a batch's header, which the old key signs; ``proof`` is by the new one."""

    key: VerifyingKey
    age: str
    proof: bytes

    def to_wire(self) -> dict[str, str]:
        return {"key": self.key.public.hex(), "age": self.age, "proof": self.proof.hex()}

    @classmethod
    def from_wire(cls, told: Any) -> Rotation:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
        public, proof = bytes.fromhex(told["key"]), bytes.fromhex(told["proof"])
        age = str(told["age"])[:100]
        if len(public) != KEY_BYTES or len(proof) != SIGNATURE_BYTES or not age.isascii():
            raise ValueError("a key, a recipient and a signature are expected")
        return cls(VerifyingKey(public, DEVICE), age, proof)

    def check(self, *, device: UUID, old: str) -> None:
        """Raises ``BadSignatureError`` unless whoever has the new key wants just that."""
        payload = _payload(device, old, self.key.public.hex(), self.age)
        self.key.verify(ROTATION_TYPE, payload, self.proof)


def offer_rotation(new: SigningKey, age: str, *, device: UUID, old: str) -> Rotation:
    """``old`` is the key id of the key that signs the batch."""
    proof = new.sign(ROTATION_TYPE, _payload(device, old, new.public.hex(), age))
    return Rotation(VerifyingKey(new.public, DEVICE), age, proof)


def _payload(device: UUID, old: str, key: str, age: str) -> bytes:
    return f"{device.hex}\n{old}\n{key}\n{age}".encode()

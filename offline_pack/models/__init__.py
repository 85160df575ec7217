"""Packs built and installed here, the keys believed, and long work under way."""

from offline_pack.models.available_pack import AvailablePack
from offline_pack.models.centre_link import CentreLink
from offline_pack.models.device_key import DeviceContact, DeviceKey
from offline_pack.models.erasure_report import ErasurePlace, ErasureReport
from offline_pack.models.installed_pack import InstalledPack
from offline_pack.models.job import Job, JobState
from offline_pack.models.key import Purpose, TrustedKey
from offline_pack.models.lrs import LrsCursor, LrsState, LrsStraggler
from offline_pack.models.pack import Pack, Release
from offline_pack.models.pairing_code import PairingCode
from offline_pack.models.pairing_request import AskedBy, OwnRequest, PairingRequest
from offline_pack.models.pending_batch import PendingBatch
from offline_pack.models.quarantine import QuarantinedFact
from offline_pack.models.quiet_time import QuietTime
from offline_pack.models.scrubbing import Rot, RottenBlob, ScrubState
from offline_pack.models.snapshot import Snapshot, SnapshotKind
from offline_pack.models.sync_plan import Rhythm, SyncPlan
from offline_pack.models.trust_document import TrustDocument
from offline_pack.models.withdrawn_release import WithdrawnRelease

__all__ = [
    "AskedBy",
    "AvailablePack",
    "CentreLink",
    "DeviceContact",
    "DeviceKey",
    "ErasurePlace",
    "ErasureReport",
    "InstalledPack",
    "Job",
    "JobState",
    "LrsCursor",
    "LrsState",
    "LrsStraggler",
    "OwnRequest",
    "Pack",
    "PairingCode",
    "PairingRequest",
    "PendingBatch",
    "Purpose",
    "QuarantinedFact",
    "QuietTime",
    "Release",
    "Rhythm",
    "Rot",
    "RottenBlob",
    "ScrubState",
    "Snapshot",
    "SnapshotKind",
    "SyncPlan",
    "TrustDocument",
    "TrustedKey",
    "WithdrawnRelease",
]

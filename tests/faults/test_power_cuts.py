"""The power goes: on a real ext4, what was promised is there and nothing else is half there.

``make faults`` cuts it 100 times; here it is 24. Needs root and loop devices.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.running import told_by

CUTS = int(os.environ.get("YELEN_FAULTS_CUTS") or 24)


def told(module: str, **environment: str) -> dict:
    answer = told_by(module, **environment)
    if "no_disk" in answer:
        pytest.skip(f"no disk can be made here: {answer['no_disk']}")
    return answer


@pytest.mark.slow
def test_a_power_cut_leaves_one_whole_version_and_every_saved_name(root):
    found = told("cutting", YELEN_FAULTS_CUTS=str(CUTS))

    print("\npower cuts:", {name: found[name] for name in found if name != "faults"})
    assert found["faults"] == [], f"YELEN_FAULTS_SEED={found['seed']}"
    assert sum(found["cuts"].values()) == CUTS
    assert found["names_saved"] >= CUTS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("precaution", "harm"), [("syncfs", "are not its name's"), ("full", "to be saved")]
)
def test_without_its_precautions_the_same_cuts_do_harm(root, precaution, harm):
    # A kernel that happens to write in time does no harm: one of some rounds is enough. The
    # first is, as a rule: the steps always tried have the names written before the cut.
    rounds = (
        told("cutting", YELEN_FAULTS_CUTS="11", YELEN_FAULTS_WITHOUT=precaution) for _ in range(6)
    )

    assert any(harm in fault for found in rounds for fault in found["faults"])


def test_a_power_cut_while_a_key_is_made_leaves_none_or_a_whole_one(root):
    found = told("first_boot")

    assert found["faults"] == []
    assert found["cuts"] == 9

"""``kill -9`` at every named step and at random moments: one whole version, and a retry completes.

``make faults`` interrupts 500 imports; here it is 60. The seed that is printed repeats a run.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.running import told_by

IMPORTS = int(os.environ.get("YELEN_FAULTS_TRIALS") or 60)


@pytest.mark.slow
def test_whatever_is_killed_leaves_one_whole_version_and_can_be_done_again():
    told = told_by("killing", YELEN_FAULTS_TRIALS=str(IMPORTS))

    print("\nkilled:", {name: told[name] for name in told if name not in ("steps", "faults")})
    assert told["faults"] == [], f"YELEN_FAULTS_SEED={told['seed']}"
    assert told["interrupted"] == {
        "import": IMPORTS,
        "rollback": IMPORTS // 10,
        "collection": IMPORTS // 10,
    }
    assert min(told["at_steps"], told["by_chance"]) > IMPORTS // 5
    assert 0 < told["left_as_before"] < sum(told["interrupted"].values())

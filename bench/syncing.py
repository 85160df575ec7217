"""Sync: a telecentre and a centre, two processes over HTTP, conclusions drawn at the centre."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from statistics import median
from typing import Any

from bench.counting import Counted, counting
from bench.fixtures import demo
from bench.instances import inside, served, twin
from bench.measuring import ROUNDS, BenchError, Family, Run, Value, say, settle
from cms.demo.instances import Instance

STATEMENTS, LEARNERS = 24_000, 60
FEW_STATEMENTS, MANY_STATEMENTS = 2_400, (96_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Round:
    """One sync of everything; ``idle`` is a second one, with nothing new."""

    per_second: float
    per_cpu_second: float  # of both processes together, without a database server
    bytes_each: float
    peak_mb: tuple[float, float]  # telecentre, centre
    idle: Counted


def measure(run: Run) -> Iterator[Value]:
    both, waiting = demo(run), recorded(run, STATEMENTS)
    rounds = [
        one_round(run, waiting, to=twin(both.centre, run.fresh("receiving")), port=both.port)
        for _ in range(ROUNDS)
    ]
    per_second = median(found.per_second for found in rounds)
    bare = median(_bulk(run, waiting) for _ in range(ROUNDS))
    say(f"  bulk_create alone: {bare:.0f} a second")
    yield "sync_per_s_sqlite", per_second
    yield "sync_per_cpu_s_sqlite", median(found.per_cpu_second for found in rounds)
    yield "sync_vs_bulk", per_second / bare
    yield "bytes_per_statement", median(found.bytes_each for found in rounds)
    yield "sync_peak_mb", max(max(found.peak_mb) for found in rounds)
    idle = rounds[-1].idle
    yield "idle_sync_requests", idle.requests
    yield "idle_sync_bytes", idle.sent + idle.received
    more = MANY_STATEMENTS if run.full else ()
    for statements in (FEW_STATEMENTS, *more):
        centre = twin(both.centre, run.fresh("receiving"))
        found = one_round(run, recorded(run, statements), to=centre, port=both.port)
        yield f"sync_peak_{statements}_mb", max(found.peak_mb)
    yield "sync_peak_apart_mb", peak_apart(run, STATEMENTS)
    for statements in (FEW_STATEMENTS, *more):
        yield f"sync_peak_apart_{statements}_mb", peak_apart(run, statements)


def peak_apart(run: Run, statements: int) -> float:
    """The most that the centre's process for telecentres ever had; it has no Wagtail."""
    both = demo(run)
    centre = replace(twin(both.centre, run.fresh("receiving")), role="central_sync")
    say("  the centre's process for telecentres:")
    return one_round(run, recorded(run, statements), to=centre, port=both.port).peak_mb[1]


@cache
def recorded(run: Run, statements: int) -> Instance:
    """A telecentre where so many statements wait; made once a run, copy it before use."""
    telecentre = twin(demo(run).telecentre, run.fresh("recorded"))
    started = time.monotonic()
    inside(telecentre, "bench.stories:record", LEARNERS, statements)
    say(f"  {statements} statements recorded in {time.monotonic() - started:.0f} s")
    return telecentre


def one_round(run: Run, waiting: Instance, *, to: Instance, port: int) -> Round:
    """Sync a copy of ``waiting``, which looks for its centre at ``port``, with ``to``."""
    telecentre = twin(waiting, run.fresh("sending"))
    settle()
    with served(to) as server:
        before, cpu = server.peak_mb(), server.cpu_s()
        with counting(port=port, to=server.address) as counted:
            first = inside(telecentre, "bench.syncing:sync_once")
        cpu = server.cpu_s() - cpu
        with counting(port=port, to=server.address) as idle:
            again = inside(telecentre, "bench.syncing:sync_once")
        peak = server.peak_mb()
    if not first["sent"] == first["stored"] > again["sent"] == 0:
        raise BenchError(f"sent {first['sent']}, stored {first['stored']}, then {again['sent']}")
    found = Round(
        per_second=first["stored"] / first["seconds"],
        per_cpu_second=first["stored"] / (first["cpu"] + cpu),
        bytes_each=counted.sent / first["sent"],
        peak_mb=(first["peak_mb"], peak),
        idle=idle,
    )
    say(
        f"  {first['stored']} in {first['seconds']:.1f} s, {first['cpu']:.1f} s of CPU here and "
        f"{cpu:.1f} s at the centre, {found.bytes_each:.1f} bytes each; "
        f"peak {found.peak_mb[0]:.0f} MB here, {peak:.0f} MB at the centre ({before:.0f} before); "
        f"then nothing new: {idle.requests} requests, {idle.sent} + {idle.received} bytes, "
        f"{again['seconds']:.2f} s"
    )
    return found


def _bulk(run: Run, waiting: Instance) -> float:
    """Rows a second of ``bulk_create`` and nothing else: what the database itself can do."""
    telecentre = twin(waiting, run.fresh("inserting"))
    settle()
    found = inside(telecentre, "bench.syncing:insert_once")
    return float(found["rows"] / found["seconds"])


def sync_once() -> dict[str, Any]:
    """Inside a telecentre: one whole exchange."""
    from offline_pack.syncing import sync_with_centre

    started, cpu = time.perf_counter(), time.process_time()
    done = sync_with_centre()
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "sent": done.sent,
        "stored": done.stored - done.rejected,
    }


def insert_once() -> dict[str, Any]:
    """Inside a telecentre: its statements taken out, then put back in transactions of 500."""
    from django.db import transaction

    from lms.models import Statement
    from offline_pack.sync.envelope import USUAL_FACTS

    rows = list(Statement.objects.order_by("sequence"))
    everything = Statement.objects.all()
    everything._raw_delete(everything.db)  # no signals, no cascade: only room is to be made
    started = time.perf_counter()
    for at in range(0, len(rows), USUAL_FACTS):
        with transaction.atomic():
            Statement.objects.bulk_create(rows[at : at + USUAL_FACTS])
    return {"seconds": time.perf_counter() - started, "rows": len(rows)}


FAMILY = Family(
    names=(
        "sync_per_s_sqlite",
        "sync_per_cpu_s_sqlite",
        "sync_vs_bulk",
        "bytes_per_statement",
        "sync_peak_mb",
        "idle_sync_requests",
        "idle_sync_bytes",
        "sync_peak_2400_mb",
        "sync_peak_apart_mb",
        "sync_peak_apart_2400_mb",
    ),
    measure=measure,
)

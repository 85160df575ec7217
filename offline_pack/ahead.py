"""Produce in one thread what another uses up: reading and hashing go on while the disk writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

_Item = TypeVar("_Item")
_POLL = 0.1  # seconds between two looks whether anybody still wants what comes


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


def ahead(source: Iterable[_Item], *, depth: int) -> Iterator[_Item]:
    """The items of ``source``, made in a thread at most ``depth`` items before they are wanted.

    What ``source`` raises is raised here, at its place. Whoever stops early stops the thread.
    """
    waiting: Queue[object] = Queue(maxsize=depth)
    stopped = Event()

    def put(item: object) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=_POLL)
            except Full:
                continue
            return

    def produce() -> None:
        try:
            for item in source:
                put(item)
                if stopped.is_set():
                    return
            put(_END)
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            put(_Failure(error))

    thread = Thread(target=produce, name="ahead", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        _drain(waiting)
        thread.join()


def _drain(waiting: Queue[object]) -> None:
    try:
        while True:
            waiting.get_nowait()
    except Empty:
        return

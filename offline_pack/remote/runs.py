"""Wanted pieces as few requests: near ones are fetched together, with what lies between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offline_pack.remote.drafts import Draft

GAP = 64 * 1024  # bytes that cost less than another request
LONGEST = 64 * 1024 * 1024  # bytes: as much as the store takes at a time


@dataclass(frozen=True, slots=True)
class Run:
    """One range of one volume, and the drafts it fills, in the order of their places."""

    drafts: tuple[Draft, ...]

    @property
    def volume(self) -> int:
        return self.drafts[0].volume

    @property
    def start(self) -> int:
        return self.drafts[0].next

    @property
    def end(self) -> int:
        return self.drafts[-1].end

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return self.end - self.start


def runs_of(drafts: Sequence[Draft], *, gap: int = GAP, longest: int = LONGEST) -> Iterator[Run]:
    """The requests that bring all the drafts, which come in order."""
    run: list[Draft] = []
    for draft in drafts:
        if run and not _joins(run, draft, gap=gap, longest=longest):
            yield Run(tuple(run))
            run = []
        run.append(draft)
    if run:
        yield Run(tuple(run))


def bytes_to_fetch(drafts: Sequence[Draft]) -> int:
    """What all the requests bring together."""
    return sum(run.size for run in runs_of(drafts))


def _joins(run: list[Draft], draft: Draft, *, gap: int, longest: int) -> bool:
    last = run[-1]
    return (
        last.volume == draft.volume
        and draft.next - last.end <= gap
        and draft.end - run[0].next <= longest
    )

"""One world for one run: its places, line, sticks and copies, and the ledger beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from lms.models import Learner
from tests.machine import looking
from tests.machine.building import Beginning, begin_again
from tests.machine.clocks import Time
from tests.machine.ledger import Ledger
from tests.machine.line import Line
from tests.machine.places import Killed, Place

STICKS = ("first", "second")
MOST_PLACES = 5
MOST_COPIES = 4
MOST_LEARNERS = 16


@dataclass(frozen=True, slots=True)
class Card:
    """A copy of a telecentre's card, and what was on it."""

    folder: Path
    seat: int
    held: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class CentreCopy:
    file: Path
    held: frozenset[UUID]


@dataclass
class World:
    folder: Path
    beginning: Beginning
    time: Time
    centre: Place
    places: list[Place]
    line: Line
    ledger: Ledger = field(default_factory=Ledger)
    cards: list[Card] = field(default_factory=list)
    centre_copies: list[CentreCopy] = field(default_factory=list)
    bag: list[Path] = field(default_factory=list)  # boxes the courier forgot there
    touched: set[str] = field(default_factory=set)  # places to look at after this step
    marked: set[UUID] = field(default_factory=set)  # facts in copies that were called durable
    put_back_at: int = 0  # when the centre last was, in the world's time
    learners: int = 0  # made since the beginning
    _count: int = 0

    @classmethod
    def new(cls, beginning: Beginning, folder: Path, seed: int) -> World:
        centre, places = begin_again(beginning, folder / "places", seed=seed)
        world = cls(folder, beginning, beginning.time, centre, places, beginning.line)
        for name in STICKS:
            (folder / name).mkdir()
        for place in places:
            world._begins_at(place)
        return world

    def _begins_at(self, place: Place) -> None:
        with place.at_work():
            self.ledger.cards[place.name] = set()
            self.ledger.records(place.name, looking.statements().values())
            for learner in Learner.objects.all():
                self.ledger.registers(learner.pk, seat=place.seat)

    def telecentre(self, place: Place) -> UUID:
        return self.beginning.telecentres[place.seat]

    def stick(self, name: str) -> Path:
        return self.folder / name

    @contextmanager
    def at(self, place: Place, *, dies_at: int = 0) -> Iterator[None]:
        """That machine at work; it may be switched off on the way, and starts again."""
        self.touched.add(place.name)
        try:
            with place.at_work(), place.dying_at(dies_at):
                yield
        except Killed:
            place.clock = self.time.boot(ahead=place.clock.ahead)

    def write_down_news(self, place: Place) -> set[UUID]:
        """Enter what was recorded there into the ledger; what it was."""
        with place.at_work():
            held = self.ledger.cards[place.name]
            found = {pk: told for pk, told in looking.statements().items() if pk not in held}
        self.ledger.records(place.name, found.values())
        return set(found)

    def sent_all(self, place: Place) -> None:
        """After a sync that came to its end the centre holds all there is on the card."""
        with self.centre.at_work():
            held = looking.statements().keys() | looking.aside().keys()
        assert self.ledger.cards[place.name] <= held, f"{place.name} said it had sent all"

    def new_name(self) -> str:
        """Of the next learner; empty when there are enough of them."""
        if self.learners == MOST_LEARNERS:
            return ""
        self.learners += 1
        return f"Learner {self.learners:02d}"

    def new_folder(self) -> Path:
        self._count += 1
        return self.folder / f"copy-{self._count}"

    def keep_card(self, place: Place) -> None:
        folder = self.new_folder()
        place.copied_to(folder)
        held = frozenset(self.ledger.cards[place.name])
        self.cards = [*self.cards, Card(folder, place.seat, held)][-MOST_COPIES:]

    def put_card_back(self, place: Place, card: Card) -> None:
        place.put_back(card.folder)
        place.clock = self.time.boot(ahead=place.clock.ahead)
        self.ledger.cards[place.name] = set(card.held)
        self.ledger.believers.discard(place.name)
        self.touched.add(place.name)

    def clone(self, place: Place) -> None:
        folder = self.new_folder()
        place.copied_to(folder)
        name = f"{place.name} {folder.name}"
        clock = self.time.boot(ahead=place.clock.ahead)
        self.places.append(Place(name, place.role, folder, clock, self.time, seat=place.seat))
        self.ledger.cards[name] = set(self.ledger.cards[place.name])
        self.touched.add(name)

    def put_centre_back(self, copy: CentreCopy) -> None:
        self.centre.put_rows_back(copy.file)
        self.centre.clock = self.time.boot()
        self.ledger.centre = set(copy.held)
        self.ledger.believers.clear()
        self.put_back_at = self.time.now
        self.touched.add(self.centre.name)

    def switch_off(self) -> None:
        for place in (self.centre, *self.places):
            place.switch_off()
        shutil.rmtree(self.folder)

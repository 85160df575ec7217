"""One world for one run: its places, line, sticks and copies, and the ledger beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from lms.models import Learner
from lms.recording import own_device
from offline_pack.models import DeviceKey
from offline_pack.sync.accepting import AFTER_THEFT
from offline_pack.telecentres.stolen import revoke_device
from tests.machine import looking
from tests.machine.building import SEATS, Beginning, begin_again, join, make_machine
from tests.machine.clocks import Time
from tests.machine.ledger import Ledger, Pair
from tests.machine.line import Line
from tests.machine.places import TELECENTRE, Killed, Place

STICKS = ("first", "second")
MOST_PLACES = 5
MOST_COPIES = 4
MOST_LEARNERS = 16
MOST_THEFTS = 2


@dataclass(frozen=True, slots=True)
class Card:
    """A copy of a telecentre's card, and what was on it."""

    folder: Path
    seat: int
    device: UUID
    held: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class CentreCopy:
    file: Path
    held: frozenset[UUID]
    pairs: Mapping[Pair, bool]


@dataclass(frozen=True, slots=True)
class Theft:
    device: UUID
    since: datetime


@dataclass
class World:
    folder: Path
    beginning: Beginning
    time: Time
    centre: Place
    places: list[Place]
    line: Line
    thieves: list[Place] = field(default_factory=list)  # with their places
    thefts: list[Theft] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    cards: list[Card] = field(default_factory=list)
    centre_copies: list[CentreCopy] = field(default_factory=list)
    bag: list[Path] = field(default_factory=list)  # boxes the courier forgot there
    touched: set[str] = field(default_factory=set)  # places to look at after this step
    marked: set[UUID] = field(default_factory=set)  # facts in copies that were called durable
    folded: set[int] = field(default_factory=set)  # states whose figures were found right
    put_back_at: int = 0  # when the centre last was, in the world's time
    lost_days: int = 0  # of the centre
    quiet_days: int = 0
    learners: int = 0  # made since the beginning
    cut_off: int | None = None  # seat of the telecentre that has no line at the end
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

    def place(self, number: int) -> Place:
        return self.places[number % len(self.places)]

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
        card = Card(folder, place.seat, device_of(place), held)
        self.cards = [*self.cards, card][-MOST_COPIES:]

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

    def twin(self, place: Place) -> Place:
        """A clone of it, which may have to be made; itself when there are too many machines."""
        twins = [other for other in self.places if other.seat == place.seat and other != place]
        if not twins and len(self.places) < MOST_PLACES:
            self.clone(place)
            return self.places[-1]
        return twins[0] if twins else place

    def put_centre_back(self, copy: CentreCopy) -> None:
        self.centre.put_rows_back(copy.file)
        self.centre.clock = self.time.boot()
        self.ledger.centre, self.ledger.pairs = set(copy.held), dict(copy.pairs)
        self.ledger.believers.clear()
        self.put_back_at = self.time.now
        self.touched.add(self.centre.name)
        self._tell_the_centre_again()

    def _tell_the_centre_again(self) -> None:
        """What its operator remembers: which machines were stolen, and which are in use."""
        with self.centre.at_work():
            paired = set(DeviceKey.objects.values_list("device", flat=True))
            for theft in self.thefts:
                if theft.device in paired:
                    revoke_device(theft.device, stolen_at=theft.since)
            # Of a copy in which more came late.
            self.ledger.doubted |= looking.aside_for(AFTER_THEFT)
        for place in self.places:
            if (device := device_of(place)) not in paired:
                join(place, self.telecentre(place), line=self.line)
                paired.add(device)

    def lose_device(self, theft: Theft) -> None:
        """With all its clones, and the copies of its card."""
        self.thefts.append(theft)
        gone = [place for place in self.places if device_of(place) == theft.device]
        for place in gone:
            self.places.remove(place)
            del self.ledger.cards[place.name]
            self.ledger.believers.discard(place.name)
            self.touched.discard(place.name)
        self.thieves += gone
        self.cards = [card for card in self.cards if card.device != theft.device]

    def add_machine(self, seat: int) -> None:
        folder = self.new_folder()
        name = f"{SEATS[seat]} {folder.name}"
        place = Place(name, TELECENTRE, folder, self.time.boot(), self.time, seat=seat)
        make_machine(place, self.beginning)
        self.places.append(place)
        self.ledger.cards[name] = set()
        self.touched.add(name)

    def switch_off(self) -> None:
        for place in (self.centre, *self.places, *self.thieves):
            place.switch_off()
        shutil.rmtree(self.folder)


def device_of(place: Place) -> UUID:
    with place.at_work():
        return own_device().pk

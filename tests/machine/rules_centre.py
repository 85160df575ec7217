"""What the centre's people do: with learners, with copies, with what was set aside."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from lms.learners import register_learner
from lms.models import Learner, Telecentre
from lms.progress import rebuild_all
from offline_pack.archiving import back_up, mark_durable
from offline_pack.sync.accepting import AFTER_THEFT
from offline_pack.telecentres.releasing import release_reason
from tests.machine import deeds, looking
from tests.machine.building import SEATS
from tests.machine.line import Weather
from tests.machine.rules_learning import DEEDS, PLACE, WHO, register
from tests.machine.rules_line import by_line, good_day, sync
from tests.machine.rules_stick import all_by_stick
from tests.machine.world import MOST_COPIES, MOST_LEARNERS, CentreCopy, World

SEAT = st.integers(0, len(SEATS) - 1)
MOST_LOST_DAYS = 4  # each is as dear as ten other steps
SOMEBODY = st.one_of(st.just(0), st.integers(0, MOST_LEARNERS))
NO_ANSWER = (Weather("lost_answer"), Weather("killed"))
CHANGES = ("moves", "moves", "leaves", "comes back", "joins a group", "leaves a group")


def remembered() -> QuerySet[Learner]:
    """Those not forgotten, the newest first."""
    return Learner.objects.exclude(pk__in=looking.forgotten()).order_by("-name")


def try_again(world: World) -> None:
    """All that is set aside, but what a thief may have made."""
    for code in sorted({*looking.aside().values()} - {AFTER_THEFT}):
        for telecentre in world.beginning.telecentres:
            release_reason(code, telecentre_id=telecentre)


class AtTheCentre:
    world: World

    @rule(
        who=st.sampled_from(["new", "any", "merged"]),
        number=SOMEBODY,
        what=st.lists(st.tuples(st.sampled_from(CHANGES), SEAT), max_size=3),
    )
    def somebody_changes(self, who, number, what):
        """No telecentre hears of it meanwhile."""
        with self.world.at(self.world.centre):
            if who == "new":
                self._registers(number % len(SEATS))
                number = 0
            people = list(remembered())
            merged = [row for row in people if who == "merged" and row.same_as_id]
            if people := merged or people:
                learner = people[number % len(people)]
                for change, seat in what:
                    self._changes(learner, change, seat=seat)

    @rule(number=PLACE, weather=st.sampled_from([Weather(), *NO_ANSWER]), seat=SEAT)
    def somebody_moves_on_their_first_day(self, number, weather, seat):
        """The first list of people that they were on may never have come down."""
        place = self.world.place(number)
        learner = register(self.world, place)
        sync(self.world, place, weather=weather)
        with self.world.at(self.world.centre):
            if known := remembered().filter(pk=learner).first():
                self._moves(known, seat)

    def _changes(self, learner: Learner, what: str, *, seat: int) -> None:
        if what == "moves":
            self._moves(learner, seat)
        elif what in ("leaves", "comes back"):
            learner.retired_at = timezone.now() if what == "leaves" else None
            learner.save(update_fields=["retired_at"])
        else:
            deeds.put_in_group(learner, is_in=what == "joins a group")

    def _moves(self, learner: Learner, seat: int) -> None:
        telecentre = Telecentre.objects.get(pk=self.world.beginning.telecentres[seat])
        if learner.telecentre != telecentre:
            learner.telecentre = telecentre
            learner.save(update_fields=["telecentre"])
            self.world.ledger.moves(learner.pk, seat=seat)

    def _registers(self, seat: int) -> None:
        telecentre = Telecentre.objects.get(pk=self.world.beginning.telecentres[seat])
        if name := self.world.new_name():
            learner = register_learner(name, telecentre=telecentre)
            told = looking.statements().values()
            fact = next(item for item in told if item[2] == learner.pk)
            self.world.ledger.tells(fact)
            self.world.ledger.registers(learner.pk, seat=seat)

    @rule(marked=st.integers(-1, MOST_COPIES - 1))
    def the_centre_is_copied(self, marked):
        folder = self.world.new_folder()
        folder.mkdir()
        with self.world.at(self.world.centre):
            ledger = self.world.ledger
            held, pairs = frozenset(ledger.centre), dict(ledger.pairs)
            copy = CentreCopy(back_up(folder).path, held, pairs)
            self.world.centre_copies = [*self.world.centre_copies, copy][-MOST_COPIES:]
            if marked >= 0:  # one of them has been carried away
                self._mark(self.world.centre_copies[-1 - marked % len(self.world.centre_copies)])

    def _mark(self, copy: CentreCopy) -> None:
        mark_durable(copy.file)
        self.world.marked |= copy.held

    @precondition(lambda self: self.world.lost_days < MOST_LOST_DAYS)
    @rule(
        number=PLACE,
        who=WHO,
        days=st.tuples(DEEDS, DEEDS),
        is_twin_first=st.booleans(),
        send=st.sampled_from([by_line, all_by_stick]),
    )
    def the_centre_loses_a_day(self, number, who, days, is_twin_first, send):
        """Of a telecentre, whose clone may have told another story when it comes again."""
        self.world.lost_days += 1
        place = self.world.place(number)
        twin = self.world.twin(place) if is_twin_first else place
        self.the_centre_is_copied(marked=0)
        good_day(self.world, place, days[0], who=who)
        self.world.put_centre_back(self.world.centre_copies[-1])
        good_day(self.world, twin, [*days[0], *days[1]], who=who)
        good_day(self.world, place, days[1], who=who, send=send)

    @rule(pick=st.integers(0, MOST_COPIES - 1))
    def the_centre_is_put_back(self, pick):
        if copies := self.world.centre_copies:
            self.world.put_centre_back(copies[pick % len(copies)])

    @rule(number=st.integers(0, 5))
    def figures_are_rebuilt_or_facts_tried_again(self, number):
        everywhere = [self.world.centre, *self.world.places]
        with self.world.at(everywhere[number % len(everywhere)]):
            rebuild_all()
        with self.world.at(self.world.centre):
            try_again(self.world)

"""A telecentre pairs, learns and sends a box; its centre answers: both in this process."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from tests.machine.clocks import Time
from tests.machine.line import Line, Wire
from tests.machine.places import CENTRE, ROWS, TELECENTRE, Place, make_folder, show

TIME = Time()
COURSE = UUID(int=0xC1)
NAME = 'Aïcha "Bibi" Ouédraogo 😀 <b>'
KEYS = {CENTRE: ("sync.key", "box.age"), TELECENTRE: ("device.key", "box.age")}
LEVELS = {UUID(int=0x51).hex: "alone", UUID(int=0x52).hex: "with_help"}
ATTEMPT = UUID(int=0xA1).hex
FACTS = (  # verb, object, body: each verb there is besides learner_created
    ("registered", COURSE, {}),
    ("seen", UUID(int=0xE1), {}),
    ("attempted", UUID(int=0xF1), {"attempt": ATTEMPT}),
    (
        "answered",
        UUID(int=0xF1),
        {
            "attempt": ATTEMPT,
            "question": UUID(int=0x61).hex,
            "response": ["12,5 V", "é\u0000\ud800"],
            "right": True,
        },
    ),
    ("completed", UUID(int=0xF1), {"attempt": ATTEMPT, "mode": "scored", "scaled": "0.8500"}),
    ("observed", UUID(int=0xF2), {"levels": LEVELS, "observer": "Le gestionnaire"}),
    ("progressed", UUID(int=0xE1), {}),
)


@dataclass(frozen=True, slots=True)
class Story:
    """``told`` is what each side knows besides: keys, the answer to the pairing, the facts."""

    telecentre: Place  # as it was when it had written the box
    box: bytes
    answer: bytes
    told: dict


def tell_story(folder: Path, empty: Path) -> Story:
    """``empty`` is the file of a migrated database without rows."""
    (stick := folder / "stick").mkdir()
    centre, telecentre = (place_of(role, folder / role, empty) for role in KEYS)
    with pytest.MonkeyPatch.context() as patch:
        show(centre.time, patch)
        with centre.at_work():
            code = _at_the_centre()
        paired = _pair(centre, telecentre, code)
        with telecentre.at_work():
            facts = _at_the_telecentre(stick)
        with centre.at_work():
            _answer(stick)
    for place in (centre, telecentre):
        place.switch_off()
    box, answer = (next((stick / name).iterdir()) for name in ("YELEN-OUT", "YELEN-IN"))
    told = {"keys": _keys(folder), "paired": paired, **facts}
    return Story(telecentre, box.read_bytes(), answer.read_bytes(), told)


def place_of(role: str, folder: Path, database: Path) -> Place:
    shutil.copy(database, make_folder(folder) / ROWS)
    return Place(role, role, folder, TIME.boot(), TIME)


def _keys(folder: Path) -> dict[str, dict[str, str]]:
    return {
        role: {name: (folder / role / "keys" / name).read_text().strip() for name in names}
        for role, names in KEYS.items()
    }


def _at_the_centre() -> str:
    from lms.learners import register_learner
    from lms.models import Cohort, Notice, Organisation, Telecentre
    from offline_pack.pairing.codes import create_pairing_code

    place = Telecentre.objects.create(
        id=UUID(int=0xB1), slug="baobab", name="Télécentre du Baobab", place="Gaoua"
    )
    school = Organisation.objects.create(name="Lycée de Gaoua")
    learner = register_learner("Issa Kaboré", telecentre=place, organisation=school)
    group = Cohort.objects.create(name="Matin", telecentre=place)
    group.learners.add(learner)
    Notice.objects.create(
        texts={"fr": {"title": "Rencontre", "text": "Samedi."}},
        starts_on=date(2026, 1, 1),
        ends_on=date(2125, 1, 1),
    )
    return create_pairing_code(place)


def _pair(centre: Place, telecentre: Place, code: str) -> dict:
    """The centre's answer, which the telecentre has believed."""
    from offline_pack import transport
    from offline_pack.pairing.joining import pair
    from offline_pack.sync.envelope import decode_answer

    line = Line(centre)
    with pytest.MonkeyPatch.context() as patch, telecentre.at_work():
        patch.setattr(transport.CentreConnection, "_connect", lambda _: Wire(line))
        pair("http://centre.example", code)
    return decode_answer(line.answers[0].body)


def _at_the_telecentre(stick: Path) -> dict:
    from lms.learners import register_learner
    from lms.models import Statement
    from lms.recording import own_epoch, record_statement
    from offline_pack.box.outgoing import write_boxes
    from offline_pack.models import CentreLink

    link = CentreLink.objects.get()
    learner = register_learner(NAME, telecentre=link.telecentre, birth_year=2004, sex="f")
    for verb, about, body in FACTS:
        record_statement(
            verb=verb,
            learner=learner,
            object_id=about,
            course_id=COURSE,
            course_version=1,
            body=body,
        )
    write_boxes(stick)
    epoch = own_epoch()
    rows = Statement.objects.of_epoch(epoch.pk).order_by("sequence")
    return {
        "epoch": epoch.pk.hex,
        "last_hash": bytes(epoch.last_hash).hex(),
        "facts": [row.fact().to_wire() for row in rows],
    }


def _answer(stick: Path) -> None:
    from offline_pack.box.answers import write_answers
    from offline_pack.box.incoming import receive_boxes

    received = receive_boxes(stick)
    assert [outcome.facts for outcome in received.outcomes] == [1 + len(FACTS)]
    write_answers(stick, received)

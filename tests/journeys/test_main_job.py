"""The main job of Yelen, whole: author, pack, telecentre, learner, sync, report."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cms.demo_loading.people import PLACES, TRAINER
from tests.journeys import acts
from tests.journeys.conftest import Network
from tests.journeys.walking import Walk

pytestmark = pytest.mark.journey

FIRST, SECOND = PLACES[0].learners[1].name, PLACES[0].learners[4].name
NEW_TITLE = "Préparer son atelier, en ordre"
OPEN_WINDOW = Callable[[str], Walk]


def test_a_course_goes_from_the_trainer_to_the_learner_and_back(
    network: Network, walk: OPEN_WINDOW
) -> None:
    trainer = walk(network.centre_address)
    acts.sign_in_to_wagtail(trainer, TRAINER)
    acts.edit_lesson(trainer, title="Préparer l'atelier", new_title=NEW_TITLE)
    pack = acts.generate_pack(trainer, into=network.stick)
    assert pack.name == "maintenance-v2.pack"

    manager = walk(network.telecentre_address)
    acts.sign_in_as_manager(manager)
    manager.look("gestion")
    acts.pair(manager, centre=network.centre_address, code=_pairing_code(network))
    network.telecentre.command("load_demo")  # the roster is here: the learners get their PINs
    acts.install_pack(manager)

    learner = walk(network.telecentre_address)
    learner.go("/")
    learner.look("accueil")
    acts.sign_in_with_pin(learner, FIRST)
    learner.look("moi")
    _go_through_module_1(learner)
    manager.go("/centre/")
    manager.look("gestion-attente")
    acts.mark_practical(manager, FIRST)
    learner.go("/moi/")
    learner.look("moi-avance")
    learner.go("/moi/maintenance/")
    learner.look("progression")

    acts.synchronise(manager)
    manager.go("/centre/rapports/")
    manager.look("rapports")

    acts.read_report(trainer, learner=FIRST, telecentre=PLACES[0].name)
    report = network.centre.command("report", "maintenance", "--format", "json").stdout
    assert FIRST in report


def test_a_phone_on_a_plain_http_name_does_the_same(network: Network, walk: OPEN_WINDOW) -> None:
    """``http://cours.lan`` is no secure context: what the learner does must not need one."""
    _stock(network)
    learner = walk(network.lan_address)
    learner.page.set_viewport_size({"width": 360, "height": 740})

    acts.sign_in_with_pin(learner, SECOND)
    assert learner.page.evaluate("window.isSecureContext") is False
    _go_through_module_1(learner)
    learner.go("/moi/maintenance/")
    learner.fits_a_phone("progression")

    manager = walk(network.lan_address)
    acts.sign_in_as_manager(manager)
    acts.mark_practical(manager, SECOND)
    acts.synchronise(manager)
    assert SECOND in network.centre.command("report", "maintenance", "--format", "json").stdout


def _go_through_module_1(learner: Walk) -> None:
    acts.read_module(learner, lessons=6)
    acts.play_exercise(learner, lesson="1.2")
    acts.take_quiz(learner, lesson="1.5")
    acts.ask_to_be_observed(learner, lesson="1.6")


def _pairing_code(network: Network) -> str:
    return network.centre.command("create_pairing_code", PLACES[0].slug).stdout.split()[-1]


def _stock(network: Network) -> None:
    """The course and the roster, by command, when this test runs on its own."""
    if list(network.stick.glob("*.pack")):
        return
    network.telecentre.command(
        "pair", "--centre", network.centre_address, "--code", _pairing_code(network)
    )
    network.telecentre.command("load_demo")
    network.centre.command("export_pack", "maintenance", "--to", str(network.stick / "m.pack"))
    network.telecentre.command("import_pack", str(network.stick))

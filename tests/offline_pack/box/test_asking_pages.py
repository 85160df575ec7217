"""The two pages of a pairing by approval: who may use them, what they say and do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from lms.models import Device
from lms.recording import own_device
from offline_pack.box.errors import AskRefusedError
from offline_pack.fingerprints import words_of
from offline_pack.models import AskedBy, CentreLink, OwnRequest, PairingRequest
from offline_pack.pairing.admitting import approve, take_ask
from offline_pack.pairing.asking import own_request_body, own_words
from offline_pack.trust.issuing import own_trust
from offline_pack.views import asking
from tests.factories import make_staff
from tests.offline_pack.box.asking import Asker, put_offer

PAGE = "/centre/synchroniser/demander/"
STEPS = ["reseau", "ecrire", "lire", "accepter", "refuser"]

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def at_telecentre(settings, telecentre):
    settings.YELEN_ROLE = "telecentre"
    return telecentre


def signed_in(client, role):
    user = make_staff(role)
    if role != "manager":
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    return client


def posted(client, name, *args, **data):
    return client.post(reverse(name, args=args), data, follow=True).content.decode()


def test_the_manager_sees_the_words_and_their_drawing(client, at_telecentre, plugged):
    page = signed_in(client, "manager").get(PAGE).content.decode()

    assert all(f"<li>{word}</li>" in page for word in own_words())
    assert "<svg" in page
    assert "Save the request onto the stick" in page
    assert not OwnRequest.objects.exists()


def test_the_manager_pairs_with_nothing_but_a_stick(client, at_telecentre, plugged):
    manager = signed_in(client, "manager")

    wrote = posted(manager, "yelen_offline_pack:sync_ask_write")
    put_offer(plugged, device=own_device(), telecentre=at_telecentre)
    read = posted(manager, "yelen_offline_pack:sync_ask_read")
    digest = own_trust().trust.root.digest
    done = posted(manager, "yelen_offline_pack:sync_ask_accept", digest=digest)

    assert "You may pull out the stick" in wrote
    assert all(f"<li>{word}</li>" in read for word in words_of(digest))
    assert "is paired with" in done
    assert "by USB stick" in done
    assert "Synchronise now" not in done
    assert CentreLink.objects.current().telecentre == at_telecentre


def test_other_words_change_nothing(client, at_telecentre, plugged):
    manager = signed_in(client, "manager")
    put_offer(plugged, device=own_device(), telecentre=at_telecentre)
    posted(manager, "yelen_offline_pack:sync_ask_read")

    said = posted(manager, "yelen_offline_pack:sync_ask_accept", digest="0" * 64)
    posted(manager, "yelen_offline_pack:sync_ask_refuse")

    assert "not what the centre offered" in said
    assert CentreLink.objects.current() is None
    assert not OwnRequest.objects.exists()


def test_an_offer_that_is_refused_says_why_and_what_to_do(client, at_telecentre, plugged):
    manager = signed_in(client, "manager")
    put_offer(plugged, device=own_device(), telecentre=at_telecentre)
    OwnRequest.objects.all().delete()
    own_request_body()

    said = posted(manager, "yelen_offline_pack:sync_ask_read")

    assert "answers another request of this server" in said
    assert "Save the request onto the stick again" in said


def test_without_a_stick_nothing_is_promised(client, at_telecentre, settings, tmp_path):
    settings.YELEN_USB_DIR = tmp_path / "nothing"
    manager = signed_in(client, "manager")

    page = manager.get(PAGE).content.decode()
    said = posted(manager, "yelen_offline_pack:sync_ask_write")

    assert "Save the request onto the stick</button>" not in page
    assert "Look again" in page
    assert "No stick is plugged into this computer." in said


def test_a_centre_that_does_not_answer_is_said_so(client, at_telecentre):
    said = posted(
        signed_in(client, "manager"),
        "yelen_offline_pack:sync_ask_network",
        centre="http://127.0.0.1:9",
    )

    assert "The centre cannot be reached" in said
    assert 'value="http://127.0.0.1:9"' in said


def test_a_refusal_is_told_once(client, at_telecentre, monkeypatch):
    def refuse(address):
        own_request_body()
        OwnRequest.objects.update(address=address, is_refused=True)
        raise AskRefusedError

    monkeypatch.setattr(asking, "ask_centre", refuse)
    manager = signed_in(client, "manager")

    said = posted(manager, "yelen_offline_pack:sync_ask_network", centre="http://127.0.0.1:9")

    assert said.count("The centre has refused this server.") == 1


def test_the_page_waits_for_the_centre_and_says_what_it_decided(client, at_telecentre, plugged):
    manager = signed_in(client, "manager")
    own_request_body()
    by_stick = manager.get(f"{PAGE}etat/").json()
    OwnRequest.objects.update(address="https://centre.example.org")

    waits, page = manager.get(f"{PAGE}etat/").json(), manager.get(PAGE).content.decode()
    OwnRequest.objects.update(is_refused=True)
    told, after = manager.get(f"{PAGE}etat/").json(), manager.get(PAGE).content.decode()

    assert [one["is_awaited"] for one in (by_stick, waits, told)] == [False, True, False]
    assert "Its answer appears here by itself" in page
    assert "<awaited-answer" in page
    assert "The centre has refused this server." in after
    assert "<awaited-answer" not in after


def test_an_answer_that_came_is_told_where_one_looks_first(client, at_telecentre, plugged):
    manager = signed_in(client, "manager")
    before = manager.get("/centre/").content.decode()
    put_offer(plugged, device=own_device(), telecentre=at_telecentre)
    posted(manager, "yelen_offline_pack:sync_ask_read")

    pages = [manager.get(at).content.decode() for at in ("/centre/", "/centre/synchroniser/")]

    assert "The centre has answered" not in before
    assert all("The centre has answered: compare the words" in page for page in pages)


@pytest.mark.parametrize("role", ["trainer", None])
def test_others_may_not_pair(client, at_telecentre, plugged, role):
    if role:
        signed_in(client, role)

    answers = [client.get(f"{PAGE}{page}") for page in ("", "etat/")]
    answers += [client.post(f"{PAGE}{step}/") for step in STEPS]

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert list(plugged.iterdir()) == []
    assert not OwnRequest.objects.exists()


@pytest.mark.parametrize("step", STEPS)
def test_a_look_changes_nothing(client, at_telecentre, plugged, step):
    assert signed_in(client, "manager").get(f"{PAGE}{step}/").status_code == 405


def test_the_centre_has_no_such_page(client, telecentre):
    assert signed_in(client, "manager").get(PAGE).status_code == 404


def test_the_coordinator_compares_words_and_approves(client, telecentre, plugged):
    asker = Asker()
    asker.puts_on(plugged)
    coordinator = signed_in(client, "coordinator")

    read = posted(coordinator, "yelen_requests_read")
    row = PairingRequest.objects.get()
    chosen = {"digest": row.digest, "telecentre": telecentre.slug}
    hasty = posted(coordinator, "yelen_request_decide", row.pk, **chosen)
    assert not Device.objects.exists()
    done = posted(coordinator, "yelen_request_decide", row.pk, **chosen, same="yes")

    assert all(f"<li>{word}</li>" in read for word in row.words)
    assert all(f"<li>{word}</li>" in read for word in words_of(own_trust().trust.root.digest))
    assert "compare the words" in hasty
    assert "1 answer is on the stick, checked. You may pull out the stick." in done
    assert Device.objects.get().telecentre == telecentre
    offer = (plugged / "YELEN-IN" / f"{asker.device.hex}.yelenoffer").read_bytes()
    assert asker.opens(offer)["telecentre"]["id"] == telecentre.pk.hex


def test_the_coordinator_is_told_who_was_here_before(client, telecentre, plugged):
    asker = Asker()
    approve(take_ask(asker.data(), way=AskedBy.STICK), telecentre=telecentre)
    asker.nonce = "22" * 16
    take_ask(asker.data(), way=AskedBy.STICK)
    take_ask(Asker(device=asker.device).data(), way=AskedBy.STICK)
    take_ask(Asker().data(), way=AskedBy.STICK)

    page = signed_in(client, "coordinator").get(reverse("yelen_requests")).content.decode()

    assert page.count(f"This machine was paired before, for {telecentre}.") == 2
    assert page.count("Its keys are other ones") == 1
    assert page.count(f'value="{telecentre.slug}" selected') == 2


def test_what_is_approved_is_the_request_that_was_on_the_page(client, telecentre, plugged):
    asker = Asker()
    asker.puts_on(plugged)
    coordinator = signed_in(client, "coordinator")
    posted(coordinator, "yelen_requests_read")
    shown = PairingRequest.objects.get().digest
    asker.nonce = "22" * 16
    asker.puts_on(plugged)
    posted(coordinator, "yelen_requests_read")

    answer = coordinator.post(
        reverse("yelen_request_decide", args=[asker.key.key_id]),
        {"digest": shown, "telecentre": telecentre.slug, "same": "yes"},
    )

    assert answer.status_code == 404
    assert not Device.objects.exists()


def test_the_coordinator_refuses(client, telecentre, plugged):
    asker = Asker()
    asker.puts_on(plugged)
    coordinator = signed_in(client, "coordinator")
    posted(coordinator, "yelen_requests_read")
    row = PairingRequest.objects.get()

    said = posted(coordinator, "yelen_request_decide", row.pk, digest=row.digest, refuse="yes")

    assert "is refused" in said
    assert not Device.objects.exists()
    assert not (plugged / "YELEN-IN").exists()


def test_a_lost_answer_is_written_again(client, telecentre, plugged):
    asker = Asker()
    asker.puts_on(plugged)
    coordinator = signed_in(client, "coordinator")
    posted(coordinator, "yelen_requests_read")
    row = PairingRequest.objects.get()
    data = {"digest": row.digest, "telecentre": telecentre.slug, "same": "yes"}
    posted(coordinator, "yelen_request_decide", row.pk, **data)
    path = plugged / "YELEN-IN" / f"{asker.device.hex}.yelenoffer"
    path.unlink()

    posted(coordinator, "yelen_requests_write")

    assert asker.opens(path.read_bytes())["request"] == row.digest


@pytest.mark.parametrize("role", ["trainer", "manager"])
def test_only_whoever_runs_the_network_decides(client, telecentre, plugged, role):
    Asker().puts_on(plugged)
    client = signed_in(client, role)
    addresses = ["yelen_requests_read", "yelen_requests_write"]

    answers = [client.get(reverse("yelen_requests"))]
    answers += [client.post(reverse(name)) for name in addresses]
    answers.append(client.post(reverse("yelen_request_decide", args=["ab" * 32])))

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert not PairingRequest.objects.exists()


def test_html_in_a_name_is_text(client, telecentre, plugged):
    asker = Asker()
    asker.puts_on(plugged, asker.data(name="<script>alert(1)</script>"))

    read = posted(signed_in(client, "coordinator"), "yelen_requests_read")

    assert "<script>alert(1)" not in read
    assert "&lt;script&gt;alert(1)" in read

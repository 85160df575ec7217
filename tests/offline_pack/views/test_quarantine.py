"""The centre's pages about facts set aside: who may see them, what they show, what they do."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.identifiers import new_id
from lms.models import Device, Statement
from offline_pack.models import Job, QuarantinedFact
from offline_pack.sync.accepting import accept_batch
from offline_pack.telecentres.aside import SHOWN
from offline_pack.views import quarantine
from tests.factories import make_learner, make_staff, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice


@pytest.fixture
def operator(client, db):
    user = make_staff("coordinator")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    return client


def set_aside(device: RemoteDevice, *lines: bytes) -> list[QuarantinedFact]:
    device.lines += lines
    accept_batch(device.batch(), device=device.row)
    return list(QuarantinedFact.objects.all())


def addresses(fact: QuarantinedFact, place: UUID) -> list[tuple[str, str]]:
    reason = [place, fact.code]
    return [
        ("get", reverse("yelen_quarantine")),
        ("get", reverse("yelen_quarantine_reason", args=reason)),
        ("get", reverse("yelen_quarantine_fact", args=[fact.pk])),
        ("get", reverse("yelen_quarantine_bytes", args=[fact.pk])),
        ("post", reverse("yelen_quarantine_release", args=[fact.pk])),
        ("post", reverse("yelen_quarantine_keep", args=[fact.pk])),
        ("post", reverse("yelen_quarantine_release_all", args=reason)),
    ]


@pytest.mark.parametrize("role", ["trainer", "manager", "coordinator", "superuser", "nobody"])
def test_only_coordinators_and_superusers_come_in(client, device, role, django_user_model):
    fact = set_aside(device, b"{")[0]
    if role == "superuser":
        user = django_user_model.objects.create_superuser("racine")
    elif role != "nobody":
        user = make_staff(role)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    if role != "nobody":
        client.force_login(user, backend="lms.backends.LearnerBackend")

    answers = [
        getattr(client, method)(address)
        for method, address in addresses(fact, device.telecentre.pk)
    ]

    inside = [200, 200, 200, 200, 302, 302, 302]
    is_let_in = role in ("coordinator", "superuser")
    assert ([answer.status_code for answer in answers] == inside) is is_let_in
    assert QuarantinedFact.objects.filter(kept_at=None).exists() is not is_let_in


def test_with_nothing_set_aside_the_page_says_so(operator):
    page = operator.get(reverse("yelen_quarantine")).content.decode()

    assert "Chaque résultat reçu a pu être utilisé" in page
    assert "yelen-list" not in page


def test_the_way_back_names_each_page_once(operator):
    crumbs = operator.get(reverse("yelen_quarantine")).context["breadcrumbs_items"]

    above = {"url": reverse("yelen_telecentres"), "label": "Synchronisation"}
    assert crumbs == [above, {"url": "", "label": "Mis de côté"}]


def test_facts_are_counted_by_reason_and_telecentre(operator, device):
    set_aside(device, b"{", b"[")
    device.records(new_id())
    accept_batch(device.batch(), device=device.row)
    other = RemoteDevice(make_telecentre(slug="neem", name="Neem")).registered()
    set_aside(other, b"{")

    groups = operator.get(reverse("yelen_quarantine")).context["groups"]

    assert {(group.code, group.telecentre, group.waiting) for group in groups} == {
        ("unknown_learner", device.telecentre.name, 1),
        ("unreadable", device.telecentre.name, 2),
        ("unreadable", "Neem", 1),
    }


@pytest.mark.parametrize("name", ["yelen_quarantine", "yelen_quarantine_reason"])
def test_a_list_costs_as_many_queries_for_three_as_for_one(operator, device, name):
    args = [] if name == "yelen_quarantine" else [device.telecentre.pk, "unreadable"]
    costs = []
    for more in (1, 2):
        set_aside(device, *[b"{"] * more)
        for number in range(more - 1):
            place = make_telecentre(slug=f"t{number}", name=f"T{number}")
            set_aside(RemoteDevice(place).registered(), b"{")
        operator.get(reverse(name, args=args))
        with CaptureQueriesContext(connection) as queries:
            operator.get(reverse(name, args=args))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_the_bytes_are_shown_as_text_that_does_nothing(operator, device):
    line = b"<script>alert(1)</script>\x00\x1b\xff\xe2\x80\xae"
    fact = set_aside(device, line)[0]

    page = operator.get(reverse("yelen_quarantine_fact", args=[fact.pk])).content.decode()
    download = operator.get(reverse("yelen_quarantine_bytes", args=[fact.pk]))

    shown = r"&lt;script&gt;alert(1)&lt;/script&gt;\x00\x1b\xff\xe2\x80\xae"
    assert f">{shown}</pre>" in page
    assert "<script>alert(1)" not in page
    assert download.content == line
    assert download["Content-Type"] == "application/octet-stream"
    assert download["Content-Disposition"].startswith("attachment;")
    assert download["X-Content-Type-Options"] == "nosniff"


def test_a_long_fact_is_cut_on_the_page_and_whole_in_the_download(operator, device):
    fact = set_aside(device, b"a" * (SHOWN + 1))[0]

    page = operator.get(reverse("yelen_quarantine_fact", args=[fact.pk]))
    download = operator.get(reverse("yelen_quarantine_bytes", args=[fact.pk]))

    assert "seul le début est montré" in page.content.decode()
    assert page.context["shown"] == "a" * SHOWN
    assert len(download.content) == SHOWN + 1


def test_a_released_fact_says_so(operator, device, telecentre):
    stranger = new_id()
    device.records(stranger)
    fact = set_aside(device)[0]
    make_learner(id=stranger, telecentre=telecentre)

    answer = operator.post(reverse("yelen_quarantine_release", args=[fact.pk]), follow=True)

    assert "1 résultat est utilisé maintenant" in answer.content.decode()
    assert "Utilisé depuis" in answer.content.decode()
    assert Statement.objects.count() == 1


def test_a_fact_kept_aside_shows_its_note_as_text(operator, device):
    fact = set_aside(device, b"{")[0]

    address = reverse("yelen_quarantine_keep", args=[fact.pk])
    page = operator.post(address, {"note": "<b>Carte</b>\0"}, follow=True).content.decode()

    assert "&lt;b&gt;Carte&lt;/b&gt;" in page
    assert "Gardé de côté le" in page


def test_a_few_are_released_at_once_and_many_by_the_worker(operator, device, monkeypatch):
    set_aside(device, b"{", b"[", b"]")
    address = reverse("yelen_quarantine_release_all", args=[device.telecentre.pk, "unreadable"])

    few = operator.post(address, follow=True).content.decode()
    jobs_before = Job.objects.count()
    monkeypatch.setattr(quarantine, "AT_ONCE", 2)
    many = operator.post(address, follow=True).content.decode()

    assert "3 résultats restent inutilisables" in few
    assert jobs_before == 0
    assert Job.objects.get().kind == "release"
    assert "Nouvel essai en cours" in many


def test_a_device_is_reported_stolen_with_its_day(operator, device, telecentre):
    learner = make_learner(telecentre=telecentre)
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)

    address = reverse("yelen_device_revoke", args=[device.id])
    today = timezone.localdate().isoformat()
    page = operator.post(address, {"stolen_on": today}, follow=True).content.decode()

    assert "envoyé depuis est mis de côté" in page
    assert "après son vol" in page
    assert QuarantinedFact.objects.get().code == "after_theft"


def test_a_device_withdrawn_before_can_still_be_reported_stolen(operator, device, telecentre):
    device.records(make_learner(telecentre=telecentre).pk)
    accept_batch(device.batch(), device=device.row)
    address = reverse("yelen_device_revoke", args=[device.id])

    withdrawn = operator.post(address, follow=True).content.decode()
    today = timezone.localdate().isoformat()
    stolen = operator.post(address, {"stolen_on": today}, follow=True).content.decode()

    assert "A-t-il été volé" in withdrawn
    assert "A-t-il été volé" not in stolen
    assert QuarantinedFact.objects.get().code == "after_theft"


def test_a_device_withdrawn_by_mistake_sends_again_unless_it_was_stolen(operator, device):
    revoke = reverse("yelen_device_revoke", args=[device.id])
    reinstate = reverse("yelen_device_reinstate", args=[device.id])

    withdrawn = operator.post(revoke, follow=True).content.decode()
    again = operator.post(reinstate, follow=True).content.decode()
    today = timezone.localdate().isoformat()
    stolen = operator.post(revoke, {"stolen_on": today}, follow=True).content.decode()
    refused = operator.post(reinstate, follow=True).content.decode()

    assert "Le laisser envoyer de nouveau" in withdrawn
    assert "peut de nouveau envoyer" in again
    assert "Le laisser envoyer de nouveau" not in stolen
    assert "on ne se fie plus jamais à un appareil volé" in refused


@pytest.mark.parametrize("said", ["2999-01-01", "hier", "2026-02-31"])
def test_a_day_that_has_not_come_changes_nothing(operator, device, said):
    address = reverse("yelen_device_revoke", args=[device.id])

    page = operator.post(address, {"stolen_on": said}, follow=True).content.decode()

    assert "Rien n&#x27;a été fait" in page
    assert Device.objects.get(pk=device.id).revoked_at is None


def test_a_day_at_the_beginning_of_time_is_no_theft(operator, device, settings):
    settings.TIME_ZONE = "Africa/Djibouti"  # there it began before the year 1, in UTC
    address = reverse("yelen_device_revoke", args=[device.id])

    page = operator.post(address, {"stolen_on": "0001-01-01"}, follow=True).content.decode()

    assert "Rien n&#x27;a été fait" in page
    assert device.row.revoked_at is None

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from courses.blobs import blob_path
from courses.h5p import access
from courses.h5p.player import POLICY
from courses.h5p.tokens import DAY, make_token
from courses.models import H5PLibrary
from tests.courses.h5p.building import library_json, members, write_package

pytestmark = pytest.mark.django_db

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def nobody_is_enrolled(monkeypatch):
    monkeypatch.setattr(access, "_decisions", [])


@pytest.fixture
def activity(publish_exercise, tmp_path):
    files = members(
        **{
            "Test.Main-1.0/library.json": library_json(preloadedCss=[{"path": "main.css"}]),
            "Test.Main-1.0/main.css": "p{color:red}" * 100,
            "Test.Main-1.0/icons/a.svg": SVG,
        }
    )
    return publish_exercise(write_package(tmp_path / "essai.h5p", files))


@pytest.fixture
def everyone(monkeypatch):
    monkeypatch.setattr(access, "_decisions", [lambda _request, _activity: True])


def player_url(activity, version=1):
    return reverse("yelen_courses:h5p_player", args=[activity.pk, version])


def integration(response):
    return response.context["page"].integration


def status(response):
    """The status of an answer whose bytes are read to the end, as a browser would."""
    response.getvalue() if response.streaming else response.content
    return response.status_code


def library_url(path):
    from courses.h5p.library import digest_of, name_of

    row = H5PLibrary.objects.get()
    digest = digest_of(name_of(row), row.files)
    return reverse("yelen_courses:h5p_library", args=["Test.Main-1.0", digest, path])


def test_the_player_page_says_exactly_what_it_may_do(client, activity, everyone):
    response = client.get(player_url(activity))

    assert response.status_code == 200
    assert response["Content-Security-Policy"] == POLICY
    assert "allow-same-origin" not in POLICY
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]
    assert b"<script>" not in response.content
    assert b"style=" not in response.content


def test_who_is_neither_staff_nor_enrolled_may_not_play(client, activity, monkeypatch):
    asked = []
    monkeypatch.setattr(access, "_decisions", [lambda _r, a: asked.append(a.pk) or False])

    assert client.get(player_url(activity)).status_code == 403
    assert asked == [activity.pk]

    user = get_user_model().objects.create_user("awa", password="x", is_staff=True)
    client.force_login(user)
    assert client.get(player_url(activity)).status_code == 200


def test_an_unknown_exercise_is_not_found(client, activity, everyone):
    assert client.get(f"/h5p/{uuid4()}/1/").status_code == 404
    assert client.get(player_url(activity, version=0)).status_code == 404
    assert client.post(player_url(activity)).status_code == 405


def test_a_missing_library_is_told_before_play(client, activity, everyone):
    H5PLibrary.objects.all().delete()

    response = client.get(player_url(activity))

    assert response.status_code == 409
    assert response["Content-Security-Policy"] == POLICY
    assert b"frame.bundle" not in response.content


def test_the_page_holds_the_content_and_no_person(client, activity, everyone):
    user = get_user_model().objects.create_user("awa", password="x", first_name="Awa")
    client.force_login(user)

    content = integration(client.get(player_url(activity)))

    assert "user" not in content
    assert content["contents"]["cid-1"]["jsonContent"] == '{"text": "Bonjour"}'
    assert content["contents"]["cid-1"]["library"] == "Test.Main 1.0"
    assert "Awa" not in str(content)


def test_content_files_come_by_token_alone(client, activity, everyone):
    root = integration(client.get(player_url(activity)))["contents"]["cid-1"]["contentUrl"]
    client.logout()

    response = client.get(f"{root}/images/a.png")

    assert response.getvalue() == b"\x89PNG"
    assert response["Content-Type"] == "image/png"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == f"private, max-age={DAY}"
    assert client.get(f"{root}/images/b.png").status_code == 404
    assert client.get(f"{root}/../content.json").status_code == 404


def test_a_range_and_a_preflight_are_answered(client, activity, everyone):
    root = integration(client.get(player_url(activity)))["contents"]["cid-1"]["contentUrl"]

    part = client.get(f"{root}/images/a.png", headers={"Range": "bytes=1-2"})
    preflight = client.options(f"{root}/images/a.png")

    assert (part.status_code, part.getvalue()) == (206, b"PN")
    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert preflight["Access-Control-Allow-Headers"] == "Range"


def test_a_token_is_the_same_all_day_and_dies_after_two(client, activity, monkeypatch):
    def at(day, hour=0):
        moment = datetime(2026, 3, day, hour, tzinfo=UTC).timestamp()
        monkeypatch.setattr("time.time", lambda: moment)

    at(10, 1)
    token = make_token(activity.pk, version=1)
    url = reverse("yelen_courses:h5p_content", args=[token, "images/a.png"])
    at(10, 23)
    assert make_token(activity.pk, version=1) == token
    assert status(client.get(url)) == 200
    at(11, 23)
    assert make_token(activity.pk, version=1) != token
    assert status(client.get(url)) == 200
    at(12, 1)
    assert status(client.get(url)) == 404


@pytest.mark.parametrize("token", ["x", "a.1:b:c", "0" * 32 + ".1"])
def test_a_forged_token_opens_nothing(client, activity, token):
    url = reverse("yelen_courses:h5p_content", args=[token, "images/a.png"])

    assert client.get(url).status_code == 404


def test_library_files_may_be_kept_for_good(client, activity):
    response = client.get(library_url("_all.css"), headers={"Accept-Encoding": "gzip"})

    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert len(response.content) < 100


def test_no_script_in_a_library_s_drawing_can_run(client, activity):
    response = client.get(library_url("icons/a.svg"))

    assert response.getvalue() == SVG.encode()
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"] == "sandbox"


def test_another_digest_or_folder_is_not_found(client, activity):
    url = library_url("main.js")

    assert status(client.get(url)) == 200
    assert client.get(url.replace("Test.Main-1.0", "Test.Main-1.1")).status_code == 404
    assert client.get(url.replace("Test.Main-1.0", "nonsense")).status_code == 404
    assert client.get(url.replace("/main.js", "/../main.js")).status_code == 404
    assert client.get("/h5p/bibliotheques/Test.Main-1.0/0000/main.js").status_code == 404


def test_an_exercise_that_rotted_on_the_disk_is_told_before_play(client, activity, everyone):
    path = blob_path(activity.parsed().content.sha256)
    path.chmod(0o644)
    path.write_bytes(b"\xff rotten")

    response = client.get(player_url(activity))

    assert response.status_code == 409
    assert b"frame.bundle" not in response.content


def test_playing_costs_few_queries(client, activity, everyone, django_assert_max_num_queries):
    client.get(player_url(activity))

    with django_assert_max_num_queries(5):
        client.get(player_url(activity))
    with django_assert_max_num_queries(2):
        status(client.get(library_url("main.js")))

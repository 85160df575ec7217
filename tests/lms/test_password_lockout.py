from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

pytestmark = pytest.mark.django_db
ADDRESS = "/entrer/mot-de-passe/"


def sign_in(client, name: str, password: str, address: str):
    form = {"username": name, "password": password}
    return client.post(ADDRESS, form, REMOTE_ADDR=address)


@pytest.fixture
def accounts():
    for name in ("salif", "mariam"):
        get_user_model().objects.create_user(name, password="a-good-password")


def test_ten_wrong_passwords_lock_that_account_at_that_address_even_for_the_right_one(
    client, accounts
):
    answers = [sign_in(client, "salif", "wrong", "10.0.0.5") for _try in range(10)]

    locked = sign_in(client, "salif", "a-good-password", "10.0.0.5")

    assert answers[0].status_code == 200
    assert locked.status_code == 429
    assert "_auth_user_id" not in client.session


def test_nobody_locks_another_out_from_the_same_address_nor_from_another(client, accounts):
    for _try in range(10):
        sign_in(client, "salif", "wrong", "10.0.0.5")

    sign_in(client, "mariam", "a-good-password", "10.0.0.5")
    assert "_auth_user_id" in client.session
    client.logout()
    sign_in(client, "salif", "a-good-password", "10.0.0.6")
    assert "_auth_user_id" in client.session

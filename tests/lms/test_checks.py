from __future__ import annotations

import pytest

from lms.checks import AFTER, MIDDLEWARE, check_middleware


@pytest.mark.parametrize("order", [[AFTER], [MIDDLEWARE], [MIDDLEWARE, AFTER]])
def test_a_site_where_requests_would_not_know_their_learner_is_told(settings, order):
    settings.MIDDLEWARE = order

    (error,) = check_middleware()

    assert error.id == "yelen_lms.E001"
    assert MIDDLEWARE in error.hint


def test_the_middleware_after_that_of_accounts_is_right(settings):
    settings.MIDDLEWARE = [AFTER, MIDDLEWARE]

    assert check_middleware() == []

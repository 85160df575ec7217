"""No reader mistakes the month for the day."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format

WHEN = datetime(2026, 3, 4, 15, 6)  # noqa: DTZ001 - only its writing matters here


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_short_date_has_the_day_first_in_every_language(language: str) -> None:
    with translation.override(language):
        date, with_time = (
            date_format(WHEN, name) for name in ("SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT")
        )

    assert (date, with_time) == ("04/03/2026", "04/03/2026 15:06")

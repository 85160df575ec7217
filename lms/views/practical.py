"""A practical as the learner sees it: the checklist, "I am ready", the marks."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from lms.observing import ask_for_observer, practical_state
from lms.views.quiz import ActivityPage
from lms.wording import level_in_words


class PracticalView(ActivityPage):
    kind = "practical"
    template_name = "yelen_lms/practical.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = practical_state(self.learner, self.activity)
        return super().get_context_data(
            state=state,
            marks=[
                (item, state.levels.get(item.id), level_in_words(state.levels.get(item.id)))
                for item in state.definition.items
            ],
            **kwargs,
        )

    def post(self, request: Any, **_kwargs: Any) -> HttpResponseBase:
        ask_for_observer(self.learner, self.activity)
        return redirect(self.address("practical"))

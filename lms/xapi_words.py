"""The words of xAPI for ours: verbs, kinds of activity, what may leave. Plain Python.

Verbs and activity types that ADL or TinCan registered where there is one; ours are URNs.
"""

from __future__ import annotations

from collections.abc import Mapping

EXTENSION = "urn:x-yelen:xapi:"
FACT = f"{EXTENSION}fact"
"""The extension that holds the fact as it travels (``Fact.to_wire``)."""

WITHIN = f"{EXTENSION}occurred-within-ms"
"""The extension that says how far ``timestamp`` may be from the truth, in milliseconds."""

_ADL_VERBS = "http://adlnet.gov/expapi/verbs/"
VERBS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "registered": (f"{_ADL_VERBS}registered", {"en": "registered", "fr": "s'est inscrit"}),
    "seen": ("http://id.tincanapi.com/verb/viewed", {"en": "viewed", "fr": "a vu"}),
    "attempted": (f"{_ADL_VERBS}attempted", {"en": "attempted", "fr": "a essayé"}),
    "answered": (f"{_ADL_VERBS}answered", {"en": "answered", "fr": "a répondu"}),
    "completed": (f"{_ADL_VERBS}completed", {"en": "completed", "fr": "a terminé"}),
    "progressed": (f"{_ADL_VERBS}progressed", {"en": "progressed", "fr": "a avancé"}),
    "observed": (
        f"{EXTENSION}verbs:observed",
        {"en": "was observed in", "fr": "a été observé dans"},
    ),
    "learner_created": (
        f"{EXTENSION}verbs:learner-created",
        {"en": "was made known", "fr": "a été enregistré"},
    ),
}

_ADL_TYPES = "http://adlnet.gov/expapi/activities/"
COURSE, QUESTION = f"{_ADL_TYPES}course", f"{_ADL_TYPES}question"
TYPES: Mapping[str, str] = {
    "registered": COURSE,
    "seen": f"{_ADL_TYPES}lesson",
    "attempted": f"{_ADL_TYPES}assessment",
    "answered": f"{_ADL_TYPES}assessment",
    "completed": f"{_ADL_TYPES}interaction",
    "progressed": f"{_ADL_TYPES}interaction",
    "observed": f"{_ADL_TYPES}performance",
    # Their record, and not the person: there are LRSs that take no Agent for an object.
    "learner_created": f"{EXTENSION}activities:learner-record",
}

IMPERSONAL = frozenset(
    {
        "attempt",
        "levels",
        "mode",
        "question",
        "response",
        "right",
        "scaled",
        "success",
        "xapi",
    }
)
"""What a body may tell without naming anybody; what a newer telecentre adds is left out."""

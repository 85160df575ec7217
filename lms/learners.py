"""Making a learner known: the row here, and the fact that tells the others."""

from __future__ import annotations

from django.db import transaction

from lms.models import Learner, Organisation, Telecentre, Verb
from lms.models.learner import Sex
from lms.profiles import profile_of
from lms.recording import record_statement


@transaction.atomic
def register_learner(
    name: str,
    *,
    telecentre: Telecentre,
    organisation: Organisation | None = None,
    sex: str = Sex.UNSAID,
    birth_year: int | None = None,
    region: str = "",
    language: str = "fr",
) -> Learner:
    """A new learner of this telecentre; credentials are given apart, and stay here."""
    learner = Learner.objects.create(
        name=name,
        telecentre=telecentre,
        organisation=organisation,
        sex=sex,
        birth_year=birth_year,
        region=region,
        language=language,
    )
    record_statement(
        verb=Verb.LEARNER_CREATED,
        learner=learner,
        object_id=learner.pk,
        course_id=None,
        course_version=0,
        body={"profile": profile_of(learner)},
    )
    return learner

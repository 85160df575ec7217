"""The identity of a page as something to learn: born with it, never shared, never changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class LearningIdField(models.UUIDField):
    """A UUID made when the page is; indexed, and on purpose not unique.

    Wagtail copies every column of a page to its aliases, which a unique column would break. An
    alias gets an id of its own when it is first saved, since the same lesson in two courses is two
    things to complete; it keeps it when it is turned into an ordinary page.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"default": uuid.uuid4, "editable": False, "db_index": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("default", "editable", "db_index"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add and getattr(model_instance, "alias_of_id", None):
            setattr(model_instance, self.attname, uuid.uuid4())
        return super().pre_save(model_instance, add)

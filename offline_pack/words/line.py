"""Why another machine was not reached, as the end of a sentence that says who it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offline_pack.line_faults import LineFault

WHY: Mapping[str, Promise] = {
    LineFault.NAME: _("its name is not found"),
    LineFault.NO_WAY: _("no network leads there"),
    LineFault.CLOSED: _("nothing accepts a connection there"),
    LineFault.SILENT: _("it does not answer in time"),
    LineFault.CERTIFICATE: _("its certificate cannot be believed"),
    LineFault.TLS: _("no encrypted connection can be made"),
    LineFault.CUT: _("the connection breaks"),
}


def words_of_fault(fault: object) -> str:
    """For the fact ``fault`` of an error; an unknown one, or none, is a line that breaks."""
    return str(WHY.get(str(fault), WHY[LineFault.CUT]))

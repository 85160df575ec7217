"""H5P core's own texts. Those a learner can meet are translated; the rest only has to be there."""

from __future__ import annotations

from django.utils.translation import gettext as _

_UNSEEN = {
    "download": "Download", "copyrights": "Rights of use", "embed": "Embed", "size": "Size",
    "showAdvanced": "Show advanced", "hideAdvanced": "Hide advanced", "advancedHelp": "",
    "copyrightInformation": "Rights of use", "title": "Title", "author": "Author",
    "year": "Year", "source": "Source", "license": "License", "thumbnail": "Thumbnail",
    "noCopyrights": "No copyright information available for this content.", "reuse": "Reuse",
    "reuseContent": "Reuse Content", "reuseDescription": "Reuse this content.",
    "downloadDescription": "Download this content as a H5P file.",
    "copyrightsDescription": "View copyright information for this content.",
    "embedDescription": "View the embed code for this content.", "h5pDescription": "H5P",
    "by": "by", "subLevel": "Sublevel", "licenseU": "Undisclosed",
    "licenseCCBY": "Attribution", "licenseCCBYSA": "Attribution-ShareAlike",
    "licenseCCBYND": "Attribution-NoDerivs", "licenseCCBYNC": "Attribution-NonCommercial",
    "licenseCCBYNCSA": "Attribution-NonCommercial-ShareAlike",
    "licenseCCBYNCND": "Attribution-NonCommercial-NoDerivs",
    "licenseCC40": "4.0 International", "licenseCC30": "3.0 Unported",
    "licenseCC25": "2.5 Generic", "licenseCC20": "2.0 Generic", "licenseCC10": "1.0 Generic",
    "licenseGPL": "General Public License", "licenseV3": "Version 3", "licenseV2": "Version 2",
    "licenseV1": "Version 1", "licensePD": "Public Domain",
    "licenseCC010": "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
    "licensePDM": "Public Domain Mark", "licenseC": "Copyright",
    "contentType": "Content Type", "licenseExtras": "License Extras", "changes": "Changelog",
    "contentCopied": "Content is copied to the clipboard", "resubmitScores": "",
}  # fmt: skip


def core_texts() -> dict[str, str]:
    """Texts by H5P core's own keys, in the language of the request."""
    return _UNSEEN | {
        "fullscreen": _("Full screen"),
        "disableFullscreen": _("Leave full screen"),
        "close": _("Close"),
        "showMore": _("Show more"),
        "showLess": _("Show less"),
        "contentChanged": _("This exercise has changed since you last used it."),
        "startingOver": _("You start again from the beginning."),
        "confirmDialogHeader": _("Please confirm"),
        "confirmDialogBody": _("Do you want to go on? This cannot be undone."),
        "cancelLabel": _("Cancel"),
        "confirmLabel": _("Confirm"),
        "connectionLost": _("The connection is lost."),
        "connectionReestablished": _("The connection is back."),
        "offlineDialogHeader": _("The connection is lost."),
        "offlineDialogBody": _("Your answer is not saved yet."),
        "offlineDialogRetryMessage": _("New attempt in :num…"),
        "offlineDialogRetryButtonLabel": _("Try again now"),
        "offlineSuccessfulSubmit": _("Your answer is saved."),
    }

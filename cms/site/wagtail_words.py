"""Words of Wagtail's that its own catalogues leave in English, or say clumsily.

Named here so that ours hold them: the project's catalogue comes before Wagtail's.
"""

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("New: %(model_name)s"),
    gettext_noop("Status: "),
    gettext_noop("Current page status:"),
    gettext_noop("Submit to %(workflow_name)s"),
    gettext_noop("Anyone can edit this %(model_name)s"),
    gettext_noop("Anyone can edit this %(model_name)s – lock it to prevent others from editing"),
    gettext_noop("Edit this %(object)s"),
    gettext_noop("Choose when this %(model_name)s should go live and/or expire"),
    gettext_noop("This %(model_name)s hasn't been submitted for moderation yet"),
)

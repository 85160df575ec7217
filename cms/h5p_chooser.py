"""Choosing an uploaded H5P exercise while writing a lesson."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet


class H5PPackageChooserViewSet(ChooserViewSet):
    model = "yelen_cms.H5PPackage"
    icon = "yelen-h5p"
    choose_one_text = _("Choose an exercise")
    choose_another_text = _("Choose another exercise")
    edit_item_text = _("Edit this exercise")


h5p_chooser_viewset = H5PPackageChooserViewSet("h5p_package_chooser", url_prefix="h5p-chooser")

H5PPackageChooserBlock = h5p_chooser_viewset.get_block_class(
    name="H5PPackageChooserBlock", module_path="cms.h5p_chooser"
)

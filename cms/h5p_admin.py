"""H5P exercises in Wagtail: upload, list, rename, delete."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, UserColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from cms.h5p_packages import H5PPackage
from courses.errors import H5PLibraryPermissionError, H5PPackageError
from courses.h5p.archive import Source
from courses.h5p.installing import InstalledPackage, definition_from_package, install_file
from courses.h5p.wording import describe_faults, describe_permission

INSTALL_LIBRARIES = "yelen_courses.install_h5p_library"


class UploadForm(forms.ModelForm):
    """A .h5p file; all that is wrong with it is told at once: ``faults``, a sentence each."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A .h5p file. It is checked before anything of it is kept."),
        widget=forms.FileInput(attrs={"accept": ".h5p"}),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("Leave it empty to use the title given in the file."),
    )

    class Meta:
        model = H5PPackage
        fields = ("title",)

    field_order = ("file", "title")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        self.user = user
        self.installed: InstalledPackage | None = None
        self.faults: list[str] = []

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        may_install = self.user.has_perm(INSTALL_LIBRARIES)
        try:
            self.installed = install_file(_source(upload), may_install_libraries=may_install)
        except H5PPackageError as error:
            self.faults = describe_faults(error.faults)
        except H5PLibraryPermissionError as error:
            self.faults = [describe_permission(error.libraries)]
        if self.faults:
            raise forms.ValidationError(gettext("This file cannot be used as it is."))
        return upload

    def save(self, commit: bool = True) -> H5PPackage:
        if self.installed is None:
            raise ValueError("save() comes after is_valid()")
        package: H5PPackage = super().save(commit=False)
        package.title = package.title.strip() or self.installed.title[:200]
        package.file_name = self.cleaned_data["file"].name[:200]
        package.definition = definition_from_package(self.installed).to_dict()
        package.uploaded_by = self.user
        package.save()
        return package


def _source(upload: UploadedFile) -> Source:
    """A large upload lies on the disk already; a small one is in memory."""
    if isinstance(upload, TemporaryUploadedFile):
        return Path(upload.temporary_file_path())
    stream: IO[bytes] = upload
    return stream


class ListView(generic.IndexView):
    add_item_label = _("Upload an exercise")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = super().header_buttons
        if self.request.user.has_perm(INSTALL_LIBRARIES):
            url = reverse("yelen_h5p_libraries")
            buttons.append(HeaderButton(_("Libraries"), url=url, icon_name="list-ul"))
        return buttons


class UploadView(generic.CreateView):
    page_title = _("Upload an exercise")
    submit_button_label = _("Check and keep")
    submit_button_active_label = _("Checking…")
    success_message = _("The exercise “%(object)s” is ready to be chosen in a lesson.")
    error_message = _("This file was refused. Nothing of it was kept.")

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, here = super().get_breadcrumbs_items()
        return [*above, here | {"label": self.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def save_instance(self) -> Any:
        exercise = self.form.save()
        if exercise.parsed().needs_internet:
            messages.warning(
                self.request,
                gettext(
                    "This exercise needs the Internet: what comes from there will not show, "
                    "at the centre or at a telecentre. Choose one that holds all its files."
                ),
            )
        return exercise


class DeleteView(generic.DeleteView):
    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.usage is not None and self.usage.count():
            messages.error(
                request, gettext("Lessons use this exercise: take it out of them first.")
            )
            return redirect(reverse(self.usage_url_name, args=[self.object.pk]))
        return super().post(request, *args, **kwargs)


class H5PPackageViewSet(ModelViewSet):
    model = H5PPackage
    icon = "yelen-h5p"
    menu_label = _("H5P exercises")
    menu_order = 350
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ["title"]
    list_display = [
        "title",
        Column("library", label=_("Kind of exercise")),
        UserColumn("uploaded_by", label=_("Uploaded by")),
        "uploaded_at",
    ]
    index_view_class = ListView
    add_view_class = UploadView
    create_template_name = "yelen_cms/h5p/upload.html"
    delete_view_class = DeleteView

    def get_form_class(self, for_update: bool = False) -> Any:
        return super().get_form_class(for_update=True) if for_update else UploadForm


h5p_package_viewset = H5PPackageViewSet("h5p", url_prefix="h5p")

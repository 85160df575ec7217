"""Addresses of exercises, under ``/h5p/``; part of the ``yelen_courses`` namespace."""

from django.urls import path

from courses.h5p import views

urlpatterns = [
    path("<uuid:activity_id>/<int:version>/", views.player, name="h5p_player"),
    path("contenu/<str:token>/<path:path>", views.content_file, name="h5p_content"),
    path("bibliotheques/", views.libraries, name="h5p_libraries"),
    path(
        "bibliotheques/<str:folder>/<str:digest>/<path:path>",
        views.library_file,
        name="h5p_library",
    ),
]

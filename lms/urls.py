"""Addresses of learners and staff, and the catalogue with progress in place of the plain one.

Two namespaces, one include: a host writes ``path("", include("lms.urls"))`` and leaves
``courses.urls`` out.
"""

from django.urls import URLPattern, URLResolver, include, path, re_path

from courses.urls import LESSON
from courses.urls import urlpatterns as catalogue_patterns
from lms.views import centre, h5p, learners, lessons, observing, practical, quiz, reports, sign_in

courses_patterns: list[URLPattern | URLResolver] = [
    path("", lessons.CatalogueView.as_view(), name="catalogue"),
    path("cours/<slug:slug>/", lessons.CourseView.as_view(), name="course"),
    re_path(LESSON + "$", lessons.LessonView.as_view(), name="lesson"),
    *catalogue_patterns,
]

sign_in_patterns = [
    path("", sign_in.sign_in, name="sign_in"),
    path("mot-de-passe/", sign_in.PasswordView.as_view(), name="sign_in_password"),
    path("noms/", sign_in.NamesView.as_view(), name="sign_in_names"),
    path("groupe/<uuid:cohort_id>/", sign_in.NamesView.as_view(), name="sign_in_group"),
    path("nom/<uuid:learner_id>/", sign_in.PinView.as_view(), name="sign_in_pin"),
]

activity_patterns = [
    path("quiz/<uuid:activity_id>/", quiz.QuizView.as_view(), name="quiz"),
    path(
        "quiz/<uuid:activity_id>/question/",
        quiz.QuestionView.as_view(),
        name="quiz_question",
    ),
    path(
        "quiz/<uuid:activity_id>/reponse/<uuid:attempt_id>/<uuid:question_id>/",
        quiz.FeedbackView.as_view(),
        name="quiz_feedback",
    ),
    path("pratique/<uuid:activity_id>/", practical.PracticalView.as_view(), name="practical"),
    path("h5p/<uuid:activity_id>/faits/", h5p.statements, name="h5p_statements"),
    path("h5p/<uuid:activity_id>/etat/", h5p.state, name="h5p_state"),
    path("h5p/<uuid:activity_id>/termine/", h5p.mark, name="h5p_mark"),
]

centre_patterns = [
    path("", centre.CentreView.as_view(), name="centre"),
    path("apprenants/", learners.LearnersView.as_view(), name="learners"),
    path("apprenants/nouveau/", learners.NewLearnerView.as_view(), name="learner_new"),
    path("apprenants/<uuid:learner_id>/pin/", learners.PinView.as_view(), name="learner_pin"),
    path(
        "apprenants/<uuid:learner_id>/session/",
        learners.OpenSessionView.as_view(),
        name="learner_session",
    ),
    path("pratiques/", observing.PracticalsView.as_view(), name="practicals"),
    path(
        "pratiques/<uuid:activity_id>/<uuid:learner_id>/",
        observing.MarkView.as_view(),
        name="practical_mark",
    ),
    path("rapports/", reports.reports, name="reports"),
    path("rapports/csv/", reports.report_csv, name="report_csv"),
]

lms_patterns: list[URLPattern | URLResolver] = [
    path("moi/", lessons.HomeView.as_view(), name="home"),
    path("moi/", lessons.HomeView.as_view(), name="my_courses"),
    path("moi/<slug:slug>/", lessons.ProgressView.as_view(), name="progress"),
    path("entrer/", include(sign_in_patterns)),
    path("quitter/", sign_in.sign_out, name="sign_out"),
    path("rester/", sign_in.stay_view, name="stay"),
    re_path(LESSON, include(activity_patterns)),
    path("centre/", include(centre_patterns)),
]

urlpatterns = [
    path("", include((lms_patterns, "yelen_lms"))),
    path("", include((courses_patterns, "yelen_courses"))),
]

"""Small makers for tests: no surprises, every default visible here."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

from PIL import Image

from courses.activities.h5p import H5PDefinition
from courses.activities.practical import ChecklistItem, PracticalDefinition
from courses.activities.quiz import Choice, Question, QuizDefinition
from courses.blobs import store_bytes
from courses.outline import (
    ActivityBlock,
    ActivityOutline,
    AudioBlock,
    BlobRef,
    Block,
    CalloutBlock,
    CourseOutline,
    FileBlock,
    HeadingBlock,
    ImageBlock,
    ImageRendition,
    LessonOutline,
    ModuleOutline,
    RichTextBlock,
    VideoBlock,
    VideoRendition,
)
from courses.publishing import publish_outline


def make_picture(*, width: int = 800, height: int = 500, colour: str = "#d18a1b") -> BlobRef:
    target = BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "WEBP", quality=40)
    return store_bytes(target.getvalue(), "image/webp")


def make_image_block(**changes: object) -> ImageBlock:
    fields = {
        "renditions": (
            ImageRendition(make_picture(width=400, height=250), width=400, height=250),
            ImageRendition(make_picture(), width=800, height=500),
        ),
        "alt": "Un boîtier ouvert et ses pièces.",
        "caption": "Les pièces d'un poste.",
    }
    return ImageBlock(**(fields | changes))


def make_question(kind: str = "single", *, question_id: UUID | None = None) -> Question:
    """One question of a kind; the right answer is "a" (and "b"), "mot" or 12,5."""
    several = kind == "multiple"
    choices = (
        Choice(id="a", text="Le câble secteur", right=True, feedback="Oui : le courant d'abord."),
        Choice(id="b", text="La prise du mur", right=several),
        Choice(id="c", text="Le bloc d'alimentation ouvert", feedback="On ne l'ouvre jamais."),
    )
    if kind == "true_false":
        choices = (Choice(id="true", text="Vrai", right=True), Choice(id="false", text="Faux"))
    return Question(
        id=question_id or uuid4(),
        kind=kind,
        text="<p>Que débranche-t-on avant d'ouvrir un poste ?</p>",
        choices=choices if kind in ("single", "multiple", "true_false") else (),
        accepted={"short": ("mot",), "number": ("12.5",)}.get(kind, ()),
        tolerance="0.5" if kind == "number" else "0",
        explanation="Le courant du mur peut tuer.",
    )


def make_quiz(*kinds: str, title: str = "Quiz : travailler en sécurité") -> ActivityBlock:
    questions = tuple(make_question(kind) for kind in kinds or ("single", "single", "true_false"))
    definition = QuizDefinition(questions=questions).to_dict()
    return ActivityBlock(ActivityOutline(uuid4(), "quiz", title, definition))


def make_practical(*, stars: int = 1, others: int = 2) -> ActivityBlock:
    items = tuple(
        ChecklistItem(id=uuid4(), text=f"Débrancher le poste n° {n}", safety=n <= stars)
        for n in range(1, stars + others + 1)
    )
    definition = PracticalDefinition(items=items, instructions="<p>Devant le formateur.</p>")
    return ActivityBlock(
        ActivityOutline(uuid4(), "practical", "Pratique : ouvrir un poste", definition.to_dict())
    )


def make_exercise(*, completion: str = "scored", title: str = "Exercice") -> ActivityBlock:
    """An H5P exercise without a library: it cannot be played, but told of."""
    content = store_bytes(b"{}", "application/json")
    definition = H5PDefinition(
        main_library="H5P.Test 1.0", libraries=(), content=content, files={}, completion=completion
    )
    return ActivityBlock(ActivityOutline(uuid4(), "h5p", title, definition.to_dict()))


def make_lesson(*blocks: Block, title: str = "Le courant", minutes: int = 10) -> LessonOutline:
    return LessonOutline(
        id=uuid4(),
        title=title,
        blocks=blocks or (RichTextBlock(html="<p>Le courant du mur peut tuer.</p>"),),
        minutes=minutes,
    )


def make_media_blocks() -> tuple[Block, ...]:
    """One block of each kind that is not an activity."""
    sound = store_bytes(b"sound" * 2000, "audio/mpeg")
    film = store_bytes(b"film" * 40_000, "video/mp4")
    heavy = store_bytes(b"heavy" * 90_000, "video/mp4")
    words = store_bytes(b"WEBVTT\n\n00:00.000 --> 00:02.000\nBonjour\n", "text/vtt")
    sheet = store_bytes(b"%PDF-1.4 sheet", "application/pdf")
    return (
        RichTextBlock(
            html="<p>Awa veut réparer un poste. Elle prend un <b>tournevis</b>.</p>"
            "<ul><li>Couper le courant.</li><li>Attendre dix secondes.</li></ul>"
        ),
        make_image_block(),
        HeadingBlock(text="Deux boîtes que l'on n'ouvre jamais"),
        CalloutBlock(html="<p>Ne jamais ouvrir l'alimentation.</p>", tone="safety"),
        CalloutBlock(html="<p>Prenez une photo avant.</p>", tone="tip", title="Une photo"),
        CalloutBlock(html="<p>Issa a noté chaque geste.</p>", tone="example"),
        CalloutBlock(html="<p>230 volts.</p>"),
        AudioBlock(
            title="La même chose en mooré",
            blob=sound,
            language="mos",
            seconds=95,
            transcript="<p>Transcription.</p>",
        ),
        VideoBlock(
            title="Ouvrir le boîtier",
            renditions=(VideoRendition(film, "240p"), VideoRendition(heavy, "360p")),
            poster=make_picture(width=480, height=270, colour="#0b5d62"),
            captions=words,
            seconds=150,
            transcript="<p>On dévisse le panneau.</p>",
        ),
        FileBlock(title="Fiche d'intervention", blob=sheet, filename="fiche.pdf"),
    )


def make_course_outline(
    *, slug: str = "maintenance", modules: tuple[ModuleOutline, ...] | None = None
) -> CourseOutline:
    """Two modules: 1.1 text, 1.2 quiz, 1.3 practical; 2.1 text."""
    return CourseOutline(
        id=uuid4(),
        slug=slug,
        title="Maintenance informatique au télécentre",
        theme="maintenance",
        summary="Apprenez à garder en bonne santé les ordinateurs d'un télécentre.",
        objectives=("Entretenir un parc de 5 à 15 postes.", "Trouver une panne avec méthode."),
        prerequisites="Savoir enregistrer un fichier.",
        minutes=150,
        modules=make_modules() if modules is None else modules,
    )


def make_modules() -> tuple[ModuleOutline, ...]:
    first = ModuleOutline(
        id=uuid4(),
        title="Travailler en sécurité",
        objective="Couper, décharger et ouvrir un poste sans danger.",
        minutes=120,
        lessons=(
            make_lesson(title="Le courant et les gestes interdits"),
            make_lesson(make_quiz(), title="Quiz du module"),
            make_lesson(make_practical(), title="Pratique du module"),
        ),
    )
    second = ModuleOutline(
        id=uuid4(), title="Nettoyer", minutes=30, lessons=(make_lesson(title="La poussière"),)
    )
    return (first, second)


def make_course(**changes: object):
    """A published course."""
    return publish_outline(make_course_outline(**changes))


def make_telecentre(*, name: str = "Télécentre du Baobab", slug: str = "baobab"):
    from lms.models import Telecentre

    return Telecentre.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def make_learner(*, name: str = "Awa Ouédraogo", telecentre=None, pin: str = "", **changes):
    """A learner at the telecentre; with ``pin`` they can sign in there."""
    from lms.models import Learner
    from lms.pins import set_pin

    learner = Learner.objects.create(
        name=name, telecentre=telecentre or make_telecentre(), **changes
    )
    if pin:
        set_pin(learner, pin)
    return learner


def make_cohort(*learners, name: str = "Groupe du matin", telecentre=None):
    from lms.models import Cohort

    cohort = Cohort.objects.create(name=name, telecentre=telecentre or make_telecentre())
    cohort.learners.set(learners)
    return cohort


def make_staff(role: str = "manager", *, username: str = "", telecentre=None):
    """A user account with a role; a manager belongs to the telecentre."""
    from django.contrib.auth import get_user_model

    from lms.models import StaffProfile

    user = get_user_model().objects.create_user(username or role, password="mot-de-passe-long")
    here = telecentre or (make_telecentre() if role == "manager" else None)
    StaffProfile.objects.create(user=user, role=role, telecentre=here)
    return user

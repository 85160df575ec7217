"""The people of the demo network. All are invented; passwords and PINs are for the demo alone."""

from __future__ import annotations

from dataclasses import dataclass

PIN = "2580"
"""Opens every demo learner's session at a demo telecentre."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A user account of the demo."""

    username: str
    name: str  # shown to others
    password: str
    purpose: str  # what it is for, in French, for the printed list


ADMINISTRATOR = SignIn("admin", "Administration", "demo-admin-baobab", "administre le centre")
TRAINER = SignIn("formatrice", "Mariam Konaté", "demo-lumiere-formatrice", "écrit les cours")
COORDINATOR = SignIn(
    "coordination", "Paul Ilboudo", "demo-reseau-coordination", "suit le réseau et ses rapports"
)
LEARNER = SignIn(
    "fatoumata", "Fatoumata Traoré", "demo-chemin-fatoumata", "apprend, avec un compte au centre"
)
MANAGER = SignIn(
    "gestionnaire", "Salif Ouattara", "demo-telecentre-gestionnaire", "gère le télécentre"
)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    sex: str  # "f" or "m"
    birth_year: int
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A telecentre and the group that learns there."""

    slug: str
    name: str
    place: str
    region: str
    group: str
    learners: tuple[Person, ...]


_YOUTH = "Jeunes du Quartier"
_WOMEN = "Association Femmes et Numérique"

PLACES = (
    Place(
        slug="baobab",
        name="Télécentre du Baobab",
        place="Secteur 12",
        region="Centre",
        group="Groupe du mardi",
        learners=(
            Person("Aminata Diallo", "f", 1999, _WOMEN),
            Person("Awa Ouédraogo", "f", 1996, _WOMEN),
            Person("Boureima Zongo", "m", 1988, _YOUTH),
            Person("Fatoumata Traoré", "f", 2001, _YOUTH),
            Person("Issa Kaboré", "m", 1994),
            Person("Moussa Sawadogo", "m", 2003, _YOUTH),
            Person("Rasmané Compaoré", "m", 1979),
            Person("Salimata Coulibaly", "f", 1991, _WOMEN),
        ),
    ),
    Place(
        slug="marche",
        name="Espace numérique du Marché",
        place="Grand marché",
        region="Hauts-Bassins",
        group="Groupe du samedi",
        learners=(
            Person("Adama Sanou", "m", 1997),
            Person("Alizèta Nikiéma", "f", 1990, _WOMEN),
            Person("Hawa Somé", "f", 2002),
            Person("Idrissa Kafando", "m", 1985, _YOUTH),
            Person("Kadiatou Dicko", "f", 1998, _WOMEN),
            Person("Mariam Barry", "f", 1993, _WOMEN),
            Person("Souleymane Hien", "m", 2000, _YOUTH),
            Person("Yacouba Tapsoba", "m", 1982),
        ),
    ),
)

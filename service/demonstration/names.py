"""Names that nobody can take for somebody's: every family name begins with « Démo- » or « Exemple- »."""

import unicodedata
from collections.abc import Iterator
from random import Random

MARKS = ("Démo", "Exemple")


def _words_of(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_FAMILIES = _words_of(
    "Abgrall Allain André Aubert Aubrée Barbier Baron Beaulieu Benali Bernard Berthelot Bihan Blanchard Boucher "
    "Bourdais Bouvier Briand Carré Chauvin Chevalier Cissé Collet Colin Cordier Cosson Costa Da-Silva Daniel "
    "Delaunay Denis Deniaud Derrien Diop Dubois Duval Fernandes Ferreira Fontaine Garnier Gautier Georgeault "
    "Gicquel Gillet Gomez Goupil Guégan Guillemot Guillou Hamon Hardy Henry Hervé Hubert Huet Jamin Jan Jégou "
    "Joly Jouan Kaya Keita Kerautret Konaté Lagadec Lambert Lebreton Leclerc Lefeuvre Legrand Lemoine Leroux "
    "L’Hermitte L’Hostis Lucas Maillard Marchand Martin Masson Mehdaoui Menguy Mercier Moreau Morel N’Diaye "
    "Noël Nicolas Olivier Oger O’Connor Ozanne Papin Perrin Petit Poirier Prigent Quéré Rault Renault Richard "
    "Robin Roussel Roux Salaün Salmon Sauvage Simon Tessier Thébault Thomas Traoré Vallée Vasseur Yılmaz Ziane"
)
_FAMILIES_OF_TWO_WORDS = ("Le Bras", "Le Goff", "Le Roux", "De la Lande", "Le Pen’hir", "Van den Berg")
_FIRST = _words_of(
    "Adam Adèle Agathe Aïcha Alain Alba Alexis Alice Aline Amina Anaïs Andréa Angèle Anne-Laure Anouk Antoine "
    "Armelle Arthur Assa Aurore Ayoub Basile Béatrice Benoît Brieuc Bruno Capucine Cécile Chloé Christophe "
    "Clémence Corentin Daouda Delphine Denis Diane Elif Éliott Élodie Émile Emma Enora Erwan Esteban Ève Fanny "
    "Fatou Félix Fiona François Françoise Gaëlle Gilles Goulven Gwenaëlle Hélène Hugo Ibrahim Ilan Imane Inaya "
    "Jade Jean-Yves Jeanne Joël Joséphine Jules Karim Katell Kévin Khadija Laëtitia Léa Léonard Lina Loïc Louise "
    "Lucie Maël Maëlle Malo Manon Marc Marie-Jo Mariam Marius Mathilde Maud Mehmet Mélanie Moussa Nadia Naïm "
    "Nathan Nicolas Noémie Océane Odile Olga Oscar Pablo Paul Pauline Quentin Rachid Raphaël Rémi Romane Rose "
    "Ronan Sacha Salomé Samir Sandrine Sarah Sébastien Selma Simone Sofia Solène Suzanne Théo Thérèse Titouan "
    "Ulysse Valentin Vincent Violette Wassim Xavier Yann Yasmine Youenn Yves Zélie Zoé"
)

UNUSUAL = (
    ("Exemple-Étoile ✨", "Zoé"),
    ("Démo-مثال", "ليلى"),
    ("Démo-O’Brien", "Siobhán"),
    ("Exemple-Nguyễn", "Thị Mai"),
    ("Démo-Łukasiewicz", "Zbigniew"),
    ("Exemple-Κωνσταντίνου", "Ελένη"),
    (
        "Démo-De la Haye de Saint-Exemple-sur-Vilaine et du Très Long Nom Composé",
        "Marie-Anne-Charlotte-Gwenaëlle",
    ),
)
"""Family and first names that put every screen to the test: sign, right to left, apostrophe, other scripts, length."""


def family(rng: Random) -> str:
    """A family name, marked as invented."""
    bases = (*_FAMILIES, *_FAMILIES_OF_TWO_WORDS)
    return f"{rng.choice(MARKS)}-{rng.choice(bases)}"


def first(rng: Random) -> str:
    """A first name."""
    return rng.choice(_FIRST)


def of_staff(rng: Random) -> Iterator[tuple[str, str]]:
    """Family and first names, each pair once, without end."""
    given: set[tuple[str, str]] = set()
    while True:
        pair = family(rng), first(rng)
        if pair not in given:
            given.add(pair)
            yield pair


def plain(text: str) -> str:
    """A name as it stands in an address: lower case, without accents, words joined by dashes."""
    bare = unicodedata.normalize("NFKD", text.replace("ı", "i").casefold())
    kept = (sign for sign in bare if not unicodedata.combining(sign))
    letters = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in kept)
    return "-".join(part for part in letters.split("-") if part)

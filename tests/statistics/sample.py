"""A believable monthly pack: eighteen sections, every drawing, 22 CDAS with masked counts. All figures are invented."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from service.statistics.document import (
    KEPT_BACK,
    SMALL,
    Cell,
    Chart,
    Column,
    Document,
    Duration,
    Row,
    Section,
    Share,
    Table,
)

MONTHS = (
    *(f"{month} 2025" for month in ("octobre", "novembre", "décembre")),
    *(f"{month} 2026" for month in ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août")),
    "septembre 2026",
    "octobre 2026",
)
MONTH_KEYS = ("2025-10", "2025-11", "2025-12", *(f"2026-{month:02d}" for month in range(1, 11)))
CDAS = (
    "CDAS Couronne rennaise Est", "CDAS Couronne rennaise Nord-Ouest", "CDAS Couronne rennaise Sud",
    "CDAS de Rennes Centre", "CDAS de Rennes Cleunay", "CDAS de Rennes Francisco Ferrer", "CDAS de Rennes Kléber",
    "CDAS de Rennes Le Blosne", "CDAS de Rennes Maurepas", "CDAS de Rennes Saint-Martin",
    "CDAS de Rennes Villejean", "CDAS du Pays de Brocéliande", "CDAS du Pays de Combourg",
    "CDAS du Pays de Fougères", "CDAS du Pays de Guichen", "CDAS du Pays de La Guerche-de-Bretagne",
    "CDAS du Pays de Liffré", "CDAS du Pays de Redon", "CDAS du Pays de Saint-Malo", "CDAS du Pays de Vitré",
    "CDAS de la Baie", "CDAS des Marches de Bretagne",
)  # fmt: skip
HOUR = 3600


def hours(number: float) -> Duration:
    """So many business hours."""
    return Duration(round(number * HOUR))


def decimals(text: str) -> tuple[Decimal, ...]:
    """Several numbers."""
    return tuple(Decimal(word) for word in text.split())


def by_month(*series: tuple[Cell, ...]) -> tuple[Row, ...]:
    """A row for each of the thirteen months."""
    return tuple(
        Row(key, label, cells)
        for key, label, cells in zip(MONTH_KEYS, MONTHS, zip(*series, strict=True), strict=True)
    )


def table(
    id_: str,
    caption: str,
    head: str,
    columns: str,
    rows: Sequence[tuple[Cell, ...] | Row],
    **more: object,
) -> Table:
    """`columns`: « key label:kind, … »; rows are (label, cells…), the one called « Ensemble » is the total."""
    made = tuple(
        Column(words.split(" ", 1)[0], *words.split(" ", 1)[1].split(":"))  # type: ignore[arg-type]
        for words in columns.split(", ")
    )
    return Table(
        id_,
        caption,
        head,
        made,
        tuple(
            row
            if isinstance(row, Row)
            else Row(str(place), str(row[0]), tuple(row[1:]), total=row[0] == "Ensemble")
            for place, row in enumerate(rows)
        ),
        **more,  # type: ignore[arg-type]
    )


CHANNELS = table(
    "I-1.channel", "Demandes par canal, sur treize mois", "Mois",
    "form Formulaire, phone Ligne directe, email Courriel, all Ensemble",
    by_month(
        form := (113, 131, 122, 111, 140, 124, 149, 130, 118, 140, 158, 138, 178),
        phone := (84, 0, 86, 56, 82, 63, 38, 90, 94, 19, 0, 98, 79),
        email := (28, 34, 26, 33, 28, 26, 28, 24, 28, 21, 19, 32, 55),
        tuple(map(sum, zip(form, phone, email, strict=True))),
    ),
    note="Selon la date d’envoi. Ligne fermée en novembre 2025 et en août 2026.",
)  # fmt: skip
NATURE = table(
    "I-2.benefit", "Demandes d’octobre, par prestation et par motif", "Prestation",
    "stopped Plus de versement, fall Forte diminution, long Plus de trois mois, all Ensemble",
    [
        ("RSA", 61, 24, 19, 104), ("AAH", 34, 12, 9, 55), ("Aides au logement", 38, 15, 6, 59),
        ("Prime d’activité", 17, 14, 2, 33), ("Allocations familiales, complément familial", 9, 3, 1, 13),
        ("ASF", 8, 0, 3, 11), ("PAJE", 12, 2, 2, 16), ("AEEH", 7, 1, 4, 12), ("AJPP", 2, 0, 1, 3),
        ("Autre", 4, 1, 1, 6), ("Ensemble", 192, 72, 48, 312),
    ],
)  # fmt: skip
VISIBLE = table(
    "I-3.visible", "Refus parce que la réponse se voyait dans CDAP", "Motif du refus",
    "now octobre 2026:share, before septembre 2026:share, year octobre 2025:share",
    [
        ("Visible dans CDAP", Share(13, 264), Share(17, 251), Share(21, 203)),
        ("Pas une urgence définie", Share(7, 264), Share(9, 251), Share(12, 203)),
        ("Sans accès à CDAP, à part", Share(4, 264), Share(2, 251), Share(0, 0)),
    ],
)  # fmt: skip
CLOCKS = table(
    "I-5.clocks", "Délais des étapes closes en octobre, en temps ouvré", "Étape",
    "closed Closes, median Médiane:duration, nine 9 sur 10 en moins de:duration, within Dans l’objectif:share, "
    "running En cours",
    [
        ("Tri", 309, hours(1.2), hours(3.4), Share(287, 309), 3),
        ("Prise en charge", 301, hours(3.0), hours(7.6), Share(262, 301), 11),
        ("Réponse", 251, hours(5.67), hours(17.17), Share(203, 251), 41),
        ("Attente du CDAS", 96, hours(6.0), hours(22.5), Share(71, 96), 14),
        ("Accusé de lecture", 240, hours(2.25), hours(30.1), None, 22),
    ],
)  # fmt: skip
SIDES = table(
    "I-5.sides", "Temps moyen d’une demande, par canal et par côté", "Canal",
    "departement CDAS:duration, caf Caf:duration, closed Fermé:duration",
    [
        ("Formulaire", hours(6.1), hours(9.4), hours(74.0)), ("Ligne directe", hours(0.7), hours(3.2), hours(15.5)),
        ("Courriel", hours(7.9), hours(12.6), hours(96.2)), ("Service à service", hours(3.3), hours(2.1), hours(0)),
    ],
)  # fmt: skip
WITHIN = table(
    "I-6.within", "Réponses dans l’objectif, sur treize mois", "Mois",
    "now Cette année:share, before Année précédente:share",
    by_month(
        tuple(Share(round(percent * 2.51), 251) for percent in (72, 74, 71, 75, 78, 77, 79, 76, 78, 79, 82, 80, 81)),
        (None, None, *(Share(round(percent * 2.03), 203) for percent in (64, 66, 69, 70, 68, 71, 70, 72, 74, 73, 72))),
    ),
)  # fmt: skip
STOCK = table(
    "I-7.age", "Demandes ouvertes au 31 octobre, selon leur âge et leur état", "Âge en jours ouvrés",
    "caf Attendent la Caf, cdas Attendent un CDAS, pause En pause, all Ensemble",
    [
        ("0 à 2 jours", 31, 9, 2, 42), ("3 à 5 jours", 12, 8, 1, 21), ("6 à 10 jours", 5, 6, 3, 14),
        ("plus de 10 jours", 2, 4, 4, 10), ("Ensemble", 50, 27, 10, 87),
    ],
)  # fmt: skip
OUTCOME = table(
    "I-8.outcome", "Issues d’octobre, et temps jusqu’au versement", "Issue",
    "now octobre 2026:share, before septembre 2026:share, paid Jusqu’au versement (médiane écoulée):duration",
    [
        ("Droit rétabli, paiement programmé", Share(141, 251), Share(128, 239), hours(62.5)),
        ("Pièce demandée à la personne", Share(52, 251), Share(55, 239), None),
        ("Droit fermé à juste titre", Share(31, 251), Share(29, 239), None),
        ("Orientée vers un autre service", Share(27, 251), Share(27, 239), None),
        ("Ensemble", Share(251, 251), Share(239, 239), hours(62.5)),
    ],
)  # fmt: skip
AGAIN = table(
    "I-9.again", "Demandes rouvertes ou renouvelées dans les 30 jours", "Mois", "again Réitérations:share",
    by_month(
        tuple(Share(part, 230 + part) for part in (31, 28, 33, 30, 27, 29, 25, 26, 24, 27, 22, 24, 21)),
    ),
)  # fmt: skip
CALLS = table(
    "I-10.hours", "Appels d’octobre, par jour et par heure", "Jour", "h9 9 h, h10 10 h, h11 11 h, h14 14 h, h15 15 h",
    [
        ("lundi", 4, 7, 9, 3, 2), ("mardi", 6, 8, 5, 4, 1), ("mercredi", 3, 5, 6, 2, 0),
        ("jeudi", 5, 9, 12, 6, 3), ("vendredi", 2, 4, 4, 1, 0),
    ],
)  # fmt: skip
ANSWERED = table(
    "I-10.answered", "Appels de la ligne directe", "Mesure", "now octobre 2026:text, before septembre 2026:text",
    [
        ("Appels reçus", 111, 126), ("Appels décrochés", Share(102, 111), Share(109, 126)),
        ("Réglés pendant l’appel", Share(38, 102), Share(36, 109)), ("Durée moyenne", Duration(372), Duration(401)),
        ("Demandes hors ligne alors qu’elle était ouverte", 9, 14),
    ],
)  # fmt: skip
USEFUL = table(
    "I-11.mark", "Utilité, de 1 à 5, d’après les accusés de lecture", "Mois",
    "mean Moyenne:number, spread Écart type:number, answers Avis",
    by_month(
        decimals("3.6 3.7 3.5 3.8 3.8 3.9 4.0 3.9 4.0 4.1 4.1 4.0 4.2"),
        decimals("0.9 0.9 1.0 0.8 0.9 0.8 0.8 0.9 0.8 0.7 0.8 0.8 0.7"),
        (71, 64, 82, 60, 77, 69, 85, 80, 74, 58, 61, 83, 96),
    ),
)  # fmt: skip
ACTIONS = table(
    "I-12.actions", "Actions de sensibilisation d’octobre", "Action",
    "day Date:date, place Lieu:text, people Participants",
    [
        ("Atelier CDAP", date(2026, 10, 6), "Fougères", 14), ("Rencontre des services sociaux", date(2026, 10, 13),
         "Rennes Maurepas", 22), ("Atelier CDAP", date(2026, 10, 22), "Redon", 9),
    ],
)  # fmt: skip
WAITED = table(
    "I-13.side", "Temps ouvré dû par chaque service en octobre", "Service", "time Heures:duration, share Part:share",
    [
        ("Caf, service Prestations", hours(1204), Share(1204, 2078)),
        ("Caf, secrétariat", hours(187), Share(187, 2078)),
        ("Caf, service social", hours(208), Share(208, 2078)), ("CDAS", hours(479), Share(479, 2078)),
        ("Ensemble", hours(2078), Share(2078, 2078)),
    ],
    note="La somme est égale au temps ouvert des demandes, à la minute.",
)  # fmt: skip
_COUNTS: tuple[Cell, ...] = (
    21, 17, 24, 19, 12, 9, 14, 28, 31, 16, 22, SMALL, 7, 13, KEPT_BACK, SMALL, 8, 11, 18, 15, 6, 0
)  # fmt: skip
BY_CDAS = table(
    "annex.cdas", "Octobre 2026, par CDAS", "CDAS",
    "sent Envoyées, answered Répondues, within Dans l’objectif:share, median Réponse (médiane):duration, open Ouvertes",
    [
        (
            name,
            count,
            count if not isinstance(count, int) else max(count - 2, 0),
            Share(round(count * 0.7), max(count - 2, 0)) if isinstance(count, int) and count > 6 else
            (count if not isinstance(count, int) else None if not count else KEPT_BACK),
            hours(3.5 + place % 5) if isinstance(count, int) and count else None,
            SMALL if place % 4 == 1 else KEPT_BACK if place % 4 == 3 else place % 7 + 5 if count else 0,
        )
        for place, (name, count) in enumerate(zip(CDAS, _COUNTS, strict=True))
    ] + [("Ensemble", 312, 251, Share(203, 251), hours(5.67), 87)],
    by_unit=True,
    note="Chaque demande compte pour le CDAS qui l’a envoyée.",
)  # fmt: skip
BALANCE = table(
    "I-15.balance", "Demandes ouvertes : de début à fin octobre", "Mouvement", "caf Caf, cdas CDAS, all Ensemble",
    [
        ("Ouvertes au 1er octobre", 58, 14, 72), ("Créées", 233, 79, 312), ("Rouvertes ou contestées", 11, 3, 14),
        ("Reçues d’un autre service", 9, 12, 21), ("Terminées", -243, -47, -290), ("Transférées", -12, -9, -21),
        ("Ensemble", 56, 52, 108),
    ],
)  # fmt: skip
MEETING = table(
    "meeting.items", "Situations proposées à la réunion", "Référence",
    "kind Demande:text, age Âge:duration, state État:text, question Question:text",
    [
        ("UD-4F7K-92QX", "Urgence définie", hours(37.5), "hors délai",
         "Apprentissage du fils aîné : qui demande la pièce, et à qui ?"),
        ("UD-0A2H-7QX1", "Urgence définie", hours(15.2), "refus contesté",
         "« Visible dans CDAP » : le motif ne l’était pas."),
        ("PR-6D0V-3ZTQ", "Proposition de relais", hours(71), "en attente", "Rencontre commune sans lieu possible."),
    ],
)  # fmt: skip
DECISIONS = table(
    "meeting.actions", "Décisions restées ouvertes", "Décision", "who Qui:text, due Pour le:date, state État:text",
    [
        ("Atelier CDAP à Fougères", "Caf", date(2026, 11, 20), "à faire"),
        ("Ajouter « apprentissage » aux modèles de réponse", "Caf", date(2026, 10, 2), "en retard d’un mois"),
        ("Horaires de la ligne en décembre", "Délégation", date(2026, 12, 3), "à la prochaine réunion"),
    ],
)  # fmt: skip
RELAYS = table(
    "II-2.relays", "Relais et co-interventions", "Demande",
    "asked Demandés, agreed Validés:share, going En cours, ended Terminés",
    [
        ("Relais du CDAS vers la Caf", 14, Share(11, 13), 18, 6),
        ("Relais de la Caf vers un CDAS", 9, Share(8, 9), 12, 4),
        ("Co-interventions", 7, Share(7, 7), 9, 3), ("Ensemble", 30, Share(26, 29), 39, 13),
    ],
)  # fmt: skip
QUALITY = table(
    "quality.points", "Ce qui manque aux données d’octobre", "Point", "now Nombre, share Part:share",
    [
        ("Appels sans CDAS", 6, Share(6, 111)), ("Demandes closes sans issue", 2, Share(2, 290)),
        ("Saisies plus d’un jour après", 11, Share(11, 312)),
    ],
)  # fmt: skip
BY_UNIT_SENT = table(
    "I-1.cdas", "Demandes envoyées en octobre, par CDAS", "CDAS", "sent Demandes",
    [(name, count) for name, count in zip(CDAS, _COUNTS, strict=True)] + [("Ensemble", 312)],
    by_unit=True,
)  # fmt: skip


def chapter(id_: str, title: str, sentence: str = "") -> Section:
    """The head of a chapter."""
    return Section(id_, title, sentence, level=1)


PACK = Document(
    kind="monthly_pack",
    title="Réunion technique – octobre 2026",
    subtitle="Les chiffres du mois, à côté de septembre 2026 et d’octobre 2025",
    made_on=date(2026, 11, 2),
    revision=2,
    key_figures=(
        ("demandes", "312", "+ 9 % sur septembre, + 4 % sur octobre 2025"),
        ("réponses dans l’objectif", "80,9 %", "203 sur 251 ; COG 27 : 80 %, par analogie"),
        ("réponse, médiane ouvrée", "5 h 40", "9 sur 10 en moins de 17 h 10"),
        ("visibles dans CDAP", "4,9 %", "13 sur 264 décidées ; hors définition : 7, à part"),
    ),
    sections=(
        chapter("chapter-1", "Ce qui a été demandé"),
        Section(
            "I-1", "Demandes par canal", "312 demandes en octobre : le plus haut des treize mois.",
            (CHANNELS, BY_UNIT_SENT),
            (
                Chart("bars", "I-1.channel", "Demandes par canal",
                      "D’octobre 2025 à octobre 2026 ; le formulaire porte plus de la moitié des demandes.",
                      ("form", "phone", "email")),
                Chart("bars", "I-1.cdas", "Demandes par CDAS", "Maurepas et Le Blosne envoient le plus."),
            ),
            ("Les messages sans le mot clé (41 en octobre) sont comptés à part.",),
        ),
        Section("I-2", "Nature des demandes", "Une demande sur trois concerne le RSA.", (NATURE,),
                (Chart("bars", "I-2.benefit", "Demandes par prestation",
                       "RSA, aides au logement et AAH font sept demandes sur dix.", ("stopped", "fall", "long")),)),
        Section("I-3", "Demandes injustifiées", "13 refus sur 264 décisions : la réponse se voyait dans CDAP.",
                (VISIBLE,)),
        chapter("chapter-2", "Les délais", "Tous les délais sont en temps ouvré, arrêtés au 31 octobre."),
        Section("I-5", "Temps de chaque étape", "La moitié des réponses tient en 5 h 40 ouvrées.", (CLOCKS, SIDES),
                (Chart("sides", "I-5.sides", "Temps par côté", "La ligne directe est la plus courte pour tous."),)),
        Section("I-6", "Respect des objectifs", "81 % des réponses dans l’objectif ; c’est 9 points de plus en un an.",
                (WITHIN,),
                (Chart("lines", "I-6.within", "Réponses dans l’objectif", "Au-dessus de 80 % depuis août.",
                       target=80, target_label="objectif 80 %"),)),
        Section("I-13", "À qui revenait l’attente", "La Caf devait 77 % du temps ouvert.", (WAITED,)),
        chapter("chapter-3", "Ce que sont devenues les demandes"),
        Section("I-7", "Demandes ouvertes et leur âge", "87 demandes ouvertes, dont 10 depuis plus de dix jours.",
                (STOCK,),
                (Chart("bars", "I-7.age", "Demandes ouvertes selon leur âge", "Une sur deux a deux jours au plus.",
                       ("caf", "cdas", "pause")),)),
        Section("I-8", "Issues", "Plus d’une demande sur deux rétablit un droit.", (OUTCOME,)),
        Section("I-9", "Réitérations", "8 % reviennent dans les trente jours ; 12 % il y a un an.", (AGAIN,),
                (Chart("lines", "I-9.again", "Réitérations", "En baisse depuis décembre.", target=21,
                       target_label="COG 24 : 21 %, par analogie"),),
                ("La COG 24 est définie autrement : les deux ne se comparent pas terme à terme.",)),
        Section("I-15", "Stock et mouvements", "Les mouvements et le stock concordent.", (BALANCE,)),
        chapter("chapter-4", "La ligne directe et l’utilité"),
        Section("I-10", "Ligne directe", "111 appels, 92 % décrochés.", (ANSWERED, CALLS),
                (Chart("heat", "I-10.hours", "Quand la ligne sonne", "Surtout le jeudi entre 10 h et 12 h."),)),
        Section("I-11", "Utilité", "4,2 sur 5 : la meilleure note des treize mois.", (USEFUL,),
                (Chart("lines", "I-11.mark", "Note moyenne", "De 3,6 à 4,2 en un an.", ("mean",)),)),
        Section("I-12", "Actions", "Trois actions, 45 participants.", (ACTIONS,)),
        chapter("chapter-5", "Les services sociaux"),
        Section("II-2", "Relais et co-interventions", "30 demandés, 26 validés.", (RELAYS,)),
        chapter("chapter-6", "La réunion"),
        Section("meeting", "Situations proposées", "Trois situations, sans donnée personnelle.", (MEETING,)),
        Section("actions", "Décisions et suites", "", (DECISIONS,)),
        Section("quality", "Qualité des données", "", (QUALITY,),
                remarks=("Deux appels du 14 octobre n’ont pas d’heure de fin.",)),
        chapter("annex", "Annexe : par CDAS"),
        Section("annex-cdas", "Les 22 CDAS", "", (BY_CDAS,)),
    ),
)  # fmt: skip

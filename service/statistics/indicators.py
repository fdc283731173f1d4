"""Each indicator, defined once: what it says, over what, dated by what, in which tables and drawings.

Screen, pack, exports and the page on methods all read this table (indicators.md in the trade's words).
"""

from service.statistics.indicator import Drawing, Indicator, Trend
from service.statistics.volet_one import DIRECTIONS
from service.workflows.urgent_rights import CHANNELS

BY_SENDING = "date d’envoi de la demande"
BY_EVENT = "date de l’événement"
AT_THE_END = "situation au dernier jour de la période"

_CLOCKS = {
    "urgent_rights.triage": "Tri",
    "urgent_rights.take": "Prise en charge",
    "urgent_rights.answer": "Réponse",
}
_STOCK = {"departement": "Département", "caf": "Caf"}

VOLET_ONE = (
    Indicator(
        "0",
        "Toutes les demandes",
        "Ce que les deux institutions se sont demandé, par type, par sens et par CDAS ; les traces de protection de "
        "l’enfance sont un seul nombre.",
        "demandes envoyées",
        BY_SENDING,
        ("0.kind", "0.unit", "0.notices"),
        breakdowns=("CDAS", "sens"),
    ),
    Indicator(
        "I-1",
        "Sollicitations par canal",
        "Par où les urgences définies arrivent à la Caf, et ce qui arrive sans ouvrir de demande.",
        "urgences définies envoyées",
        BY_SENDING,
        ("I-1.channel", "I-1.beside"),
        breakdowns=("canal",),
        trends=(
            Trend(
                "I-1.trend",
                "Urgences définies par canal, sur treize mois",
                "I-1.channel",
                "n",
                CHANNELS,
                "bars",
            ),
        ),
    ),
    Indicator(
        "I-2",
        "Nature des demandes",
        "Quelle prestation manque, et de quelle façon.",
        "urgences définies envoyées, par prestation et motif déclarés",
        BY_SENDING,
        ("I-2.benefit",),
        breakdowns=("prestation", "motif"),
        drawings=(
            Drawing(
                "bars",
                "I-2.benefit",
                "Urgences définies par prestation et motif",
                ("interruption", "strong_decrease", "three_months"),
            ),
        ),
    ),
    Indicator(
        "I-3",
        "Sollicitations injustifiées",
        "Ce que CDAP montrait déjà à quelqu’un qui y a accès ; ce qui est hors définition est compté à part.",
        "demandes non retenues parce que l’information était visible dans CDAP, avec accès",
        BY_SENDING,
        ("I-3.refused", "I-3.unit"),
        denominator="demandes décidées",
        breakdowns=("CDAS",),
        trends=(
            Trend(
                "I-3.trend",
                "Part des demandes non retenues, sur treize mois",
                "I-3.refused",
                "share",
                {"visible_in_cdap": "Visible dans CDAP", "not_urgent": "Hors définition"},
            ),
        ),
    ),
    Indicator(
        "I-4",
        "Orientations injustifiées",
        "Ce que le service qui reçoit juge injustifié, dans les deux sens, et ce qui était pour un autre service.",
        "orientations jugées injustifiées",
        BY_SENDING,
        ("I-4.direction", "I-4.reason", "I-4.elsewhere"),
        denominator="orientations qui ont eu un retour",
        breakdowns=("sens", "motif"),
    ),
    Indicator(
        "I-5",
        "Délais",
        "Le temps de chaque étape, en heures ouvrées du service qui la devait ; l’attente de l’autre côté à part.",
        "délais arrêtés avant la fin de la période ; ceux qui courent encore sont comptés à côté",
        BY_SENDING,
        ("I-5.clock",),
        breakdowns=("type de demande",),
    ),
    Indicator(
        "I-6",
        "Dans l’objectif",
        "Part des étapes faites dans leur objectif, mois après mois.",
        "délais tenus",
        BY_SENDING,
        (),
        denominator="délais arrêtés avant la fin de la période",
        breakdowns=("délai",),
        trends=(
            Trend(
                "I-6.trend",
                "Part des délais tenus pour les urgences définies, sur treize mois",
                "I-5.clock",
                "within",
                _CLOCKS,
            ),
            Trend(
                "I-6.offer",
                "Part des rendez-vous proposés dans leur objectif, sur treize mois",
                "I-5.clock",
                "within",
                {"appointment.offer": "Offre de rendez-vous"},
                target=85,
                target_label="85 % : repère de la circulaire 2014-018 pour l’offre de rendez-vous",
            ),
        ),
    ),
    Indicator(
        "I-7",
        "Stock et âge",
        "Ce qui était ouvert à la fin de la période, et depuis combien de jours ouvrés ; une vérification de droits a "
        "l’âge de son échéance, et rien n’est dû avant elle.",
        "demandes ouvertes",
        AT_THE_END,
        ("I-7.age", "I-7.state"),
        breakdowns=("type de demande", "état", "âge"),
        drawings=(
            Drawing("bars", "I-7.age", "Demandes ouvertes selon leur âge", ("0-2", "3-5", "6-10", "11+")),
        ),
    ),
    Indicator(
        "I-8",
        "Issues",
        "Ce que la Caf a répondu, et le temps jusqu’au paiement quand un paiement a été programmé.",
        "urgences définies répondues, selon la dernière réponse",
        BY_SENDING,
        ("I-8.outcome", "I-8.payment"),
        breakdowns=("issue",),
    ),
    Indicator(
        "I-9",
        "Réitération",
        "Ce qui revient : demande rouverte, ou nouvelle demande de la même personne pour la même prestation.",
        "réouvertures, et nouvelles demandes dans les 30 jours d’une clôture",
        BY_EVENT,
        ("I-9.repeated",),
        denominator="clôtures de la période",
    ),
    Indicator(
        "I-10",
        "Ligne directe",
        "Les appels, leur heure, et ce qui est passé à côté de la ligne alors qu’elle était ouverte.",
        "appels notés",
        "heure de l’appel",
        ("I-10.calls", "I-10.hours", "I-10.beside"),
        breakdowns=("heure", "jour"),
        drawings=(Drawing("heat", "I-10.hours", "Appels par heure et par jour"),),
    ),
    Indicator(
        "I-11",
        "Utilité",
        "La note que le CDAS donne à la réponse quand il en accuse réception.",
        "notes données",
        BY_EVENT,
        ("I-11.usefulness",),
    ),
    Indicator(
        "I-12",
        "Actions de sensibilisation",
        "Ce que les deux institutions ont fait ensemble pour que les demandes arrivent au bon endroit.",
        "actions et ateliers tenus, et leurs participants",
        "jour où l’action s’est tenue",
        ("I-12.actions",),
        breakdowns=("type d’action",),
    ),
    Indicator(
        "I-13",
        "Le temps de chacun",
        "À qui revenait l’étape suivante, seconde après seconde, tant qu’un délai courait.",
        "temps ouvré dû par chaque côté",
        BY_SENDING,
        ("I-13.side", "I-13.kind"),
        breakdowns=("côté", "type de demande"),
        drawings=(Drawing("sides", "I-13.kind", "Part du temps de chacun"),),
    ),
    Indicator(
        "I-14",
        "Requalification",
        "Ce que la Caf retient quand c’est autre chose que ce qui était déclaré, et les secondes lectures.",
        "demandes dont la prestation ou le motif retenu diffère",
        BY_SENDING,
        ("I-14.ground", "I-14.second"),
        denominator="demandes décidées dont les deux sont connus",
    ),
    Indicator(
        "I-15",
        "D’un stock à l’autre",
        "Ouvertes au début, entrées, sorties, ouvertes à la fin : le compte tombe juste, sinon rien n’est publié.",
        "demandes",
        BY_EVENT,
        ("I-15.institution", "I-15.unit"),
        breakdowns=("service",),
        trends=(
            Trend(
                "I-15.trend",
                "Demandes ouvertes en fin de mois, sur treize mois",
                "I-15.institution",
                "end",
                _STOCK,
            ),
        ),
    ),
)
VOLET_TWO = (
    Indicator(
        "II-1",
        "Ce qui est demandé aux travailleurs sociaux de la Caf",
        "Co-interventions, relais, rendez-vous et urgences, par événement ou motif.",
        "demandes envoyées à la Caf",
        BY_SENDING,
        ("II-1.kind", "II-1.event", "II-1.motive"),
        breakdowns=("type de demande", "événement", "motif"),
    ),
    Indicator(
        "II-2",
        "Relais et co-interventions",
        "Demandés, validés, non retenus, en cours, terminés, dans chaque sens.",
        "demandes envoyées, selon leur état à la fin de la période",
        BY_SENDING,
        ("II-2.together", "II-2.declined", "II-2.outcome"),
        breakdowns=("sens",),
    ),
    Indicator(
        "II-3",
        "Orientations qui ne devraient plus exister",
        "Une instruction est portée par qui accompagne la personne : l’orienter ailleurs n’a plus lieu d’être.",
        "orientations pour une instruction, la personne étant accompagnée par le service qui oriente",
        BY_SENDING,
        ("II-3.needless",),
        breakdowns=tuple(DIRECTIONS.values()),
    ),
    Indicator(
        "II-4",
        "Urgences envoyées sans accompagnement ni traitement",
        "Le service social de la Caf ne reçoit pas en urgence quelqu’un qu’il n’accompagne pas encore.",
        "urgences sociales envoyées à la Caf sans accompagnement ouvert ni traitement noté",
        BY_SENDING,
        ("II-4.untreated",),
        denominator="urgences sociales envoyées à la Caf",
    ),
    Indicator(
        "II-5",
        "Rendez-vous",
        "Demandés par qui, joints et proposés en combien de temps, honorés, et ce qu’il en est sorti.",
        "demandes de rendez-vous",
        BY_SENDING,
        ("II-5.source", "II-5.reached", "II-5.offered", "II-5.kept", "II-5.outcome"),
        breakdowns=("origine",),
    ),
    Indicator(
        "II-6",
        "Qualité des échanges",
        "Rencontres communes avec la famille, relais accompagnés d’une communication écrite.",
        "rencontres et communications",
        BY_EVENT,
        ("II-6.communication",),
    ),
    Indicator(
        "II-7",
        "Faire connaître les deux services",
        "Les présentations des missions de chaque service social à l’autre.",
        "présentations tenues, et leurs participants",
        "jour où l’action s’est tenue",
        ("II-7.actions",),
        breakdowns=("type d’action",),
    ),
)
RIGHTS = (
    Indicator(
        "RD-1",
        "Rendez-vous réalisés",
        "Un entretien sur tous les droits qui peuvent être ceux de la personne.",
        "rendez-vous des droits réalisés",
        "jour où le rendez-vous s’est tenu",
        ("RD-1.held",),
        breakdowns=("public", "motif"),
    ),
    Indicator(
        "RD-2",
        "Droits ouverts",
        "Trois mois après un rendez-vous, la Caf vérifie lesquels de ses droits ont été ouverts : chaque rendez-vous "
        "compte dans la période où il atteint ses trois mois, vérifié ou pas encore. En retard : l’objectif de la "
        "vérification, qui court de ce jour, est dépassé.",
        "rendez-vous après lesquels au moins un droit de la Caf a été ouvert",
        "jour où les trois mois sont atteints",
        ("RD-2.opened",),
        denominator="rendez-vous réalisés qui atteignent trois mois dans la période",
    ),
)
VOLETS = (
    ("volet-1", "Volet I : urgences définies et orientations", VOLET_ONE),
    ("volet-2", "Volet II : les deux services sociaux", VOLET_TWO),
    ("rights", "Rendez-vous des droits", RIGHTS),
)
"""The chapters of every document: id, title, indicators."""

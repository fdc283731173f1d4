"""What the two institutions tell each other and do together in the demonstration; nobody named here exists."""

from dataclasses import dataclass

from service.permissions import Institution

REFERENTS = {
    "caf_referent": "Mme Démo-Vasseur, responsable des partenariats",
    "caf_email": "partenariats@caf.example",
    "departement_referent": "M. Exemple-Kerleau, Délégation à la vie sociale",
    "departement_email": "vie-sociale@departement.example",
}
_ORGANISATION, _LAW, _TOOLS = (
    "Organisation et horaires des services",
    "Législation et droits des allocataires",
    "Outils et procédures",
)
KINDS = (
    (_ORGANISATION, "both", "Relais, deux semaines avant ; un appel si le délai est plus court."),
    (_LAW, "caf", "Relais et courriel, un mois avant ; une présentation en réunion technique."),
    ("Dispositifs et aides du Département", "departement", "Relais et courriel, un mois avant."),
    (_TOOLS, "both", "Relais, une semaine avant."),
)
ASIP_ACTORS = (
    ("CCAS d’Exemple-sur-Vilaine", "ccas@exemple-sur-vilaine.example"),
    ("Espace France services de Démo-les-Bois", "france-services@demo-les-bois.example"),
    ("Entraide d’Exemple, association", "accueil@entraide.example"),
    ("Mairie de Saint-Exemple", "accueil@saint-exemple.example"),
)
PAYS = (
    "Pays de Redon",
    "Pays de Fougères",
    "Pays de Saint-Malo",
    "Pays de Brocéliande",
    "Pays de Vitré",
    "Pays de Rennes",
)
ACTIONS: dict[str, tuple[str | None, list[str], str]] = {
    "asip": ("Siège de la Caf, salle Vilaine", ["caf_reception"], "delegation"),
    "cdap_workshop": (None, ["cdas_reception", "cdas_teams"], "caf-prestations"),
    "missions_departement": ("Siège de la Caf, salle Ille", ["caf_social", "caf_agents"], "delegation"),
    "missions_caf": (None, ["cdas_teams"], "caf-social"),
}
"""By kind: where (None: in a CDAS), for whom, by which unit."""

MEETINGS = (
    (
        "asip",
        "Réseau local : qui fait quoi",
        "Mme Exemple-Allain, CDAS\nM. Démo-Perrin, Délégation",
        "Mme Démo-Vasseur, partenariats",
    ),
    (
        "governance",
        "Comité de pilotage de la démarche ASIP",
        "M. Exemple-Kerleau, Délégation",
        "M. Démo-Lucas",
    ),
    ("asip", "Accueillir et orienter ensemble", "Mme Exemple-Josse, CDAS", None),
)
PRACTICE = """\
# Avant de solliciter la Caf

- Consultez le dossier dans CDAP le jour même : un paiement annoncé y figure souvent.
- Notez ce que vous y avez cherché et pas trouvé.
- Sans accès avec votre profil, dites-le simplement : cela nourrit les demandes à la Cnaf.

# Signaler

- Une situation par demande, le matricule, les faits utiles. Jamais le numéro de sécurité sociale.
- Quand la ligne directe est ouverte, appelez.

# Répondre à un CDAS

- Dites ce qui a été fait, à quelle date, et ce qui reste à faire.
- Si l’information se lit dans CDAP, indiquez l’onglet.
"""
CNAF: tuple[tuple[int, dict[str, str], tuple[tuple[str, str | None], ...]], ...] = (
    (
        150,
        {
            "topic": "profiles",
            "title": "Un profil de consultation pour l’accueil des CDAS",
            "body": "Les agents d’accueil reçoivent la personne en premier et n’ouvrent pas CDAP.",
        },
        (("sent", None), ("answered", "Profil à l’étude, retour annoncé au printemps.")),
    ),
    (
        60,
        {
            "topic": "content",
            "title": "Afficher le motif d’une suspension de droit",
            "body": "CDAP dit que le droit est suspendu, pas pourquoi : il faut appeler pour le savoir.",
        },
        (("sent", None),),
    ),
    (
        9,
        {"topic": "content", "title": "Voir la date du prochain paiement programmé"},
        (),
    ),
)
"""How many days before the end, what is asked, and what became of it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`ahead`: days from publication to its effect; `lasts`: to its end; `unread`: units that never confirm."""

    side: Institution
    kind: str
    title: str
    body: str
    groups: list[str]
    ahead: int
    lasts: int = 0
    to_asip: bool = False
    unread: tuple[str, ...] = ()


NOTICES: tuple[tuple[int, Notice], ...] = (
    (
        230,
        Notice(
            Institution.CAF,
            _ORGANISATION,
            "Fermeture exceptionnelle de l’accueil d’Exemple-Nord",
            "L’accueil est fermé pour travaux.\n\n"
            "- Les rendez-vous se tiennent au siège.\n- La ligne directe reste ouverte.",
            ["cdas"],
            12,
            lasts=40,
        ),
    ),
    (
        90,
        Notice(
            Institution.DEPARTEMENT,
            _TOOLS,
            "Un nouveau numéro pour l’accueil des CDAS",
            "Les anciens numéros renvoient vers le nouveau pendant six mois.",
            ["caf"],
            10,
        ),
    ),
    (
        21,
        Notice(
            Institution.CAF,
            _LAW,
            "Ressources prises en compte pour le RSA : ce qui change",
            "# Ce qui change\n\nLa période de référence avance d’un mois.\n\n# Ce que vous pouvez dire\n\n"
            "- Aucune démarche n’est demandée aux personnes.\n- Les droits sont recalculés au prochain trimestre.",
            ["cdas", "caf"],
            35,
            to_asip=True,
            unread=("cdas-redon", "cdas-vitre"),
        ),
    ),
    (
        3,
        Notice(
            Institution.DEPARTEMENT,
            _ORGANISATION,
            "Réorganisation de l’accueil de deux CDAS",
            "Pendant le déménagement, l’accueil du public se fait l’après-midi seulement.\n\n"
            "Les urgences restent reçues toute la journée.",
            ["caf"],
            25,
            unread=("caf-social", "caf-secretariat"),
        ),
    ),
)

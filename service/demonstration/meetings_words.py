"""What is said in the meetings of the demonstration; nobody is named."""

from collections.abc import Mapping

from service.permissions import Institution, Role

PLACES = ("Salle Démonstration, siège de la Caf", "Salle Exemple, hôtel du Département")

LINES = (
    "Horaires de la ligne directe pendant les vacances scolaires",
    "Nouveaux interlocuteurs : mise à jour de l’annuaire",
    "Retour sur l’atelier CDAP du mois",
)

DECISIONS = (
    "La ligne directe reste ouverte le matin pendant les ponts.",
    "Une pièce déjà envoyée par l’allocataire n’est plus redemandée au CDAS.",
    "Les refus « visible dans CDAP » disent à quel écran lire la réponse.",
    "Les CDAS joignent la date du dernier versement à chaque demande.",
    "Le secrétariat rappelle le CDAS avant de réorienter une demande.",
)

ACTIONS = (
    ("Atelier de pratique de CDAP pour les nouveaux professionnels", "unit:caf-direction"),
    ("Ajouter « apprentissage » aux modèles de réponse", "unit:caf-prestations"),
    ("Envoyer aux CDAS la liste des interlocuteurs à jour", "unit:caf-secretariat"),
    ("Présenter le service social de la Caf aux équipes d’accueil", "unit:caf-social"),
    ("Diffuser les horaires de la ligne de la fin d’année", "unit:delegation"),
)
DONE = "Fait, et présenté aux équipes."

QUESTIONS = (
    "Qui demande l’attestation quand l’employeur ne répond pas ?",
    "La même situation revient chaque trimestre : peut-on l’anticiper ?",
    "La réponse tient en une ligne de CDAP : faut-il un atelier ?",
    "Deux services ont répondu différemment : quelle est la règle ?",
    "Le logement vient de changer de commune : qui suit le dossier ?",
)

OF_THE_COMMITTEE = (
    "Les deux institutions maintiennent la réunion technique mensuelle.",
    "Un atelier commun ouvre l’année dans chaque agence départementale.",
)

COMMENTS: Mapping[Institution, tuple[str, str, str]] = {
    Institution.DEPARTEMENT: (
        "Les réponses arrivent plus vite qu’avant la convention, et disent pourquoi.",
        "Les équipes d’accueil connaissent encore mal la ligne directe.",
        "Présenter la convention à chaque nouvelle équipe dans les trois mois.",
    ),
    Institution.CAF: (
        "Les demandes sont mieux remplies et moins souvent lisibles dans CDAP.",
        "Les demandes du vendredi soir arrivent encore par courriel.",
        "Des ateliers CDAP courts, par petits groupes.",
    ),
}

REMARKS = (
    ("line", "works", "La ligne directe répond vite le matin, on gagne une demi-journée.", Role.CDAS_AGENT),
    ("requests", "to_improve", "Il manque souvent la date du dernier versement.", Role.CAF_AGENT),
    (
        "relays",
        "works",
        "Les co-interventions préparées à deux évitent des rendez-vous en double.",
        Role.CAF_TS,
    ),
    ("answers", "to_improve", "Les réponses du vendredi disent « en cours » sans échéance.", Role.CDAS_HEAD),
    ("cdap", "to_improve", "Les droits d’accès à CDAP arrivent tard pour les remplaçants.", Role.CDAS_AGENT),
    ("orientations", "works", "Les fiches d’orientation arrivent complètes.", Role.CAF_SECRETARIAT),
    (
        "knowing",
        "to_improve",
        "On ne sait pas toujours qui remplace qui pendant les congés.",
        Role.CDAS_AGENT,
    ),
    ("appointments", "works", "Les rendez-vous sont proposés dans la semaine.", Role.CDAS_HEAD),
)
"""Theme, tone, text and who says it."""

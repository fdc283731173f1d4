"""Messages of the Caf's mailbox in the demonstration: subject and text."""

WITH_THE_KEYWORD = (
    ("URGENCE DEFINIE", "URGENCE DEFINIE\n\nBonjour,\n\n{description}\n\n{lines}\n\nCordialement,\n{author}"),
    (
        "Urgence définie, merci de votre aide",
        "Bonjour à tous,\n\nURGENCE-DEFINIE pour la situation suivante.\n{lines}\n\n{description}\n\n{author}",
    ),
    ("Situation à regarder", "Urgence définie\n{lines}\n{description}\n\nMerci d’avance,\n{author}"),
    ("urgence definie svp", "Bonjour,\n\n{description}\n{lines}\n\nBien à vous.\n{author}"),
)

FORM = "URGENCE DEFINIE\n{description}"

NAMELESS = (
    "urgence définie",
    "Bonjour,\n\nurgence définie, un de nos résidents n’a plus rien reçu depuis l’été. Qui peut nous rappeler ?",
)

REPLY = ("Re: Relais – {reference}", "Bonjour,\n\n{text}\n\nDemande {reference}\n{author}")

TO_SORT = (
    (
        "Question sur un dossier",
        "Bonjour,\n\nLa famille suivie par notre service se demande quand sera étudiée sa demande d’aide au logement.\n"
        "C’est une première demande.\n\nMerci.",
        "ordinary",
    ),
    (
        "Demande de rendez-vous",
        "Bonjour,\n\nMadame vient de se séparer et souhaite rencontrer une travailleuse sociale de la Caf.\n"
        "Elle est joignable en fin de matinée.\n\nCordialement.",
        "other_service",
    ),
    (
        "Mutation de dossier",
        "Bonjour,\n\nLe dossier vient d’un autre département, quelles pièces faut-il renvoyer ?"
        "\n\nMerci de votre aide.",
        "ordinary",
    ),
    (
        "URGENT aide alimentaire",
        "Bonjour,\n\nNous recevons une personne sans ressources ce matin, elle n’a plus rien à manger.\n"
        "Qui l’accompagne chez vous ?\n\nCordialement.",
        "other_service",
    ),
    (
        "Accès CDAP",
        "Bonjour,\n\nNotre nouvelle collègue n’a pas encore d’accès à CDAP, à qui adresser l’habilitation ?"
        "\n\nMerci.",
        "ordinary",
    ),
    (
        "Concertation de jeudi",
        "Bonjour,\n\nPouvez-vous nous confirmer la présence de votre collègue à la concertation de jeudi ?"
        "\n\nCordialement.",
        "other_service",
    ),
    (
        "Paiement non reçu",
        "Bonjour,\n\nLe paiement du mois n’apparaît pas sur le compte de Monsieur. Est-ce normal à cette date ?"
        "\n\nMerci.",
        "ordinary",
    ),
    (
        "Attestation de droits",
        "Bonjour,\n\nPourriez-vous nous adresser une attestation de droits pour une demande de FSL ?"
        "\n\nCordialement.",
        "ordinary",
    ),
)
"""Subject, text, and what somebody will find them to be."""

URGENT_AFTER_ALL = "Besoin d’aide pour une situation"
"""A message that forgot the keyword."""

ABSENCE = ("Réponse automatique : absence du bureau", "Je suis absente jusqu’à lundi.")
SEALED = "Message sécurisé"

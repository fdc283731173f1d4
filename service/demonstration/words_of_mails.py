"""Messages of the Caf's mailbox in the demonstration: subject and text. `{…}`: what the sender fills in."""

WITH_THE_KEYWORD = (
    (
        "URGENCE DEFINIE – {benefit}",
        "URGENCE DEFINIE\n\nBonjour,\n\n{description}\n\n{identity}\n\nCordialement,\n{author}",
    ),
    (
        "Urgence définie {matricule}",
        "Bonjour à tous,\n\nURGENCE-DEFINIE pour la situation suivante.\n{identity}\n{description}\n\n{author}",
    ),
    (
        "Formulaire de contact – URGENCE DEFINIE",
        "URGENCE DEFINIE\n{identity}\nMotif : {description}\n\nMerci d’avance,\n{author}",
    ),
    (
        "urgence definie svp",
        "Bonjour, urgence définie : {description}\n{identity}\nBien à vous. {author}",
    ),
)

TO_SORT = (
    (
        "Question sur un dossier",
        "Bonjour,\n\nLa famille suivie par notre service se demande quand sera étudiée sa demande d’aide au logement.\n"
        "Il n’y a pas d’interruption, seulement une première demande.\n\nMerci.",
    ),
    (
        "Demande de rendez-vous",
        "Bonjour,\n\nMadame vient de se séparer et souhaite rencontrer une travailleuse sociale de la Caf.\n"
        "Elle est joignable en fin de matinée.\n\nCordialement.",
    ),
    (
        "Mutation de dossier",
        "Bonjour,\n\nLe dossier vient d’un autre département, quelles pièces faut-il renvoyer ?"
        "\n\nMerci de votre aide.",
    ),
    (
        "URGENT aide alimentaire",
        "Bonjour,\n\nNous recevons une personne sans ressources ce matin, elle n’a plus rien à manger.\n"
        "Qui l’accompagne chez vous ?\n\nCordialement.",
    ),
    (
        "Accès CDAP",
        "Bonjour,\n\nNotre nouvelle collègue n’a pas encore d’accès à CDAP, à qui adresser l’habilitation ?"
        "\n\nMerci.",
    ),
    (
        "Concertation de jeudi",
        "Bonjour,\n\nPouvez-vous nous confirmer la présence de votre collègue à la concertation de jeudi ?"
        "\n\nCordialement.",
    ),
    (
        "Paiement non reçu",
        "Bonjour,\n\nLe paiement du mois n’apparaît pas sur le compte de Monsieur. Est-ce normal à cette date ?"
        "\n\nMerci.",
    ),
    (
        "Attestation de droits",
        "Bonjour,\n\nPourriez-vous nous adresser une attestation de droits pour une demande de FSL ?"
        "\n\nCordialement.",
    ),
)

AUTOMATIC = ("Réponse automatique : absence du bureau", "Je suis absente jusqu’à lundi.")

UNREADABLE = ("message chiffré ou scellé", "Message sécurisé")

"""What the Caf writes in the demonstration. `{day}`: the date of the outcome, `{of}`: the benefit."""

QUESTIONS = (
    "La situation familiale a-t-elle changé depuis la dernière déclaration, et à quelle date ?",
    "Pouvez-vous joindre le RIB au nom de la personne ?",
    "La personne a-t-elle repris une activité, même courte, au cours des trois derniers mois ?",
    "Nous n’avons pas l’attestation de loyer : le bailleur vous l’a-t-il remise ?",
    "Quelle est la date exacte de la séparation ?",
    "Le logement est-il toujours occupé par la personne ?",
    "Pouvez-vous préciser les ressources des trois derniers mois ?",
    "Le titre de séjour a-t-il été renouvelé ? Une copie du récépissé suffit.",
    "L’enfant est-il à la charge effective de la personne, toute la semaine ou une semaine sur deux ?",
    "La décision de la MDPH a-t-elle été reçue ? De quand date-t-elle ?",
    "Le matricule ne correspond pas au nom indiqué : pouvez-vous vérifier ?",
    "La déclaration trimestrielle a-t-elle été envoyée ? Nous n’en trouvons pas trace.",
)

ANSWERS = {
    "restored": (
        "Le droit {of} est rétabli sans interruption. Le paiement suit le calendrier habituel.",
        "La suspension est levée, le dossier {of} est à jour. Une notification part ce jour.",
        "Après traitement de la pièce reçue, le droit {of} est de nouveau ouvert.",
        "Erreur corrigée : le droit {of} est rétabli avec rappel des sommes dues.",
    ),
    "payment_scheduled": (
        "Un paiement {of} est programmé le {day}, rappel compris.",
        "Le dossier est régularisé ; le virement {of} partira le {day}.",
        "Versement exceptionnel accepté, visible sur le compte de la personne à partir du {day}.",
    ),
    "documents_requested": (
        "Le droit {of} ne peut pas être calculé sans la pièce indiquée, demandée ce jour à la personne.",
        "Un courrier et un message ont été envoyés à la personne : il manque la pièce ci-dessous.",
        "Dès réception de la pièce, le dossier sera traité en priorité.",
    ),
    "not_due": (
        "Les ressources déclarées dépassent le plafond : pas de droit {of} à ce jour. La personne peut contester.",
        "Les conditions ne sont plus remplies depuis le changement de situation ; la notification explique le calcul.",
        "Le droit est arrivé à son terme et aucun renouvellement n’a été déposé.",
    ),
    "under_review": (
        "Une vérification est en cours, le dossier sera revu au plus tard le {day}.",
        "Le dossier {of} est chez le service comptable ; retour prévu le {day}.",
        "Contrôle de la situation en cours jusqu’au {day}. Une avance n’est pas possible d’ici là.",
    ),
    "other_body": (
        "La Caf attend la décision de l’organisme indiqué pour rouvrir le droit {of}.",
        "La demande a été transmise ; sans retour de l’organisme, aucun paiement {of} n’est possible.",
    ),
    "other": (
        "La personne a été rappelée directement, tout a été expliqué. Rien à faire côté CDAS.",
        "Le dossier a été transféré à la Caf du nouveau lieu d’habitation, qui reprend les paiements.",
    ),
}

DETAILS = {
    "documents_requested": (
        "Attestation de loyer du bailleur",
        "RIB au nom de la personne",
        "Déclaration trimestrielle de ressources",
        "Justificatif de séjour en cours de validité",
        "Jugement ou attestation sur l’honneur de séparation",
    ),
    "other_body": ("MDPH", "France Travail", "Cpam", "Caf du département précédent", "Carsat"),
}

REJECTIONS = {
    "not_urgent": (
        "Il s’agit d’un premier droit en cours d’étude : rien n’est interrompu.",
        "La baisse suit le calcul trimestriel annoncé, elle n’entre pas dans la définition partagée.",
        "Le dernier paiement a bien eu lieu à la date prévue, aucune interruption n’est constatée.",
        "La question porte sur un trop-perçu, sans interruption de versement.",
    ),
    "visible_in_cdap": (
        "La date du paiement est affichée dans CDAP, rubrique « Paiements ».",
        "La pièce attendue apparaît dans CDAP, rubrique « Démarches en cours ».",
        "Le motif de la suspension se lit dans CDAP, rubrique « Droits ».",
    ),
    "duplicate": (
        "Une demande pour la même situation est déjà suivie.",
        "Votre collègue a signalé la même situation hier, la réponse y sera donnée.",
    ),
    "wrong_service": (
        "Le versement dépend de la MSA pour cette personne.",
        "L’allocation concernée est versée par France Travail.",
        "Le dossier relève d’une autre Caf depuis le déménagement.",
    ),
    "wrong_orientation": (
        "La demande porte sur une aide financière du Département.",
        "La situation relève d’un accompagnement, pas d’un droit interrompu.",
    ),
    "unidentified": (
        "Le matricule et le nom indiqués ne correspondent à aucun dossier.",
        "Le message ne permet pas de savoir quel service l’envoie ni pour qui.",
    ),
}

TURN_TO = {
    "not_urgent": "Les voies de contact ordinaires de la Caf : compte en ligne, téléphone, accueil sur rendez-vous.",
    "visible_in_cdap": "CDAP Mon Compte Partenaire ; un atelier de prise en main est proposé chaque trimestre.",
    "duplicate": "La demande déjà en cours, dont la référence est indiquée.",
    "wrong_service": "L’organisme indiqué, par son propre numéro réservé aux partenaires.",
    "wrong_orientation": "Le CDAS du domicile, ou le service social de la Caf pour un rendez-vous.",
    "unidentified": "Renvoyez la demande avec le matricule à 7 chiffres et le nom du CDAS.",
}

HOW_KNOWN = (
    "La personne a appelé et donné elle-même l’information.",
    "La pièce est arrivée entre-temps par le compte en ligne.",
    "Le bailleur a répondu directement à la Caf.",
)

MESSAGES = (
    "Le dossier est chez un collègue de la comptabilité, réponse attendue demain.",
    "Bien reçu, nous regardons en priorité.",
    "La pièce est lisible, merci.",
    "Pour gagner du temps, merci d’indiquer la date du changement dans votre prochaine demande.",
    "Le paiement a été lancé ce matin, la confirmation suivra.",
)

NOTES = (
    "Vérifié avec la comptabilité : rien ne bloque.",
    "Attention, dossier muté le mois dernier.",
    "Contrôle en cours, ne rien promettre.",
    "Deuxième signalement sur ce dossier en deux mois.",
    "Pièce illisible, redemandée à la personne.",
    "Voir la consigne interne sur les mutations avant de répondre.",
    "À rappeler demain si pas de retour.",
)

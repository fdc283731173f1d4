"""What professionals of the CDAS write in the demonstration. `{of}`: the benefit, as in « plus de versement {of} »."""

SITUATIONS = {
    "interruption": (
        "Plus aucun versement {of} depuis le mois dernier.",
        "Le versement {of} s’est arrêté sans courrier d’explication.",
        "La personne n’a rien reçu de la Caf à la dernière échéance, alors que le paiement {of} était régulier.",
        "Interruption {of} constatée ce matin sur le compte bancaire de la personne.",
        "Le dossier semble suspendu : rien n’a été payé {of} ce mois-ci.",
        "La famille a découvert l’arrêt {of} en voulant régler le loyer.",
        "Paiement {of} interrompu après un changement de situation déclaré en ligne.",
        "Le droit {of} apparaît fermé depuis le renouvellement.",
        "Aucun paiement {of} depuis le déménagement dans le département.",
        "Arrêt du versement {of} à la suite d’un contrôle dont la personne dit ne pas connaître le résultat.",
    ),
    "strong_decrease": (
        "Forte baisse {of} ce mois-ci, sans notification reçue.",
        "Le montant {of} a été divisé par plus de deux d’un mois à l’autre.",
        "Une retenue importante est appliquée {of} ; la personne n’en comprend pas l’origine.",
        "Diminution brutale {of} après la dernière déclaration trimestrielle.",
        "Le montant {of} ne correspond plus à celui de la dernière notification.",
        "Baisse {of} à la suite de l’enregistrement d’une reprise d’activité qui n’a finalement pas eu lieu.",
    ),
}

FACTS = (
    "Déclaration trimestrielle envoyée en ligne dans les délais, accusé de réception présenté.",
    "Attestation de la MDPH transmise deux fois, la seconde par le compte en ligne.",
    "Séparation déclarée au début du mois ; la personne reste seule au domicile avec ses enfants.",
    "Changement de banque signalé : le nouveau RIB a été déposé dans le compte en ligne.",
    "Titre de séjour renouvelé, récépissé déposé il y a trois semaines.",
    "Fin de contrat intervenue le mois précédent, attestation employeur fournie.",
    "La personne sort d’une hospitalisation de plusieurs semaines et n’a pas pu faire ses démarches.",
    "Hébergement provisoire chez un proche depuis la perte du logement.",
    "Le bailleur a renvoyé l’attestation de loyer, copie jointe au dossier du CDAS.",
    "Naissance déclarée il y a un mois, acte de naissance déposé en ligne.",
    "Dernière ressource connue : une pension d’un faible montant, déjà déclarée.",
    "Personne peu à l’aise avec le numérique : la dernière déclaration a été faite avec l’espace France services.",
    "Un indu ancien serait en cours de récupération, le montant exact n’est pas connu.",
    "Reprise d’études d’un enfant majeur, certificat de scolarité transmis.",
)

NEEDS = (
    "Il n’y a plus de quoi faire les courses avant la fin de la semaine.",
    "Le loyer n’a pas pu être payé, le bailleur a déjà appelé.",
    "Une mise en demeure du fournisseur d’énergie est arrivée hier.",
    "Deux enfants en bas âge au foyer.",
    "Un secours d’urgence vient d’être demandé, il ne couvrira que quelques jours.",
    "Aucune autre ressource ce mois-ci.",
    "La personne est orientée vers l’aide alimentaire en attendant.",
    "Les prélèvements sont rejetés par la banque et les frais s’accumulent.",
    "La situation est d’autant plus tendue qu’une audience d’expulsion est fixée.",
    "La personne vit seule et très isolée, elle revient nous voir jeudi.",
    "Nous aimerions savoir quelle pièce débloquerait le dossier.",
    "Merci de nous dire si un paiement est prévu, pour rassurer la famille.",
)

MISSING_IN_CDAP = (
    "Le motif de la suspension n’apparaît pas.",
    "CDAP indique « dossier en cours » sans autre précision.",
    "La date du prochain paiement ne s’affiche pas.",
    "Les pièces attendues ne sont pas visibles avec notre profil.",
    "Le dossier est introuvable avec ce matricule depuis la mutation.",
    "Le détail de la retenue n’est pas consultable.",
    "Le droit est à zéro sans explication.",
    "La consultation affiche encore l’ancienne adresse et aucun droit.",
    "La dernière déclaration n’apparaît pas alors qu’elle a été envoyée.",
    "Impossible de voir si le document déposé a été traité.",
)

REASONS_NOT_TOLD = (
    "La personne est hospitalisée et n’est pas joignable aujourd’hui.",
    "Pas de téléphone en service ; un courrier lui a été envoyé.",
    "Personne sous tutelle : le mandataire a été informé.",
)

REPLIES = (
    "Voici ce que nous savons : la situation a changé le 3 du mois dernier, la personne est seule depuis.",
    "La déclaration a bien été faite hier, la personne nous a montré la confirmation.",
    "Le RIB est joint à la demande, il est au nom de la personne.",
    "Pas d’activité reprise : le contrat annoncé n’a pas été signé.",
    "L’attestation demandée est jointe. Dites-nous si elle suffit.",
    "La personne confirme ne percevoir aucune autre ressource.",
    "Nous l’avons rencontrée ce matin : elle est hébergée à titre gratuit, attestation jointe.",
    "Le bailleur confirme que le logement est bien occupé, nous avons un écrit.",
    "L’enfant est bien à charge toute la semaine, jugement à l’appui.",
    "Le titre de séjour est valable, le récépissé couvre toute la période.",
    "Après vérification, la séparation est effective depuis trois mois.",
    "Nous n’avons pas cette information ; la personne vous appellera demain.",
)

MESSAGES = (
    "La personne vient de nous dire que le bailleur engage une procédure : merci d’en tenir compte.",
    "Nouvelle adresse courriel de la personne disponible à l’accueil du CDAS si besoin.",
    "Nous serons fermés demain après-midi ; une collègue suit la demande.",
    "La famille a reçu un courrier ce matin, il ne répond pas à la question.",
    "Pour information, un secours a été accordé en attendant.",
    "La personne a retrouvé le courrier de la Caf daté du mois dernier.",
)

NOTES = (
    "Vue à l’accueil, très inquiète. Rappel prévu vendredi.",
    "Voir avec la référente RSA avant toute autre démarche.",
    "Secours d’urgence instruit en parallèle.",
    "Deuxième interruption cette année pour cette situation.",
    "Penser à proposer un rendez-vous « budget ».",
    "Personne à rappeler plutôt en fin de matinée.",
    "Point fait en équipe : on attend le retour de la Caf.",
)

CONTESTS = (
    "Le versement est bien interrompu : le relevé bancaire du mois le montre, nous demandons un nouvel examen.",
    "L’information indiquée comme visible dans CDAP ne l’est pas avec notre profil.",
    "La situation a été comprise comme une première demande, alors que le droit était ouvert depuis deux ans.",
    "Il s’agit bien d’AAH et non de son complément : la situation entre dans la définition.",
    "Les trois mois sont atteints, la date du dernier versement avait été mal lue.",
)

REOPENINGS = (
    "Le paiement annoncé n’est pas arrivé.",
    "Le versement reçu ne correspond qu’à un mois sur deux.",
    "Nouvelle suspension deux semaines après le rétablissement.",
    "La pièce demandée a été déposée, mais rien ne bouge depuis.",
    "La personne a reçu une notification contraire à la réponse donnée.",
)

CANCELLATIONS = (
    "Le paiement est arrivé ce matin.",
    "La personne a eu la réponse directement par la Caf.",
    "Demande envoyée par erreur pour une autre personne.",
    "La personne a déménagé hors du département.",
    "Signalée deux fois par notre équipe, on garde l’autre demande.",
)

REMARKS = (
    "Réponse claire et rapide, merci.",
    "Réponse utile, la famille a pu être rassurée le jour même.",
    "Bonne réponse, mais il a fallu relancer.",
    "Il aurait été utile de connaître le montant.",
    "Très bien, la date de paiement a été tenue.",
    "La réponse reste difficile à expliquer à la personne.",
)

ABOUT_CALLS = (
    "Appel pour connaître le motif de la suspension.",
    "Vérification faite en ligne pendant l’appel.",
    "Pièce manquante identifiée pendant l’appel.",
    "La personne était présente dans le bureau pendant l’appel.",
    "Échange sur le calendrier de paiement.",
    "À reprendre : vérification comptable nécessaire.",
)

OTHER_SERVICES = (
    "CCAS",
    "Service de tutelle",
    "Mission locale",
    "Association d’hébergement",
    "Centre hospitalier",
)

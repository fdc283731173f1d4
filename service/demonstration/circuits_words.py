"""What people write on the social requests of the demonstration; nothing about anybody who exists."""

NEEDS = (
    "La séparation a bouleversé le budget et l’organisation des enfants : nos deux services y travaillent déjà.",
    "La famille a besoin d’un appui budgétaire que nous assurons, et d’un soutien autour du deuil.",
    "Plusieurs démarches se croisent : logement, droits, garde des enfants. Une seule voix ne suffit pas.",
    "La personne demande à être accompagnée par les deux services pendant quelques mois.",
)
OPINIONS = (
    "Favorable : la famille est d’accord et les rôles se complètent.",
    "Favorable : la situation dépasse ce qu’un service peut faire seul.",
)
UNFAVOURABLE = (
    "La famille préfère garder un seul interlocuteur pour le moment.",
    "L’accompagnement en cours suffit ; nous restons joignables.",
)
PARTICIPANTS = ("Les deux professionnels et la famille.", "L’équipe et la responsable.", "Les deux services.")
CDAS_SCOPES = ("Le logement et l’aide éducative.", "Le budget et les aides du Département.")
CAF_SCOPES = ("Les droits après la séparation et la médiation.", "Le soutien autour du deuil et les droits.")
REVIEWS = (
    "Les échéances sont tenues, la famille reprend confiance.",
    "Le dossier de logement avance ; l’organisation de la garde reste fragile.",
)
ENDINGS = ("objectives_met", "objectives_met", "family_wish")
TALKS = (
    "Situation présentée au téléphone : les liens avec la famille, ce qui a été fait, ce qui reste à faire.",
    "Échange à trois avec la famille, puis compte rendu partagé à l’oral.",
)
PLACES = ("CDAS", "Espace France services", "Maison de quartier", "Permanence de la Caf")
DECLINED = (
    ("out_of_scope", "L’événement est trop ancien pour le service social de la Caf.", "Le CDAS du domicile."),
    ("out_of_scope", "La demande relève d’un autre service.", "L’accueil social de la commune."),
)
WITHDRAWN = "La personne a changé d’avis."
EMERGENCIES = {
    "food": (
        "Plus de quoi faire les courses jusqu’à la fin de la semaine.",
        "Les placards sont vides et le salaire n’arrive que dans dix jours.",
    ),
    "housing": (
        "La personne dort dans sa voiture depuis deux nuits.",
        "La personne est hébergée par une amie qui ne peut plus la garder après demain.",
    ),
    "energy_cut": (
        "Coupure d’électricité annoncée pour vendredi, par courrier du fournisseur.",
        "Le gaz doit être coupé lundi ; la personne n’a pas d’autre chauffage.",
    ),
    "domestic_violence": (
        "La personne a quitté le domicile cette nuit et ne veut pas y rentrer.",
        "La personne est menacée par son conjoint et demande à être reçue sans qu’il l’apprenne.",
    ),
}
"""By motive, what is said of it; of child protection a request keeps no text (R-US-1)."""
HANDLED = {
    "food": (
        (("received", "food_help"), "Un colis a été remis, et des bons pour la semaine."),
        (
            ("telephone", "financial_help"),
            "Un secours est demandé ; l’épicerie sociale reçoit la personne demain.",
        ),
    ),
    "housing": (
        (("telephone", "shelter"), "Le 115 a trouvé une place pour trois nuits."),
        (("received", "shelter"), "Une chambre est trouvée jusqu’à lundi ; la demande au SIAO est faite."),
    ),
    "energy_cut": (
        (("telephone", "energy_supplier"), "Le fournisseur suspend la coupure et propose un échéancier."),
        (("home_visit", "energy_supplier"), "La coupure est suspendue ; le dossier FSL est rempli."),
    ),
    "domestic_violence": (
        (
            ("received", "specialised"),
            "La personne a été reçue seule ; l’association spécialisée la rappelle ce soir.",
        ),
        (("received", "shelter"), "Une mise à l’abri est trouvée ; l’adresse reste protégée."),
    ),
    "child_protection": ((("telephone", "child_services"), ""), (("home_visit", "child_services"), "")),
}
"""By motive, what was done and how it is told."""
APPOINTMENTS = ("Disponible plutôt le matin.", "Préfère être rappelée en fin de journée.")
RIGHTS_WISHED = (
    "Sa situation vient de changer et elle ne sait plus à quoi elle a droit.",
    "Jamais de point complet sur ses droits ; disponible le matin.",
    "Une demande de RSA est en cours, à compléter par les autres droits.",
)
RIGHTS_SUMMARIES = (
    "Simulation faite ensemble. Les demandes partent cette semaine, dès les pièces reçues.",
    "La personne déclare ses ressources en ligne, nous la rappelons si une pièce manque.",
)
REDIRECTED = "La demande ne relève pas du service social de la Caf."
OUTCOMES = ("Informations données sur les droits.", "La personne sait vers qui se tourner.")
NOT_ADVISED = "La personne le demande elle-même."
JUDGEMENTS = {
    "justified": ("La personne est bien au bon endroit.", "La demande relève de notre service."),
    "unjustified": (
        "La question porte sur un dossier suivi ailleurs.",
        "L’événement n’est pas dans notre périmètre.",
    ),
}

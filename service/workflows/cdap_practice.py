"""The good practices for CDAP as Relais comes with them (annexe 1, R-GO-8): an example, which both services rewrite."""

LONGEST = 12_000

ORIGINAL = """\
# Avant de solliciter la Caf

- Consultez le dossier dans CDAP : la réponse y est souvent.
- Notez ce que vous avez cherché et ce que vous n’avez pas trouvé : la Caf gagne du temps, et les demandes \
d’évolution de CDAP s’appuient dessus.
- Si votre profil n’ouvre pas le dossier, dites-le : ce n’est pas compté comme une sollicitation de trop.

# Écrire à la Caf

- Une situation par message, le matricule, les faits utiles. Jamais le numéro de sécurité sociale.
- Pour une urgence définie, signalez-la dans Relais, ou mettez le mot-clé URGENCE DEFINIE dans le formulaire de contact.

# Répondre à un CDAS

- Dites ce qui a été fait, à quelle date, et ce qui reste à faire.
- Si l’information se lit dans CDAP, indiquez à quel endroit.
"""
"""The recueil of annexe 1 itself is not part of the text that is known here: these words are ours."""

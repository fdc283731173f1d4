"""Models of answers of the demonstration: each service that writes much has a few, and one agent one of their own."""

from datetime import datetime, time

from service.demonstration.accounts import SHOWN_CDAS
from service.demonstration.agenda import Story
from service.demonstration.stage import Stage
from service.operations import answer_models
from service.permissions import Role
from service.workflows.answer_models import Wording
from service.workflows.french import PARIS

_OF_A_SERVICE: tuple[tuple[str, Role, Wording], ...] = (
    (
        "caf-prestations",
        Role.CAF_LEAD,
        Wording(
            "Droit rétabli",
            "Bonjour,\n\nLe droit est rétabli pour la demande {{ reference }}. Le paiement part dans les jours qui "
            "viennent ; la personne en sera prévenue par la Caf.\n\nBien à vous",
        ),
    ),
    (
        "caf-prestations",
        Role.CAF_LEAD,
        Wording(
            "Une pièce manque",
            "Bonjour,\n\nPour la demande {{ reference }}, il nous manque une pièce.\n\nPouvez-vous aider la "
            "personne à la déposer dans son espace Caf, et nous le dire ici ?\n\nMerci",
        ),
    ),
    (
        "caf-secretariat",
        Role.CAF_SECRETARIAT,
        Wording(
            "Voie de contact ordinaire",
            "Bonjour,\n\nCette question n’est pas une urgence définie. Les voies de contact ordinaires de la Caf "
            "y répondront ; votre demande {{ reference }} s’arrête donc ici.\n\nBien à vous",
        ),
    ),
    (
        SHOWN_CDAS,
        Role.CDAS_HEAD,
        Wording(
            "Pièce déposée",
            "Bonjour,\n\nLa personne vient de déposer la pièce demandée pour {{ reference }}.\n\nMerci de votre aide",
        ),
    ),
)
_OF_ONE = Wording(
    "Je regarde et je reviens", "Bonjour,\n\nJe regarde et je reviens vers vous avant le {{ echeance }}."
)


def kept(stage: Stage) -> Story:
    """On the first open day the services write theirs; an agent of the Service Prestations keeps one."""
    yield datetime.combine(stage.first_day, time(9, 5), PARIS)
    rng = stage.dice("answers")
    for unit, role, wording in _OF_A_SERVICE:
        keeper = stage.staff.pick(rng, stage.first_day, unit, role)
        answer_models.write(keeper, wording, for_unit=True)
    agent = stage.staff.pick(rng, stage.first_day, "caf-prestations", Role.CAF_AGENT)
    answer_models.write(agent, _OF_ONE, for_unit=False)

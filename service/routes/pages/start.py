"""« Que se passe-t-il ? »: from a plain question to the right circuit, or kindly elsewhere (R-OR-1, R-UD-5, R-PE-3)."""

from dataclasses import dataclass

from flask import render_template, url_for

from service.database import reading
from service.permissions import Permission, may_open
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.workflows.registry import WORKFLOWS


@dataclass(frozen=True, slots=True)
class Way:
    """What somebody would say, and the kind of request that answers it."""

    says: str
    kind: str
    then: str


WAYS = (
    Way(
        "Une prestation ne tombe plus, ou a fortement baissé",
        "urgent_rights",
        "La Caf regarde le dossier et répond ; Relais dit tout de suite si c’est une urgence définie.",
    ),
    Way(
        "La personne n’a rien à manger, pas de toit, risque une coupure, subit des violences",
        "social_emergency",
        "L’urgence va au travailleur social qui l’accompagne, sinon au CDAS, qui note la réponse apportée.",
    ),
    Way(
        "La famille a besoin d’un rendez-vous avec le service social de la Caf",
        "appointment",
        "Séparation, décès, naissance dans une famille monoparentale : le secrétariat rappelle et propose une date.",
    ),
    Way(
        "La situation demande deux professionnels en même temps",
        "co_intervention",
        "Les deux services donnent leur avis, puis se partagent le travail avec la famille.",
    ),
    Way(
        "L’accompagnement doit continuer dans l’autre service",
        "handover",
        "Avec l’accord de la personne ; vous restez responsable jusqu’à ce que les deux côtés aient confirmé.",
    ),
    Way(
        "La personne s’adresse au mauvais service",
        "orientation",
        "La fiche dit pourquoi vous l’orientez ; le service qui la reçoit dit si c’était justifié.",
    ),
    Way(
        "La personne ne sait pas à quoi elle a droit, ou sa situation vient de changer",
        "rights_meeting",
        "La Caf la reçoit pour faire le tour de ses droits, puis vérifie trois mois après s’ils sont ouverts.",
    ),
    Way(
        "Un enfant me préoccupe dans une situation que le CDAS ne connaît pas",
        "child_protection_notice",
        "Une trace datée que le CDAS a été informé, sans aucun récit. L’information elle-même passe par la CRIP.",
    ),
)


@pages.get("/que-se-passe-t-il")
@requires(Permission.OPEN_TICKETS)
def start() -> str:
    """The question, with the ways that the reader's role may take."""
    actor = present_actor()
    with reading() as session:
        settings = reference(session).settings
    ways = [(way, WORKFLOWS[way.kind].label, _url(way.kind)) for way in WAYS if may_open(actor, way.kind)]
    return render_template(
        "start/start.html",
        ways=ways,
        caf_contact_url=settings.text("caf_contact_url"),
        crip_contact=settings.text("crip_contact"),
    )


def _url(kind: str) -> str:
    return url_for("pages.report") if kind == "urgent_rights" else url_for("pages.new_request", kind=kind)

"""Volet I of the convention: what is asked, by which way (R-IND-I-1, R-IND-I-2), and words that volets share.

Pure. What becomes of it is in `decisions`, `orientations`, `turnaround` and `direct_line`.
"""

from collections.abc import Iterator, Mapping

from service.statistics.document import Column
from service.statistics.facts import OUT_OF_FIGURES, Event, Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Labels, Own
from service.workflows.qualification import Nature
from service.workflows.registry import WORKFLOWS
from service.workflows.urgent_rights import CHANNELS

URGENT = "urgent_rights"
DIRECTIONS: Labels = {"to_caf": "Du CDAS vers la Caf", "to_cdas": "De la Caf vers le CDAS"}
WAYS: Labels = {**DIRECTIONS, "inside": "Dans une même institution"}
NOT_SAID = "not_said"

BENEFITS: Labels = {
    "aah": "AAH",
    "rsa": "RSA",
    "housing": "Aides au logement",
    "prime_activite": "Prime d’activité",
    "af_cf": "AF, CF",
    "asf": "ASF",
    "paje": "PAJE",
    "aeeh": "AEEH",
    "ajpp": "AJPP",
    "other": "Autre, ARS comprise",
    NOT_SAID: "Non précisée",
}
_GROUPS: Mapping[str | None, str] = {
    "apl": "housing",
    "als": "housing",
    "alf": "housing",
    "af": "af_cf",
    "cf": "af_cf",
    "ars": "other",
    None: NOT_SAID,
}
MOTIVES: Labels = {
    "interruption": "Interruption",
    "strong_decrease": "Forte diminution",
    "three_months": "Interruption de 3 mois",
    NOT_SAID: "Non précisé",
}
MINIMA = ("aah", "rsa")
_NATURES = (Nature.ORDINARY, Nature.OTHER_SERVICE, Nature.UNWANTED)
CDAP_REPORTED = "cdap_reported"


def direction(ticket: TicketFacts) -> str:
    """Which way a request goes; `inside` one institution, from a CDAS to another or within the Caf."""
    if ticket.from_caf == ticket.to_caf:
        return "inside"
    return "to_caf" if ticket.to_caf else "to_cdas"


def benefit_group(ticket: TicketFacts) -> str:
    """The line of I-2 that the benefit belongs to."""
    code = ticket.codes.get("benefit")
    return _GROUPS.get(code, str(code))


def motive(ticket: TicketFacts) -> str:
    """Interruption, strong decrease, or – for what is neither AAH nor RSA – three months without payment."""
    event = ticket.codes.get("event")
    if event is None:
        return NOT_SAID
    return (
        "three_months"
        if event == "interruption" and ticket.codes.get("benefit") not in MINIMA
        else str(event)
    )


def last_of(ticket: TicketFacts, facts: Facts, *names: str) -> Event | None:
    """The last event of those names before the cut-off."""
    found = [event for event in ticket.before(facts.period.end) if event.name in names]
    return found[-1] if found else None


def kinds() -> Labels:
    """The kinds that figures break down, in the order of the registry."""
    return {kind: workflow.label for kind, workflow in WORKFLOWS.items() if kind != OUT_OF_FIGURES}


def _by_kind(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.kind, direction(ticket)) for ticket in facts.sent)


def _by_cdas(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent:
        if ticket.cdas is not None:
            yield Counted(ticket, ticket.cdas, "urgent" if ticket.kind == URGENT else "social")


def _notices(facts: Facts) -> Cells:
    """R-PE-4: one number, whatever else is known of them."""
    return {"notices": {"n": facts.notices}}


def _sent_by_channel(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.channel) for ticket in facts.sent_of(URGENT))


def _beside_the_tickets(facts: Facts) -> Cells:
    """Unanswered calls, messages without the keyword, and what is only reported."""
    missed = sum(not call.answered for call in facts.calls)
    natures = {nature: sum(mail.nature == nature for mail in facts.mails) for nature in _NATURES}
    reported = facts.reported.get(CDAP_REPORTED)
    return {
        "missed_calls": {"n": missed},
        **{f"mail_{nature}": {"n": number} for nature, number in natures.items()},
        CDAP_REPORTED: {"n": reported},
    }


def _by_nature(facts: Facts) -> Iterator[Counted]:
    """R-IND-I-2: as declared, not as kept."""
    return (Counted(one, benefit_group(one), motive(one)) for one in facts.sent_of(URGENT))


_NUMBER = (Column("n", "Nombre"),)

MEASURES = (
    Count("0.kind", "Toutes les demandes envoyées", "Type de demande", kinds(), of=_by_kind, split=WAYS),
    Count(
        "0.unit",
        "Demandes envoyées, par CDAS qui demande ou à qui l’on demande",
        "CDAS",
        of=_by_cdas,
        split={"urgent": "Urgences définies", "social": "Autres demandes"},
    ),
    Own(
        "0.notices",
        "Traces d’information d’un CDAS en protection de l’enfance",
        "Protection de l’enfance",
        {"notices": "traces envoyées, comptées ensemble et jamais détaillées"},
        compute=_notices,
        shown=_NUMBER,
        compares=("n",),
    ),
    Count("I-1.channel", "Urgences définies par canal", "Canal", CHANNELS, of=_sent_by_channel),
    Own(
        "I-1.beside",
        "Ce qui n’a pas ouvert de demande",
        "Ce qui est arrivé",
        {
            "missed_calls": "appels sans réponse sur la ligne directe",
            **{
                f"mail_{nature}": f"messages sans mot-clé : {nature.label[:1].lower()}{nature.label[1:]}"
                for nature in _NATURES
            },
            CDAP_REPORTED: "messages sans mot-clé restés dans CDAP, chiffre relevé par la Caf",
        },
        compute=_beside_the_tickets,
        shown=_NUMBER,
        compares=("n",),
    ),
    Count(
        "I-2.benefit",
        "Urgences définies par prestation et motif",
        "Prestation",
        BENEFITS,
        of=_by_nature,
        split=MOTIVES,
    ),
)

"""Whose turn it is on a ticket, in a sentence, and the buttons of those who may act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.models import Message, Ticket, UrgentRightsDetails
from service.operations.ledger import TicketLedger
from service.operations.standing import limits_of
from service.permissions import CDAS_ROLES, Actor, Institution
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.routes.pages.views.moments import Due
from service.schemas.kinds import ACTS
from service.workflows import french
from service.workflows.machine import Transition
from service.workflows.urgent_rights import OUTCOMES, REJECTION_REASONS

Shown = dict[str, Any]

_ORDER = (
    "reply",
    "take",
    "answer",
    "acknowledge",
    "assign",
    "ask",
    "contest",
    "reopen",
    "complete",
    "reassign",
    "reject",
    "cancel",
)
_LIKELIEST: Mapping[tuple[str, str], str] = {
    ("child_protection_notice", "sent"): "receive",
    ("child_protection_notice", "received"): "assess",
    ("co_intervention", "forwarded"): "record_opinion",
    ("handover", "forwarded"): "record_exchange",
    ("appointment", "offered"): "schedule",
    ("appointment", "scheduled"): "hold",
    ("rights_meeting", "scheduled"): "hold",
    ("handover", "accepted"): "confirm",
}
"""The act that the state is waiting for, where the table does not name it first."""

_AT_TRIAGE = ("complete", "assign")
_SET_BACK = frozenset({"reject", "cancel", "decline"})
_FIELDS_INLINE = 1


@dataclass(frozen=True)
class Turn:
    """A ticket, for somebody at an instant."""

    ticket: Ticket
    details: UrgentRightsDetails | None
    actor: Actor
    known: Reference
    now: datetime
    ledger: TicketLedger

    @property
    def mine(self) -> bool:
        """Whether the next step is the actor's, or may be taken by them."""
        if self.ticket.next_step_unit_id != self.actor.unit_id:
            return False
        if not self._holder_owes():  # the holder is of the other service: the whole unit owes this step
            return True
        return self.ticket.holder_id in (None, self.actor.account_id) or self.actor.role in CDAS_ROLES

    @property
    def side(self) -> str | None:
        """The institution that owes the next step."""
        unit = self.known.units.get(self.ticket.next_step_unit_id or "")
        return unit.institution.value if unit else None

    def card(self, quote: Message | None) -> Shown:
        """Title, sentence, and what the other side wrote last (the question, the answer, the refusal)."""
        if self.ticket.kind != "urgent_rights":
            return self._social_card(quote)
        shown = quote is not None and quote.institution in _SPEAKERS.get(self.ticket.state, ())
        return {
            "side": self.side,
            "title": _TITLES[self.ticket.state](self),
            "text": " ".join(filter(None, (self._since(), _TEXTS.get(self.ticket.state, _nothing)(self)))),
            "deadline": self._due() if self.mine else None,
            "quote": {"side": quote.institution, "body": quote.body} if quote is not None and shown else None,
        }

    def _social_card(self, quote: Message | None) -> Shown:
        """What the state of the kind's own table says is to be done, and by whom."""
        ticket = self.ticket
        state = self.known.state(ticket.kind, ticket.state, ticket.asking_unit_id)
        title = state.label
        if state.owes is not None and state.duty:
            title = f"C’est à vous : {state.duty}" if self.mine else f"C’est {self.to_whom()} : {state.duty}"
        responsible = self.known.units.get(self.ticket.responsible_unit_id or "")
        answers = f"Répond de la situation : {responsible.name}." if responsible and not state.final else ""
        last = self.ticket.state_since
        return {
            "side": self.side,
            "title": title,
            "text": f"Depuis le {moments.whole(last)}. {answers}".strip(),
            "deadline": self._due() if self.mine else None,
            "quote": {"side": quote.institution or self.side or self.actor.institution, "body": quote.body}
            if quote is not None
            else None,
        }

    def deadline(self) -> Due | None:
        """The next deadline for the side card, with its whole date; None when nobody owes anything."""
        shown, due = self._due(), self.ticket.next_deadline_at
        return shown._replace(at_words=moments.whole(due)) if shown and due else None

    def holder(self) -> str:
        """Who has it in hand, person or team; empty before anybody has."""
        if self.ticket.holder is not None:
            return self.ticket.holder.name
        unit = self.known.units.get(self.ticket.assigned_unit_id or "")
        return unit.name if unit else ""

    def owing(self) -> str:
        """Who owes the next step, by name: the holder if there is one, else the unit."""
        unit = self.known.units.get(self.ticket.next_step_unit_id or "")
        held = ""
        if self.ticket.holder and (self.side == Institution.CAF or self.ticket.kind != "urgent_rights"):
            held = self.ticket.holder.name if self._holder_owes() else ""
        return held or (unit.name if unit else "")

    def to_whom(self) -> str:
        """« à Mme Exemple », « au CDAS Pays de Redon »: units are services and centres, all of them masculine."""
        unit = self.known.units.get(self.ticket.next_step_unit_id or "")
        return f"au {unit.name}" if unit and self.owing() == unit.name else f"à {self.owing()}"

    def _holder_owes(self) -> bool:
        """Whether the holder is the one who owes: before it is passed on, or when the giver confirms, they do not."""
        if self.ticket.kind == "urgent_rights":
            return True
        return self.ticket.next_step_unit_id == self.ticket.assigned_unit_id

    def from_cdas(self) -> bool:
        """Whether the reader works in a CDAS."""
        return self.actor.institution is Institution.DEPARTEMENT

    def suspended(self) -> str:
        """« Le délai de réponse de la Caf est suspendu depuis 3 h 05 ouvrées. »"""
        waiting = next((clock for clock in self.ledger.clocks if clock.paused), None)
        if waiting is None:
            return ""
        since = french.business_duration(waiting.waited_seconds)
        whose = "Le délai de la Caf" if self.from_cdas() else "Votre délai"
        return french.unbroken(f"{whose} est suspendu : {since} d’attente.")

    def _due(self) -> Due | None:
        ticket = self.ticket
        if ticket.next_step_unit_id is None:
            return None
        hours = self.known.hours_of(ticket.next_step_unit_id)
        return moments.deadline(ticket.next_deadline_at, ticket.next_deadline_of, self.now, hours)

    def _since(self) -> str:
        return f"{_SINCE.get(self.ticket.state, 'Depuis le')} {moments.whole(self.ticket.state_since)}."


def buttons(rows: Sequence[Transition], turn: Turn) -> list[Transition]:
    """The possible actions, the likeliest first; those with a page of their own elsewhere are left out."""
    first: tuple[str, ...] = ()
    if turn.ticket.state == "submitted" and turn.ticket.next_step_unit_id == turn.actor.unit_id:
        first = _AT_TRIAGE
    if turn.ticket.asking_unit_id is not None:
        first = tuple(name for name in first if name != "complete")
    order = [*first, *(name for name in _ORDER if name not in first)]
    forms = ACTS[turn.ticket.kind]
    offered = {row.name: row for row in rows if row.name in forms and not row.from_its_own_page}
    if turn.ticket.kind != "urgent_rights":  # the table's own order is the order in which things happen
        awaited = _awaited(turn.ticket)
        return sorted(
            offered.values(),
            key=lambda row: (row.name != awaited, row.name == "reassign" or is_set_back(row)),
        )
    if turn.ticket.holder_id == turn.actor.account_id:
        offered.pop("assign", None)  # it is already theirs; « Confier à un collègue » gives it away
    return [offered[name] for name in order if name in offered]


def _awaited(ticket: Ticket) -> str | None:
    """The act that the state is waiting for; a relay whose first exchange took place waits to be accepted."""
    name = _LIKELIEST.get((ticket.kind, ticket.state))
    return "accept" if name == "record_exchange" and ticket.next_deadline_at is None else name


def is_set_back(row: Transition) -> bool:
    """Whether the action ends the request without an answer: said by a link, not by a button."""
    return row.name in _SET_BACK


def fits_inline(kind: str, row: Transition) -> bool:
    """Whether the action's form is short enough to stand at the head of the ticket."""
    fields = ACTS[kind][row.name]().fields.values()
    return len(fields) <= _FIELDS_INLINE and not any("from" in field.metadata for field in fields)


def label_of(row: Transition, *, triages: bool) -> str:
    """The label of the button."""
    if row.name == "cancel":
        return "Annuler la demande"
    return "Me l’affecter" if row.name == "assign" and not triages else row.label


def _limit(turn: Turn, name: str) -> str:
    """The instant of a guard that is still ahead, in words; empty once past."""
    at = limits_of(turn.ticket, turn.known).get(name)
    return moments.whole(at) if at is not None and at > turn.now else ""


def _waiting(turn: Turn) -> str:
    later = "" if turn.from_cdas() else _limit(turn, "answer_while_waiting")
    alone = f"Sans réponse du CDAS, vous pourrez répondre après le {later}." if later else ""
    return " ".join(filter(None, (turn.suspended(), alone)))


def _contestable(turn: Turn) -> str:
    until = "" if turn.details is None or turn.details.contested else _limit(turn, "contest")
    if not until:
        return ""
    whose = "Vous pouvez" if turn.from_cdas() else "Le CDAS peut"
    return f"{whose} demander une seconde lecture jusqu’au {until}."


def _nothing(_: Turn) -> str:
    return ""


def _when(mine: str, for_cdas: str, otherwise: str) -> Callable[[Turn], str]:
    def said(turn: Turn) -> str:
        chosen = mine if turn.mine else for_cdas if turn.from_cdas() else otherwise
        return chosen.format(owing=turn.owing(), to_whom=turn.to_whom())

    return said


def _rejected(turn: Turn) -> str:
    reason = turn.details.rejection_reason if turn.details else None
    return f"Non retenue : {REJECTION_REASONS[reason]}" if reason else "Non retenue"


def _answered(turn: Turn) -> str:
    outcome = turn.details.outcome if turn.details else None
    words = f" : {OUTCOMES[outcome]}" if outcome else ""
    if turn.mine:
        return f"C’est à vous : la Caf a répondu{words}"
    return f"C’est au CDAS : accuser réception de la réponse{words}"


def _of_answer(turn: Turn) -> str:
    details = turn.details
    if details is None:
        return ""
    more = []
    if details.outcome_on:
        more.append(f"Date indiquée : {french.short_date(details.outcome_on)}.")
    if details.outcome_detail:
        more.append(f"Précision : {details.outcome_detail}")
    return " ".join(more)


def _closed(turn: Turn) -> str:
    details = turn.details
    how = (
        "Sans accusé de réception, le délai étant passé." if details and details.closed_automatically else ""
    )
    outcome = f"Issue : {OUTCOMES[details.outcome]}." if details and details.outcome else ""
    until = _limit(turn, "reopen") if turn.from_cdas() else ""
    again = f"Vous pouvez la rouvrir jusqu’au {until} si la situation se répète." if until else ""
    return " ".join(filter(None, (outcome, how, again)))


_TITLES: Mapping[str, Callable[[Turn], str]] = {
    "draft": lambda turn: "Brouillon, pas encore envoyé",
    "submitted": _when(
        "C’est à vous : orienter cette demande",
        "C’est à la Caf : orienter la demande",
        "C’est {to_whom} : orienter la demande",
    ),
    "assigned": _when(
        "C’est à vous : prendre la demande en charge",
        "C’est à la Caf : prendre la demande en charge",
        "C’est {to_whom} : prendre la demande en charge",
    ),
    "in_progress": _when(
        "C’est à vous : apporter la réponse",
        "C’est à la Caf : apporter la réponse",
        "C’est {to_whom} : apporter la réponse",
    ),
    "waiting_partner": _when(
        "C’est à vous : la Caf demande un complément",
        "C’est au CDAS : répondre à la question de la Caf",
        "C’est au CDAS : répondre à la question",
    ),
    "answered": _answered,
    "closed": lambda turn: "La demande est close",
    "rejected": _rejected,
    "cancelled": lambda turn: "La demande est annulée",
}
_SPEAKERS: Mapping[str, tuple[Institution | None, ...]] = {
    **dict.fromkeys(("waiting_partner", "answered", "rejected"), (Institution.CAF,)),
    "in_progress": (Institution.DEPARTEMENT,),
}
"""Whose words are shown, having led to the state: a question, an answer, a refusal; a reply, why it was reopened."""
_TEXTS: Mapping[str, Callable[[Turn], str]] = {
    "submitted": _when(
        "Affectez-la au bon service, ou dites pourquoi elle n’est pas retenue.",
        "C’est {to_whom} de choisir le service qui s’en occupe.",
        "",
    ),
    "assigned": _when("Prenez-la pour que le CDAS sache qui s’en occupe.", "Attribuée {to_whom}.", ""),
    "in_progress": _when("", "{owing} s’en occupe.", ""),
    "waiting_partner": _waiting,
    "rejected": _contestable,
    "answered": _of_answer,
    "closed": _closed,
}
_SINCE: Mapping[str, str] = {
    "submitted": "Reçue le",
    "assigned": "Affectée le",
    "in_progress": "En cours depuis le",
    "waiting_partner": "Demandé le",
    "answered": "Réponse du",
    "closed": "Le",
    "rejected": "Le",
    "cancelled": "Le",
    "draft": "Commencé le",
}

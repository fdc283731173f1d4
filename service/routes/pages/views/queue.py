"""The rows of the queue: what is due when, what happened, whose turn it is, and the next gesture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from service.models import Details, Ticket, UrgentRightsDetails
from service.operations.standing import standing_of
from service.permissions import Actor
from service.queries.news import Mark
from service.queries.reference import Reference
from service.routes.pages.views import moments, social
from service.routes.pages.views.moments import Due
from service.routes.pages.views.situation import Situation, of_form, situation_of
from service.workflows import french, judging
from service.workflows.registry import WORKFLOWS
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import CHANNELS, OUTCOMES, REJECTION_REASONS

_GESTURES: tuple[tuple[str, str], ...] = (
    ("submit", "Reprendre"),
    ("reply", "Répondre"),
    ("acknowledge", "Lire la réponse"),
)


UNREAD: Mapping[Mark, str] = {Mark.NEW: "Nouvelle", Mark.MOVED: "Du nouveau"}
"""What a row says of what its reader has not seen."""


class ListedTicket(NamedTuple):
    """One row, in words. All that it shows is here: two that are equal look alike.

    `head` stands out, `tail` and `more` follow it; `on_many`: what can be done on it with others; `gesture`: the next.
    `person` and `refuser` are names, where the page gives them.
    """

    reference: str
    version: int
    deadline: Due
    kind: str
    head: str
    tail: str
    more: tuple[str, ...]
    unit: str | None
    unit_side: str | None
    state: str
    state_label: str
    who: str
    gesture: str
    on_many: tuple[str, ...]
    draft: bool
    unread: str
    changed: str
    person: str = ""
    refuser: str = ""


@dataclass(frozen=True)
class Rows:
    """Listed tickets with what stands beside them, for somebody at an instant.

    `marks`: what is unread; `says_change`: whether each says when it last changed.
    """

    actor: Actor
    known: Reference
    now: datetime
    details: Mapping[UUID, Details]
    forms: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    marks: Mapping[UUID, Mark] = field(default_factory=dict)
    says_change: bool = False

    def shown(self, listed: Sequence[Ticket]) -> list[ListedTicket]:
        """One row a ticket, in the given order."""
        return [self._row(ticket) for ticket in listed]

    def _row(self, ticket: Ticket) -> ListedTicket:
        details = self.details.get(ticket.id)
        standing = standing_of(ticket, details, self.known, self.now)
        workflow = WORKFLOWS[ticket.kind]
        possible = judging.possible(workflow, standing, self.actor)
        mine = {row.name for row in possible}
        situation = self._situation(ticket, details)
        since = [situation.tail.removeprefix(", ")] if situation.tail.startswith(", ") else []
        asking = self.known.units.get(ticket.asking_unit_id or "")
        mark = self.marks.get(ticket.id)
        return ListedTicket(
            reference=ticket.reference,
            version=ticket.version,
            deadline=self._deadline(ticket, details),
            kind=_kind(workflow.label, ticket.channel),
            head=situation.head,
            tail="" if since else situation.tail,
            more=(*since, *self._more(ticket, details)),
            unit=asking.name if asking else None,
            unit_side=asking.institution.value if asking else None,
            state=ticket.state,
            state_label=self.known.state(ticket.kind, ticket.state, ticket.asking_unit_id).label,
            who=self._who(ticket),
            gesture=self._gesture(ticket, mine),
            on_many=tuple(row.name for row in possible if row.on_many),
            draft=ticket.state == "draft",
            unread=UNREAD[mark] if mark else "",
            changed=moments.near(ticket.changed_at, self.now) if self.says_change else "",
        )

    def _situation(self, ticket: Ticket, details: Details | None) -> Situation:
        """What happened to the benefit; of a social request, what is asked: the person is behind the link."""
        if ticket.kind != "urgent_rights":
            return Situation(WORKFLOWS[ticket.kind].label, "")
        if isinstance(details, UrgentRightsDetails):
            return situation_of(details)
        return of_form(self.forms.get(ticket.id, {}))

    def _deadline(self, ticket: Ticket, details: Details | None) -> Due:
        if ticket.ended_at is not None:
            return Due("none", f"Terminée le {french.short_date(french.local_day(ticket.ended_at))}")
        if details is not None and ticket.next_step_unit_id is None and (awaited := details.awaited()):
            what, day = awaited
            past = day < french.local_day(self.now)
            said = what[:1].lower() + what[1:] + (", date passée" if past else "")
            return Due("soon" if past else "none", f"Le {french.short_date(day)}", at_words=said)
        if ticket.state == "draft" or ticket.next_step_unit_id is None:
            begun = f"commencée {moments.near(ticket.changed_at, self.now)}"
            return Due("none", "Pas encore envoyée", at_words=begun)
        hours = self.known.hours_of(ticket.next_step_unit_id)
        return moments.in_queue(
            moments.deadline(ticket.next_deadline_at, ticket.next_deadline_of, self.now, hours)
        )

    def _more(self, ticket: Ticket, details: Details | None) -> list[str]:
        if not isinstance(details, UrgentRightsDetails):
            subject = social.subject(ticket.kind, details)
            return [*([subject] if subject else []), *self._sent(ticket)]
        said = []
        if ticket.state == "rejected" and details.rejection_reason:
            said.append(REJECTION_REASONS[details.rejection_reason])
        elif ticket.state in ("answered", "closed") and details.outcome:
            said.append(OUTCOMES[details.outcome])
        said += self._sent(ticket)
        if details.reopened:
            said.append("rouverte")
        if details.contested:
            said.append("seconde lecture")
        return said

    def _sent(self, ticket: Ticket) -> list[str]:
        if ticket.submitted_at is None:
            return []
        day, today = french.local_day(ticket.submitted_at), french.local_day(self.now)
        return [f"envoyée {moments.near_day(day, today)}"]

    def _who(self, ticket: Ticket) -> str:
        if ticket.holder_id == self.actor.account_id:
            return "vous"
        if ticket.holder is not None:
            return ticket.holder.name
        unit = self.known.units.get(ticket.assigned_unit_id or "")
        return unit.name if unit else ""

    def _gesture(self, ticket: Ticket, mine: set[str]) -> str:
        for name, words in _GESTURES:
            if name in mine:
                return words
        if ticket.state == "submitted" and ticket.asking_unit_id is None and "complete" in mine:
            return "Compléter"
        if (
            ticket.state == "submitted"
            and ticket.next_step_unit_id == self.actor.unit_id
            and "assign" in mine
        ):
            return "Trier"
        if ticket.state == "assigned" and "take" in mine:
            return "Prendre"
        if "answer" in mine and ticket.holder_id == self.actor.account_id and ticket.state == "in_progress":
            return "Répondre"
        return "Ouvrir"


def proposed(ticket: Ticket, known: Reference) -> dict[str, str]:
    """A request as a field proposes it: « Urgence définie · En cours · CDAS de Redon »."""
    workflow, asking = WORKFLOWS[ticket.kind], known.units.get(ticket.asking_unit_id or "")
    state = known.state(ticket.kind, ticket.state, ticket.asking_unit_id).label
    said = (workflow.label, state, asking.name if asking else "")
    return {"reference": ticket.reference, "words": " · ".join(filter(None, said))}


def export_head() -> list[str]:
    """The columns of the export."""
    return [
        "Référence",
        "Type",
        "État",
        "CDAS",
        "Étape due par",
        "Prestation",
        "Événement",
        "Canal",
        "Prochaine échéance",
        "Objet de l’échéance",
        "Explication de l’échéance",
        "Envoyée le",
        "Dans cet état depuis le",
        "Terminée le",
    ]


def export_row(ticket: Ticket, kept: Details | None, known: Reference, explained: str) -> list[str]:
    """A ticket in the export: codes in words and instants in Paris, without names or matricule."""
    units = {code: unit.name for code, unit in known.units.items()}
    details = kept if isinstance(kept, UrgentRightsDetails) else None
    benefit = details.benefit if details else None
    event = details.event if details else None
    of = ticket.next_deadline_of
    return [
        ticket.reference,
        WORKFLOWS[ticket.kind].label,
        known.state(ticket.kind, ticket.state, ticket.asking_unit_id).label,
        units.get(ticket.asking_unit_id or "", ""),
        units.get(ticket.next_step_unit_id or "", ""),
        Benefit(benefit).label if benefit else "",
        Event(event).label if event else "",
        CHANNELS[ticket.channel],
        moments.in_file(ticket.next_deadline_at),
        moments.CLOCK_WORDS[of][0] if of else "",
        explained,
        moments.in_file(ticket.submitted_at),
        moments.in_file(ticket.state_since),
        moments.in_file(ticket.ended_at),
    ]


def _kind(label: str, channel: str) -> str:
    return label if channel == "service" else f"{label} · {CHANNELS[channel]}"

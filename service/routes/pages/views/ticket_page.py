"""The page of one ticket, for somebody at an instant: everything it says, nothing it may not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from service.models import (
    AppointmentDetails,
    Attachment,
    HandoverDetails,
    InternalNote,
    JournalEntry,
    Message,
    RightsMeetingDetails,
)
from service.operations.ledger import TicketLedger
from service.permissions import OUT_OF_LISTS, PRESTATIONS_ROLES, Actor, Institution, Permission, may, may_open
from service.queries.reference import Reference
from service.queries.sheet import Sheet
from service.routes.pages.views import desk, history, ledger, social, statement
from service.routes.pages.views.history import Reader, Told
from service.routes.pages.views.opened import Opened
from service.routes.pages.views.situation import situation_of
from service.routes.pages.views.steps import steps
from service.routes.pages.views.turn import Turn, buttons
from service.workflows import french
from service.workflows import reference as references
from service.workflows.letter_models import KINDS, may_print
from service.workflows.links import WHY
from service.workflows.machine import Transition, Workflow
from service.workflows.plain_text import plain
from service.workflows.registry import WORKFLOWS
from service.workflows.rights_meeting import MEANS, RIGHTS_MEETING
from service.workflows.subject_access import IDENTITY
from service.workflows.urgent_rights import CHANNELS

Shown = dict[str, Any]

_LETTERS: Mapping[str, Sequence[str]] = {"handover": ("relais",), "appointment": ("offre",)}
"""The model letters that go with a kind of request."""

_ASKED_OF_ALL = {
    "asking_unit": "le CDAS demandeur",
    "matricule": "le matricule",
    "last_name": "le nom",
    "first_name": "le prénom",
    "commune": "la commune",
    "benefit": "la prestation",
    "event": "ce qui s’est passé",
}


@dataclass(frozen=True)
class Kept:
    """What the database keeps of a ticket, as the reader may read it.

    `cited`: of the references that its texts hold, those that lead somewhere for the reader.
    """

    sheet: Sheet
    entries: Sequence[tuple[JournalEntry, Told]]
    messages: Sequence[tuple[Message, Told]]
    notes: Sequence[tuple[InternalNote, Told]]
    files: Sequence[tuple[Attachment, Told]]
    ledger: TicketLedger
    names: Mapping[UUID, str]
    possible: Sequence[Transition]
    opened: Opened
    cited: frozenset[str] = frozenset()
    followed_by: str = ""
    put_forward: Sequence[Any] = ()


@dataclass(frozen=True)
class TicketPage:
    """The same, in words. `file_urls` and `explain_url` are the addresses that the page links to."""

    kept: Kept
    actor: Actor
    known: Reference
    now: datetime
    file_urls: Mapping[UUID, str]
    explain_url: str

    @property
    def reference(self) -> str:
        """The ticket's reference."""
        return self.kept.sheet.ticket.reference

    @property
    def opened(self) -> Opened:
        """How the reader opened it, where they do not ordinarily read it."""
        return self.kept.opened

    @property
    def version(self) -> int:
        """What an act gives back, so that nothing is done on a page that has aged."""
        return self.kept.sheet.ticket.version

    @property
    def workflow(self) -> Workflow:
        """The table of the ticket's kind."""
        return WORKFLOWS[self.kept.sheet.ticket.kind]

    @property
    def kind(self) -> str:
        """The kind, by code."""
        return self.kept.sheet.ticket.kind

    @property
    def direction(self) -> str:
        """Towards whom the request goes, as forms know it."""
        asking = self.known.units.get(self.kept.sheet.ticket.asking_unit_id or "")
        return "to_caf" if asking is None or asking.institution is Institution.DEPARTEMENT else "to_cdas"

    @property
    def urgent(self) -> bool:
        """Whether it is an urgent_rights request, which has cards of its own."""
        return self.kind == "urgent_rights"

    @property
    def coded_only(self) -> bool:
        """Whether no text may be written here (R-US-1, R-PE-3)."""
        own = self.kept.sheet.own
        return bool(own is not None and own.facts().get("coded_only"))

    def cut(self, text: str) -> list[tuple[str, str | None]]:
        """The text in pieces, each with the reference that it leads to; what the reader may not open is plain text."""
        cited = self.kept.cited
        return [(words, found if found in cited else None) for words, found in references.pieces(text)]

    @property
    def steps(self) -> list[tuple[str, str, bool]]:
        """« Comment ça se passe »: each state on the way to the end, who owes it, whether it is the present one."""
        ticket = self.kept.sheet.ticket
        assigned = self.known.units.get(ticket.assigned_unit_id or "")
        return [
            (label, who, code == self.state[0])
            for code, label, who in steps(
                self.workflow, to_caf=self.known.to_caf(ticket.asking_unit_id), assigned=assigned
            )
        ]

    @property
    def letters(self) -> list[tuple[str, str]]:
        """The letters that the reader can begin from this request: code and name."""
        codes = () if self.only_read else _LETTERS.get(self.kind, ())
        return [(code, KINDS[code].name) for code in codes if may_print(self.actor, KINDS[code])]

    @property
    def links(self) -> list[tuple[str, str]]:
        """The tickets made from this one or that it was made of: in words, and the reference."""
        return [(WHY[why][0 if made else 1], other) for why, made, other in self.kept.sheet.links]

    @property
    def may_reveal(self) -> bool:
        """Whether the reader may make a request for an appointment of what this one revealed."""
        final = self.workflow.state(self.kept.sheet.ticket.state).final
        return self.urgent and not final and may_open(self.actor, "appointment")

    @property
    def put_forward(self) -> list[Shown]:
        """The questions with which it was put forward for the monthly meeting, and when that was (R-GO-1)."""
        return [
            {
                "id": row.id,
                "question": row.question,
                "by": f"{name}, {self.known.units[row.unit_code].name}",
                "side": row.institution,
                "day": french.short_date(french.local_day(row.put_at)),
                "examined": french.short_date(held_on) if held_on else "",
                "own": row.institution == self.actor.institution and held_on is None,
            }
            for row, name, held_on in self.kept.put_forward
        ]

    @property
    def may_put_forward(self) -> bool:
        """Whether the reader's institution may put it forward now: every kind but the notice, once at a time."""
        standing = any(one["own"] for one in self.put_forward)
        going = self.state[0] != "draft" and not self.only_read
        return self.kind not in OUT_OF_LISTS and going and not standing

    @property
    def may_review_rights(self) -> bool:
        """Whether the reader may ask for a rendez-vous des droits from this request (R-RD)."""
        known = (
            self.kind not in OUT_OF_LISTS and self.kind != RIGHTS_MEETING.kind and self.state[0] != "draft"
        )
        return (
            known and not self.only_read and not self.coded_only and may_open(self.actor, RIGHTS_MEETING.kind)
        )

    @property
    def has_summary_sheet(self) -> bool:
        """Whether a rendez-vous des droits was held, whose sheet can be printed (R-RD)."""
        own = self.kept.sheet.own
        held = isinstance(own, RightsMeetingDetails) and own.held_on is not None
        return held and not self.only_read

    @property
    def awaited(self) -> str:
        """What comes next while nobody owes anything: « Droits à vérifier le 26 février 2027. »"""
        own, ticket = self.kept.sheet.own, self.kept.sheet.ticket
        found = own.awaited() if own is not None and ticket.ended_at is None else None
        if found is None or ticket.next_step_unit_id is not None:
            return ""
        return french.unbroken(f"{found[0]} le {french.long_date(found[1])}.")

    @property
    def followed_by(self) -> str:
        """R-AC: whether the Caf social service accompanies the person, and who: no more than that."""
        return f"La personne est accompagnée par {self.kept.followed_by}." if self.kept.followed_by else ""

    @property
    def state(self) -> tuple[str, str]:
        """Code and label."""
        ticket = self.kept.sheet.ticket
        state = self.known.state(ticket.kind, ticket.state, ticket.asking_unit_id)
        return state.code, state.label

    @property
    def subtitle(self) -> str:
        """« RSA interrompu, dernier versement le 5 octobre 2026 »; of a social request, its kind."""
        if not self.urgent:
            return self.workflow.label
        return situation_of(self.kept.sheet.details).sentence

    @property
    def origin(self) -> Shown:
        """Who asks, and how the request came."""
        ticket = self.kept.sheet.ticket
        unit = self.known.units.get(ticket.asking_unit_id or "")
        to = self.known.units.get(ticket.assigned_unit_id or ticket.triage_unit_id)
        return {
            "unit": unit.name if unit else None,
            "side": unit.institution.value if unit else "departement",
            "to": to.name if to and not self.urgent else None,
            "to_side": to.institution.value if to else "caf",
            "channel": CHANNELS[ticket.channel],
        }

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        sheet = self.kept.sheet
        return Turn(sheet.ticket, sheet.details, self.actor, self.known, self.now, self.kept.ledger)

    @property
    def owes(self) -> Shown:
        """The card at the head, with what the other side wrote last."""
        card = self.turn.card(self._last_words()) | self._both_owe()
        return {**card, "text": " ".join(filter(None, (self._at_hand(), card["text"])))}

    @property
    def may_act_first(self) -> bool:
        """Whether the act that the state waits for is the reader's to do."""
        return self.turn.mine or any(row.name == "confirm" for row in self.kept.possible)

    @property
    def buttons(self) -> list[Transition]:
        """The possible actions, the likeliest first."""
        return buttons(self.kept.possible, self.turn)

    @property
    def told(self) -> Mapping[str, Any]:
        """The plain values that the request states, under the names of the form."""
        told = statement.told_by(self.kept.sheet.details or self.kept.sheet.own, self.kept.sheet.person)
        asking = self.kept.sheet.ticket.asking_unit_id
        return {**told, "asking_unit": asking} if asking else told

    @property
    def person(self) -> list[statement.Line]:
        """Who is concerned, and what was corrected of it (R-DP-9)."""
        corrected = [
            (IDENTITY[one.field], f"rectifié le {french.short_date(french.local_day(one.made_at))}")
            for one in self.kept.sheet.rectified
        ]
        return [*statement.person_lines(self.told, self._commune()), *corrected]

    @property
    def situation(self) -> list[statement.Line]:
        """What the CDAS stated."""
        if not self.urgent:
            return social.lines(self.kind, self.kept.sheet.own, self.known, self.kept.names)
        return statement.situation_lines(self.told)

    @property
    def missing(self) -> list[str]:
        """What a call or a message has left out."""
        told = self.told
        return [words for name, words in _ASKED_OF_ALL.items() if name not in told]

    @property
    def why(self) -> Shown | None:
        """« Pourquoi c’est urgent », with its rule and the version of the convention (R-CLK-7)."""
        details = self.kept.sheet.details
        if details is None or not details.urgency_explanation:
            return None
        rule = f"Convention I.2 · règle {details.urgency_rule} · {self.kept.ledger.version}"
        return {"sentence": details.urgency_explanation, "rule": rule}

    @property
    def ledger(self) -> ledger.Shown | None:
        """The bar « Temps passé, par chacun »."""
        return ledger.ledger_bar(self.kept.ledger, self.known, self.explain_url)

    @property
    def clocks(self) -> list[Shown]:
        """One line a clock."""
        return ledger.clock_lines(self.kept.ledger.clocks, self.now)

    @property
    def explanations(self) -> list[Shown]:
        """Every clock, explained."""
        return ledger.explanations(self.kept.ledger.clocks, self.now)

    @property
    def history(self) -> list[Shown]:
        """Acts, messages and files, newest first."""
        kept = self.kept
        return history.history(
            kept.entries, kept.messages, kept.files, self.workflow, self.reader, self.file_urls
        )

    @property
    def notes(self) -> list[Shown]:
        """The notes of the reader's own institution."""
        return history.notes(self.kept.notes, self.reader)

    @property
    def note_label(self) -> str:
        """Who reads those notes."""
        return history.NOTE_LABELS[self.actor.institution]

    @property
    def side(self) -> str:
        """The reader's institution."""
        return self.actor.institution.value

    @property
    def next_label(self) -> str:
        """What leads on to the next request: for who triages, and for the Prestations once this one awaits others."""
        triages = self.actor.unit_id == self.known.triage_unit().code
        done = self.kept.sheet.ticket.next_step_unit_id != self.actor.unit_id
        goes_on = triages or (done and self.actor.role in PRESTATIONS_ROLES)
        return desk.next_label(self.actor, triages=triages) if self.urgent and goes_on else ""

    @property
    def may_write(self) -> bool:
        """Whether messages and files can still be added."""
        closed = self.workflow.state(self.kept.sheet.ticket.state).final or self.coded_only
        return not closed and not self.only_read

    @property
    def only_read(self) -> bool:
        """Whether the reader has opened it outside their scope or in the archives: nothing can be done with it."""
        return self.opened.only_read

    @property
    def printable(self) -> bool:
        """Whether the reader may take it away on paper: never a notice (R-PE-4)."""
        return self.kind not in OUT_OF_LISTS and self.state[0] != "draft" and not self.only_read

    @property
    def phone_is_hidden(self) -> bool:
        """Whether the reader may ask for a protected telephone (R-DP-8)."""
        return social.phone_is_hidden(self.kept.sheet.own) and not self.only_read

    @property
    def may_keep_out(self) -> bool:
        """Whether the reader may keep an account out of it."""
        return may(self.actor, Permission.KEEP_OUT) and not self.only_read

    @property
    def other_side(self) -> str:
        """Who will read a message, as a sentence says it; empty where a unit writes to itself."""
        if (
            not self.urgent
            and self.origin["unit"] == self.origin["to"] == self.known.units[self.actor.unit_id].name
        ):
            return ""
        if not self.urgent and self.origin["side"] == self.origin["to_side"]:
            return "l’autre service"
        return "la Caf" if self.actor.institution is Institution.DEPARTEMENT else "le CDAS"

    @property
    def reader(self) -> Reader:
        """For whom the history is told."""
        return Reader(self.actor.account_id, self.known, self.kept.names)

    def changes_since(self, version: int) -> list[str]:
        """What happened after the version that somebody saw."""
        return history.changes_since(self.kept.entries, version, self.workflow, self.reader)

    def already_done(self, name: str, version: int, texts: Iterable[str], file: bytes = b"") -> bool:
        """Whether all that happened since that version is the reader doing just this: a second click.

        `texts` and `file`: what was sent with it; others than those kept are no second click, and would be lost.
        """
        if file and sha256(file).digest() not in {kept.sha256 for kept, _ in self.kept.files}:
            return False
        since = [entry for entry, _ in self.kept.entries if entry.sequence > version]
        if [(entry.transition, entry.actor_id) for entry in since] != [(name, self.actor.account_id)]:
            return False
        kept = [
            message.body or "" for message, _ in self.kept.messages if message.sequence == since[0].sequence
        ]
        return not kept or all(plain(text).strip() in kept[0] for text in texts)

    def _both_owe(self) -> Shown:
        """R-PR-6: until one of them has confirmed, a relay waits for both sides, and is said so to both."""
        own = self.kept.sheet.own
        if not isinstance(own, HandoverDetails) or self.state[0] != "accepted":
            return {}
        if not (own.giver_confirmed or own.receiver_confirmed):
            able = any(row.name == "confirm" for row in self.kept.possible)
            whose = "à vous et à l’autre service" if able else "aux deux services"
            return {"title": f"C’est {whose} : confirmer le relais"}
        return {}

    def _unconfirmed(self, own: HandoverDetails) -> str:
        """Whose confirmation is missing, by name."""
        ticket = self.kept.sheet.ticket
        units = (
            (own.giver_confirmed, ticket.asking_unit_id or ""),
            (own.receiver_confirmed, ticket.assigned_unit_id or ticket.triage_unit_id),
        )
        missing = [
            self.known.units[code].name for done, code in units if not done and code in self.known.units
        ]
        return f"Reste à confirmer : {' et '.join(missing)}."

    def _at_hand(self) -> str:
        """What the next step turns on: the appointment, the calls made in vain, the day of the next review."""
        own, state = self.kept.sheet.own, self.state[0]
        if self.awaited:
            return self.awaited
        if isinstance(own, HandoverDetails) and state == "accepted":
            return self._unconfirmed(own)
        if not isinstance(own, AppointmentDetails | RightsMeetingDetails):
            return ""
        if isinstance(own, AppointmentDetails) and state == "submitted":
            unknown = "" if own.phone else "Aucun numéro de téléphone n’est indiqué."
            calls = own.calls_in_vain
            in_vain = f"{french.counted(calls, 'appel')} sans réponse." if calls else ""
            return " ".join(filter(None, (unknown, in_vain)))
        if state not in ("offered", "scheduled") or own.meeting_on is None or own.meeting_time is None:
            return ""
        at = f"{french.long_date(own.meeting_on)} à {french.clock_time(own.meeting_time)}"
        where = own.place or MEANS.get(getattr(own, "means", None) or "", "")
        return french.unbroken(f"{french.capital(at)}, {where}.")

    def _commune(self) -> Mapping[str, str]:
        commune = self.kept.sheet.commune
        return {commune.insee: commune.name} if commune else {}

    def _last_words(self) -> Message | None:
        state = self.kept.sheet.ticket.state
        into = [e.sequence for e, _ in self.kept.entries if e.to_state == state and e.from_state != state]
        written = {message.sequence: message for message, _ in self.kept.messages}
        return written.get(into[-1]) if into else None

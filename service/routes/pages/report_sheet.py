"""The form « Signaler une urgence définie » on the table: what is typed, its draft, and the page that shows it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import get_template_attribute, render_template, request
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput
from service.models import Details, Ticket, UrgentRightsDetails
from service.operations import drafts
from service.operations.consultation import searching
from service.operations.creation import create_ticket
from service.operations.urgent_rights import field_errors, line_state_open
from service.permissions import Actor
from service.queries import situations
from service.queries.reference import reference
from service.routes.guard import present_actor
from service.routes.pages import form_keys
from service.routes.pages.views import moments, verdict
from service.routes.pages.views.commune_choices import commune_choices
from service.routes.pages.views.report_form import ReportForm
from service.routes.pages.views.situation import situation_of
from service.schemas.urgent_rights import SubmissionForm, from_form
from service.workflows import french
from service.workflows.registry import WORKFLOWS
from service.workflows.submission import NOT_FOUND_IN_CDAP

_MATRICULE = re.compile(r"[0-9]{7}")
_FIELDS = tuple(SubmissionForm().fields)
_SHOWN_AT_MOST = 5


@dataclass
class Sheet:
    """What is typed, the draft it belongs to (none before it is first kept), and what was refused of it."""

    actor: Actor
    typed: Mapping[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=form_keys.fresh)
    call: UUID | None = None
    reference: str = ""
    mark: str = ""
    saved_words: str = ""
    mistakes: dict[str, list[str]] = field(default_factory=dict)
    refusal: GuardRefused | None = None

    @classmethod
    def of_request(cls, ticket_reference: str = "") -> "Sheet":
        """What this POST carries."""
        return cls(
            actor=present_actor(),
            typed={name: request.form[name] for name in _FIELDS if request.form.get(name)},
            key=form_keys.given_back(request.form),
            call=uuid_in(request.form.get("call", "")),
            reference=ticket_reference or request.form.get("reference", ""),
            mark=request.form.get("version", ""),
        )

    @classmethod
    def of_draft(cls, actor: Actor, ticket_reference: str) -> "Sheet":
        """A draft as it was kept."""
        kept = drafts.read(actor, ticket_reference)
        sheet = cls(actor, _dated(kept))
        sheet.took(kept)
        return sheet

    def open(self) -> str:
        """The reference of the draft; opened now, once per key, when there is none yet."""
        if not self.reference:
            self.reference, _ = create_ticket(
                self.actor, "urgent_rights", {}, self.key, submit=False, form={}, call_id=self.call
            )
        return self.reference

    def read(self) -> dict[str, Any]:
        """The plain values; refuses (InvalidInput) what can not be read, and with it all that is missing elsewhere."""
        try:
            return from_form(self.typed, today())
        except InvalidInput as unreadable:
            rest = {name: text for name, text in self.typed.items() if name not in unreadable.fields}
            with reading() as session:
                missing = field_errors(reference(session), from_form(rest, today()), clock.now())
            raise InvalidInput({**missing, **unreadable.fields}) from unreadable

    def send(self, given: Mapping[str, Any]) -> None:
        """Send it: the draft that was kept, else the request at once."""
        if self.reference:
            drafts.send(self.actor, self.reference, given, self.key)
        else:
            self.reference = drafts.send_at_once(self.actor, given, self.key, self.call)

    def anew(self) -> "Sheet":
        """The same answers on another sheet of paper: its draft is still to be opened."""
        return Sheet(self.actor, self.typed)

    def keep(self) -> None:
        """Save the draft as typed."""
        self.took(drafts.save(self.actor, self.open(), self.typed, page_key=self.key, seen=self.mark))

    def took(self, kept: drafts.Kept) -> None:
        """Remember where and when the draft was kept."""
        self.reference, self.mark = kept.reference, kept.mark
        self.saved_words = moments.near(kept.saved_at, clock.now()) if kept.saved_at else ""

    def say(self, refused: InvalidInput | GuardRefused) -> None:
        """Remember why it was refused, for the head of the page and beside the fields."""
        if isinstance(refused, InvalidInput):
            self.mistakes |= refused.fields
            if self.typed.get("cdap") == "other_day" and not self.typed.get("cdap_missing"):
                self.mistakes.setdefault(
                    "cdap_missing", [NOT_FOUND_IN_CDAP]
                )  # with the day, in the same round
        else:
            self.refusal = refused


def refused(sheet: Sheet, why: InvalidInput | GuardRefused) -> ResponseReturnValue:
    """The form again with the reasons; what was typed is kept in the draft (R-UD-5)."""
    sheet.say(why)
    try:
        sheet.keep()
    except InvalidInput as unkept:
        sheet.say(unkept)
    return page(sheet), 422


def page(sheet: Sheet) -> str:
    """The whole page."""
    shown = _beside(sheet)
    with reading() as session:
        communes = situations.communes(session)
        own = situations.covered_by(session, sheet.actor.unit_id)
    form = ReportForm(
        sheet.typed, sheet.mistakes, commune_choices(communes, own), line_open=shown["line_open"]
    )
    return render_template("report/form.html", sheet=sheet, form=form, **shown)


def fragments(sheet: Sheet) -> dict[str, Any]:
    """What the script puts in the page while one types."""
    shown = _beside(sheet)
    macro = "macros/ticket.html"
    return {
        "html": get_template_attribute(macro, "verdict_card")(shown["verdict"]),
        "fragments": {
            "suite": get_template_attribute(macro, "next_steps")(**shown["steps"]),
            "deja": render_template("report/same_file.html", same_file=shown["same_file"]),
        },
    }


def today() -> date:
    """The day in Paris."""
    return french.local_day(clock.now())


def kept_day(kept: drafts.Kept) -> date:
    """The day on which a draft was saved."""
    return french.local_day(kept.saved_at) if kept.saved_at else today()


def uuid_in(text: str) -> UUID | None:
    """The identifier in a text, None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _dated(kept: drafts.Kept) -> dict[str, Any]:
    """What was typed; « today » of another day is shown as that day."""
    typed, day = dict(kept.form), kept_day(kept)
    if day == today():
        return typed
    if typed.get("cdap") == "today":
        typed |= {"cdap": "other_day", "cdap_consulted_on": day.isoformat()}
    if typed.get("ground") in ("told", "agreed") and not typed.get("ground_on"):
        typed["ground_on"] = day.isoformat()
    return typed


def _beside(sheet: Sheet) -> dict[str, Any]:
    """Verdict, what would follow, open requests for the same file, and the channels that are open."""
    now = clock.now()
    same_file = _same_file(sheet)
    with reading() as session:
        known = reference(session)
    values = known.values_of(known.version_at(now).number)
    return {
        "verdict": verdict.card(sheet.typed, today(), values),
        "steps": verdict.next_steps(known, now),
        "same_file": same_file,
        "line_open": line_state_open(known, now),
        "direct": known.settings.flag("direct_channel"),
        "cdap_url": known.settings.text("cdap_url"),
    }


def _same_file(sheet: Sheet) -> Sequence[dict[str, str]] | None:
    """Open requests for the matricule, a logged search among what the actor may read; None while it is not one."""
    matricule = str(sheet.typed.get("matricule", "")).replace(" ", "")
    if not _MATRICULE.fullmatch(matricule):
        return None
    with searching(sheet.actor) as session:
        query = situations.of_the_same_file(sheet.actor, matricule).limit(_SHOWN_AT_MOST)
        found = session.scalars(query).all()
        details, known = situations.details_of(session, found), reference(session)
    return [
        {
            "reference": one.reference,
            "situation": _situation(one, details.get(one.id)),
            "state": known.state(one.kind, one.state, one.asking_unit_id).label,
        }
        for one in found
    ]


def _situation(ticket: Ticket, details: Details | None) -> str:
    if isinstance(details, UrgentRightsDetails):
        return situation_of(details).head
    return WORKFLOWS[ticket.kind].label

"""What becomes of a request once the Caf has it: triage, work, questions, answer, and what the CDAS does with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service.database import transaction
from service.demonstration import words_of_the_caf as caf
from service.demonstration import words_of_the_cdas as cdas
from service.demonstration.agenda import Story, later, minutes, office
from service.demonstration.destiny import Destiny
from service.demonstration.files import some_file
from service.demonstration.stage import CAF, Case, Stage
from service.models import Ticket
from service.operations import acts, conversation
from service.operations.consultation import consult
from service.operations.transitions import fire
from service.permissions import Actor, Role
from service.workflows.urgency import Benefit

_WAITED_AFTER, _CLOSED_AFTER, _CONTESTED_WITHIN = 8, 10, 9
_REOPENED_WITHIN = timedelta(days=25)
"""The Settings' defaults, in open days; a margin is kept where the delay is a limit (R-CLK-1, R-CLK-3, R-UD-8)."""


class _Left(Exception):
    """The request stays in the state it has reached."""


class Treatment:
    """The story of one request from the state it is in."""

    def __init__(self, stage: Stage, case: Case, destiny: Destiny) -> None:
        self.stage, self.case, self.destiny, self.rng = stage, case, destiny, case.rng
        self._last_act_at = stage.now

    def from_submitted(self) -> Story:
        """From `submitted` to the end, or to the state where it is left."""
        try:
            yield from self._triage()
        except _Left:
            return

    def from_call(self) -> Story:
        """From the `in_progress` of a call."""
        try:
            self._arrive("in_progress")
            yield from self._work()
        except _Left:
            return

    def from_answered(self) -> Story:
        """From the `answered` of a call that solved it."""
        try:
            yield from self._after_answer()
        except _Left:
            return

    # ------------------------------------------------------------ triage
    def _triage(self) -> Story:
        if self.case.misses:
            yield self._after(0.7)
            self._complete()
        self._arrive("submitted")
        if self.destiny.ending == "rejected" and self.destiny.early:
            yield self._after(1.0)
            yield from self._refused_by(self.stage.secretary(self.case))
        elif self.destiny.ending == "cancelled" and self.destiny.early:
            yield self._after(1.0)
            self._cancel()
        else:
            yield from self._somebody_takes_it()

    def _complete(self) -> None:
        case = self.case
        person = case.person
        known = {
            "asking_unit": case.cdas,
            "matricule": person.matricule,
            "last_name": person.last_name,
            "first_name": person.first_name,
            "commune": person.commune,
            "benefit": case.benefit,
            "event": case.event,
            "last_payment_on": case.last_payment_on,
        }
        self._act(self.stage.secretary(case), "complete", {name: known[name] for name in case.misses})

    def _somebody_takes_it(self) -> Story:
        stage, case, rng = self.stage, self.case, self.rng
        if self.destiny.halt == "assigned" or rng.random() < 0.8:
            yield self._after(0.9)
            who = stage.secretary(case) if rng.random() < 0.85 else self._lead()
            named = {"holder_id": stage.agent(case).account_id} if rng.random() < 0.65 else {}
            self._act(who, "assign", {"unit_id": CAF, **named})
            self._arrive("assigned")
        yield self._after(1.9)
        self._take(stage.agent(case))
        self._arrive("in_progress")
        yield from self._work()

    def _take(self, agent: Actor) -> None:
        consult(agent, self.case.reference)
        self._act(agent, "take", {})
        if self.rng.random() < 0.12:
            self._note(agent, caf.NOTES)

    # ------------------------------------------------------------ work
    def _work(self) -> Story:
        stage, case, rng = self.stage, self.case, self.rng
        if rng.random() < 0.03 and case.holder is not None:
            yield self._after(1.0)
            self._hand_to_a_colleague()
        if self.destiny.ending == "rejected":
            yield self._after(1.5)
            yield from self._refused_by(stage.agent(case))
            return
        for _ in range(self.destiny.questions):
            yield self._after(1.2)
            self._act(stage.agent(case), "ask", {"question": rng.choice(caf.QUESTIONS)})
            self._arrive("waiting_partner")
            if self.destiny.silent:
                yield from self._nobody_replies()
                return
            yield from self._reply()
        if self.destiny.ending == "cancelled":
            yield self._after(2.0)
            self._cancel()
            return
        yield self._after(3.2)
        if rng.random() < 0.05:
            self._message(stage.agent(case), caf.MESSAGES)
            yield self._after(1.5)
        self._answer({}, self._told_before_it_was_noted())
        yield from self._after_answer()

    def _hand_to_a_colleague(self) -> None:
        case = self.case
        holder = self.stage.agent(case)
        colleague = self.stage.staff.pick(
            self.rng, self.stage.day, CAF, Role.CAF_AGENT, but=holder.account_id
        )
        self._act(holder, "reassign", {"holder_id": colleague.account_id})
        case.holder = colleague

    def _reply(self) -> Story:
        late = self.rng.random() < 0.12
        yield later(self.rng, self.stage.now, 26.0 if late else 4.0, 0.5 if late else 1.0)
        who = self.stage.professional(self.case)
        if self.rng.random() < 0.35:
            self._attach(who)
        self._act(who, "reply", {"text": self.rng.choice(cdas.REPLIES)})

    def _nobody_replies(self) -> Story:
        """R-CLK-3: the agent may answer after the delay, or saying how the information came."""
        if self.rng.random() < 0.5:
            yield later(self.rng, self.stage.now, 16.0, 0.4)
            self._answer({"how_known": self.rng.choice(caf.HOW_KNOWN)})
        else:
            limit = office().end_of_open_day(self.stage.now, _WAITED_AFTER)
            yield later(self.rng, limit, 1.0)
            self._answer({})
        yield from self._after_answer()

    def _answer(self, more: Mapping[str, Any], happened_at: datetime | None = None) -> None:
        given: dict[str, Any] = {"outcome": self.destiny.outcome, **more}
        day = self.stage.day + timedelta(days=self.rng.randint(2, 12))
        if self.destiny.outcome in ("payment_scheduled", "under_review"):
            given["outcome_on"] = day
        if details := caf.DETAILS.get(self.destiny.outcome):
            given["outcome_detail"] = self.rng.choice(details)
        sentence = self.rng.choice(caf.ANSWERS[self.destiny.outcome])
        given["text"] = sentence.format(of=Benefit(self.case.benefit).of, day=f"{day:%d/%m/%Y}")
        self._act(self.stage.agent(self.case), "answer", given, happened_at)

    def _told_before_it_was_noted(self) -> datetime | None:
        """Now and then an answer given on the telephone is noted some minutes later (R-CLK-8)."""
        if self.rng.random() > 0.04:
            return None
        return max(self._last_act_at, self.stage.now - minutes(self.rng, 20, 50))

    # ------------------------------------------------------------ after the answer
    def _after_answer(self) -> Story:
        self._arrive("answered")
        stage, case, rng = self.stage, self.case, self.rng
        closes_at = office().end_of_open_day(stage.now, _CLOSED_AFTER)
        read_at = later(rng, stage.now, 5.0, 1.2)
        if self.destiny.acknowledged and read_at < closes_at:
            yield read_at
            self._acknowledge()
        else:
            yield closes_at + timedelta(minutes=10)
            self._close_alone()
        stage.done(case)
        if self.destiny.reopened:
            yield from self._reopen()

    def _acknowledge(self) -> None:
        who, rng = self.stage.professional(self.case), self.rng
        consult(who, self.case.reference)
        given: dict[str, Any] = {}
        if rng.random() < 0.65:
            given["usefulness"] = rng.choices((1, 2, 3, 4, 5), (2, 4, 14, 42, 38))[0]
        if rng.random() < 0.15:
            given["remark"] = rng.choice(cdas.REMARKS)
        if rng.random() < 0.06:
            self._note(who, cdas.NOTES)
        self._act(who, "acknowledge", given)

    def _close_alone(self) -> None:
        """As the scheduled job does."""
        with transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.reference == self.case.reference)).one()
            fire(session, ticket, "auto_close", None, {}, acts.EFFECTS[ticket.kind]["auto_close"])

    def _reopen(self) -> Story:
        now = self.stage.now
        yield min(later(self.rng, now, 45.0, 0.5), office().add(now + _REOPENED_WITHIN, 1800))
        who = self.stage.professional(self.case)
        self._act(who, "reopen", {"reason": self.rng.choice(cdas.REOPENINGS)})
        self.stage.sent(self.case)
        self._arrive("in_progress")
        yield self._after(3.5)
        self._answer({})
        yield later(self.rng, self.stage.now, 5.0)
        self._acknowledge()
        self.stage.done(self.case)

    # ------------------------------------------------------------ refusals
    def _refused_by(self, who: Actor) -> Story:
        self._refuse(who)
        self._arrive("rejected")
        if self.destiny.contested:
            yield from self._second_reading(who)
        else:
            self.stage.done(self.case)

    def _refuse(self, who: Actor) -> None:
        reason = self.destiny.reason
        given = {
            "reason": reason,
            "sentence": self.rng.choice(caf.REJECTIONS[reason]),
            "turn_to": caf.TURN_TO[reason],
        }
        if reason == "duplicate":
            given["duplicate_of"] = self.case.doubles
        consult(who, self.case.reference)
        self._act(who, "reject", given)
        self.case.refuser, self.case.holder = who, None

    def _second_reading(self, refuser: Actor) -> Story:
        """R-UD-8: once, by somebody else."""
        now = self.stage.now
        yield min(later(self.rng, now, 9.0, 0.7), office().end_of_open_day(now, _CONTESTED_WITHIN))
        who = self.stage.professional(self.case)
        self._act(who, "contest", {"reason": self.rng.choice(cdas.CONTESTS)})
        yield self._after(2.0)
        self._take(self.stage.agent(self.case))
        yield self._after(2.5)
        if self.destiny.upheld:
            self._refuse(self.stage.agent(self.case))
            self.stage.done(self.case)
        else:
            self._answer({})
            yield from self._after_answer()

    def _cancel(self) -> None:
        who = self.stage.professional(self.case)
        self._act(who, "cancel", {"reason": self.rng.choice(cdas.CANCELLATIONS)})
        self.stage.done(self.case)

    # ------------------------------------------------------------ small things
    def _after(self, hours: float) -> datetime:
        return later(self.rng, self.stage.now, hours * self.stage.pace() * self.destiny.slow)

    def _arrive(self, state: str) -> None:
        if self.destiny.halt == state:
            raise _Left

    def _lead(self) -> Actor:
        return self.stage.staff.pick(self.rng, self.stage.day, CAF, Role.CAF_LEAD)

    def _act(
        self, who: Actor, name: str, given: Mapping[str, Any], happened_at: datetime | None = None
    ) -> None:
        acts.perform(who, self.case.reference, name, given, happened_at=happened_at)
        self._last_act_at = self.stage.now

    def _note(self, who: Actor, notes: tuple[str, ...]) -> None:
        conversation.write_note(who, self.case.reference, self.rng.choice(notes), self.case.key())

    def _message(self, who: Actor, messages: tuple[str, ...]) -> None:
        conversation.write_message(who, self.case.reference, self.rng.choice(messages), self.case.key())

    def _attach(self, who: Actor) -> None:
        filename, content = some_file(self.rng)
        conversation.attach(who, self.case.reference, filename, content, self.case.key())

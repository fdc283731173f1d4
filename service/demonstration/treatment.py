"""What becomes of a request once the Caf has it, moment after moment: triage, work, answer, and what follows."""

from datetime import datetime, timedelta

from service.demonstration import words_of_the_caf as caf
from service.demonstration.agenda import Story, later, office
from service.demonstration.hands import Hands
from service.permissions import Actor

_WAITED_AFTER, _CLOSED_AFTER, _CONTESTED_WITHIN = 8, 10, 9
_REOPENED_WITHIN = timedelta(days=25)
"""The Settings' defaults, in open days; a margin is kept where the delay is a limit (R-CLK-1, R-CLK-3, R-UD-8)."""


class _Left(Exception):
    """The request stays in the state it has reached."""


class Treatment(Hands):
    """The story of one request from the state it is in."""

    def from_submitted(self) -> Story:
        """From `submitted` to the end, or to the state where it is left."""
        try:
            yield from self._triage()
        except _Left:
            return

    def from_call(self) -> Story:
        """From the `in_progress` of a call."""
        try:
            yield from self._work()
        except _Left:
            return

    def from_answered(self) -> Story:
        """From the `answered` of a call that solved it."""
        try:
            yield from self._after_answer()
        except _Left:
            return

    def _triage(self) -> Story:
        if self.case.misses:
            yield self._after(0.7)
            self.complete()
        self._arrive("submitted")
        if self.destiny.ending == "rejected" and self.destiny.early:
            yield self._after(1.0)
            yield from self._refused_by(self.stage.secretary(self.case))
        elif self.destiny.ending == "cancelled" and self.destiny.early:
            yield self._after(1.0)
            self._cancelled()
        else:
            yield from self._somebody_takes_it()

    def _somebody_takes_it(self) -> Story:
        if self.destiny.halt == "assigned" or self.rng.random() < 0.8:
            yield self._after(0.9)
            self.assign()
            self._arrive("assigned")
        yield self._after(1.9)
        self.take()
        self._arrive("in_progress")
        yield from self._work()

    def _work(self) -> Story:
        if self.case.holder is not None and self.rng.random() < 0.03:
            yield self._after(1.0)
            self.hand_to_a_colleague()
        if self.destiny.ending == "rejected":
            yield self._after(1.5)
            yield from self._refused_by(self.stage.agent(self.case))
            return
        for _ in range(self.destiny.questions):
            yield self._after(1.2)
            self.ask()
            self._arrive("waiting_partner")
            if self.destiny.silent:
                yield from self._nobody_replies()
                return
            yield self._replied_at()
            self.reply()
        if self.destiny.ending == "cancelled":
            yield self._after(2.0)
            self._cancelled()
            return
        yield self._after(3.2)
        if self.rng.random() < 0.09:
            self.message()
            yield self._after(1.5)
        self.answer(perhaps_earlier=True)
        yield from self._after_answer()

    def _replied_at(self) -> datetime:
        if self.rng.random() < 0.12:
            return later(self.rng, self.stage.now, 26.0, 0.5)
        return later(self.rng, self.stage.now, 4.0, 1.0)

    def _nobody_replies(self) -> Story:
        """R-CLK-3: the agent may answer after the delay, or saying how the information came."""
        if self.rng.random() < 0.5:
            yield later(self.rng, self.stage.now, 16.0, 0.4)
            self.answer({"how_known": self.rng.choice(caf.HOW_KNOWN)})
        else:
            yield later(self.rng, office().end_of_open_day(self.stage.now, _WAITED_AFTER), 1.0)
            self.answer()
        yield from self._after_answer()

    def _after_answer(self) -> Story:
        self._arrive("answered")
        now = self.stage.now
        closes_at = office().end_of_open_day(now, _CLOSED_AFTER)
        read_at = later(self.rng, now, 5.0, 1.2)
        if self.destiny.acknowledged and read_at < closes_at:
            yield read_at
            self.acknowledge()
        else:
            yield closes_at + timedelta(minutes=10)
            self.close_alone()
        self.stage.done(self.case)
        if self.destiny.reopened:
            yield from self._reopened()

    def _reopened(self) -> Story:
        now = self.stage.now
        yield min(later(self.rng, now, 45.0, 0.5), office().add(now + _REOPENED_WITHIN, 1800))
        self.reopen()
        self.stage.sent(self.case)
        yield self._after(3.5)
        self.answer()
        yield later(self.rng, self.stage.now, 5.0)
        self.acknowledge()
        self.stage.done(self.case)

    def _refused_by(self, who: Actor) -> Story:
        self.refuse(who)
        if self.destiny.contested:
            yield from self._second_reading()
        else:
            self.stage.done(self.case)

    def _second_reading(self) -> Story:
        """R-UD-8: once, by somebody else."""
        now = self.stage.now
        yield min(later(self.rng, now, 9.0, 0.7), office().end_of_open_day(now, _CONTESTED_WITHIN))
        self.contest()
        yield self._after(2.0)
        self.take()
        yield self._after(2.5)
        if self.destiny.upheld:
            self.refuse(self.stage.agent(self.case))
            self.stage.done(self.case)
        else:
            self.answer()
            yield from self._after_answer()

    def _cancelled(self) -> None:
        self.cancel()
        self.stage.done(self.case)

    def _after(self, hours: float) -> datetime:
        return later(self.rng, self.stage.now, hours * self.stage.pace() * self.destiny.slow)

    def _arrive(self, state: str) -> None:
        if self.destiny.halt == state:
            raise _Left

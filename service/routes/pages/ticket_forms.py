"""The forms that stand on the ticket's page: the likeliest act when it is short, a message with its file, a note."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.routes.pages import form_keys
from service.routes.pages.choices import triages
from service.routes.pages.joining import WITH_ACT, WITH_MESSAGE, file_fields
from service.routes.pages.views.forms import form_fields, words_of
from service.routes.pages.views.ticket_page import TicketPage
from service.routes.pages.views.turn import fits_inline, is_set_back, label_of
from service.schemas.kinds import ACTS
from service.workflows.machine import Transition

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]


class TicketForms:
    """What the page's forms hold; `typed` and `mistakes` come back from the one that was refused."""

    def __init__(
        self, page: TicketPage, typed: Mapping[str, Any] | None = None, mistakes: Mistakes | None = None
    ) -> None:
        self.page, self.typed, self.mistakes = page, typed or {}, mistakes or {}
        self.key = form_keys.fresh()
        readers = f"{page.other_side} et par les vôtres" if page.other_side else "votre service"
        self.message = self._field(
            "message", "Votre message", hint=f"Lu par {readers} ; seul ou avec un fichier.", required=False
        )
        self.note = self._field("note", "Votre note")
        self.file = file_fields(WITH_MESSAGE, self.typed, self.mistakes)

    @property
    def first(self) -> Transition | None:
        """The act that is done on the page itself: the likeliest one, when it is the reader's turn."""
        offered = self.page.buttons
        return offered[0] if offered and self.page.may_act_first and not is_set_back(offered[0]) else None

    @property
    def inline(self) -> list[Shown] | None:
        """The fields of that act; none for one that asks nothing, None when it needs a page of its own."""
        if self.first is None or not fits_inline(self.page.kind, self.first):
            return None
        return form_fields(ACTS[self.page.kind][self.first.name], {}, {}, {}, state=self.page.state[0])

    @property
    def told(self) -> str:
        """The name of the field in which that act is put in words; empty for one without."""
        return words_of(self.inline or [])

    @property
    def inline_file(self) -> list[Shown]:
        """The fields of the file that may go with those words."""
        return file_fields(WITH_ACT, {}, {}) if self.told and self.page.may_write else []

    @property
    def others(self) -> list[Shown]:
        """The other acts, as buttons; those that end the request without an answer as links, at the end."""
        rest = [row for row in self.page.buttons if row is not self.first or self.inline is None]
        ordered = sorted(rest, key=is_set_back)
        return [self._button(row, primary=row is self.first) for row in ordered]

    @property
    def summary(self) -> Shown:
        """For the list of errors at the head of the page."""
        fields = [self.message, *self.file, self.note]
        named = {field["name"] for field in fields}
        elsewhere = [text for name, texts in self.mistakes.items() if name not in named for text in texts]
        return {"fields": fields, "errors": elsewhere}

    def label(self, row: Transition) -> str:
        """What its button says to this reader."""
        ticket = self.page.kept.sheet.ticket
        return label_of(row, triages=triages(ticket, self.page.actor, self.page.known))

    def _button(self, row: Transition, *, primary: bool) -> Shown:
        kind = "primary" if primary else "link" if is_set_back(row) else "secondary"
        return {"name": row.name, "label": self.label(row), "kind": kind}

    def _field(self, name: str, label: str, **more: Any) -> Shown:
        return {
            "name": name,
            "label": label,
            "widget": "textarea",
            "value": self.typed.get(name),
            "errors": list(self.mistakes.get(name, ())),
            "required": True,
            "rows": 3,
            "hint": "",
            **more,
        }

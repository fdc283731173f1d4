"""The forms of the register of the convention Caf, Cpam, SIAO: shown, taken, and shown again as they were typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from service.errors import GuardRefused, InvalidInput
from service.routes.guard import refilling
from service.routes.pages.actions import typed_in
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.fields import Input, load
from service.schemas.si import RIGHT_FIELDS

Given = dict[str, Any]
Choices = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form that has a page of its own. `back`: the address and name of the page it is reached from.

    `removal`: where a second form takes the thing away.
    """

    schema: type[Input]
    title: str
    lede: str
    button: str
    back: tuple[str, str]
    removal: str = ""


def answer(
    form: Form,
    act: Callable[[Given], ResponseReturnValue],
    begun: Mapping[str, Any] | None = None,
    choices: Choices | None = None,
) -> ResponseReturnValue:
    """Show the form, begun with what is known; or act on what was sent, which stays where it is refused."""
    if request.method != "POST":
        return _page(form, begun or {}, {}, choices)
    typed = typed_in(form.schema)
    if refilling():
        return _page(form, typed, {}, choices)
    try:
        return act(load(form.schema(unknown="exclude"), typed))
    except InvalidInput as refused:
        return _page(form, typed, refused.fields, choices), 422
    except GuardRefused as refused:
        return _page(form, typed, {"": [refused.detail]}, choices), 409


def done(url: str, title: str, follows: str = "") -> ResponseReturnValue:
    """Back to a page, which says what happened."""
    confirm(title, follows)
    return redirect(url, 303)


def _page(
    form: Form, values: Mapping[str, Any], mistakes: Mapping[str, Sequence[str]], choices: Choices | None
) -> str:
    fields = form_fields(form.schema, values, mistakes, choices or {})
    shown = {"fields": fields, "errors": general_errors(mistakes, fields)}
    return render_template("si/form.html", page=form, form=shown, grouped=RIGHT_FIELDS)

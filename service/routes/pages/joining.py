"""« Joindre un fichier », within the forms by which one writes on a request: the file leaves with what is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from service.errors import FileRefused, InvalidInput
from service.operations.files import MAX_BYTES, SMALLER, TOO_LARGE
from service.operations.joining import Joined, expect_fit
from service.schemas.conversation_out import LONGEST_DESCRIPTION, FileSaid
from service.schemas.fields import load
from service.schemas.kinds import ACTS

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]

WITH_MESSAGE, WITH_ACT = "", "act_"
"""What goes before the names of the two fields: both forms may stand on one page."""

SCAN = (
    "PDF, JPEG ou PNG, 10 Mo au plus. Relais ne peut pas lire un document scanné : vérifiez vous-même "
    "qu’aucun numéro de sécurité sociale n’y figure."
)
SAID = "Une phrase pour qui ne peut pas lire une image : « bail signé le 3 mars, deux pages »."
_AGAIN = "Choisissez de nouveau votre fichier : il n’a pas été gardé avec votre saisie."


def taken(before: str) -> Joined | None:
    """The file of the form, if one was chosen. Refuses (FileRefused) an empty one, and words about none."""
    sent, content = request.files.get(f"{before}file"), sent_with(before)
    try:
        said = load(FileSaid(), {"description": request.form.get(f"{before}description", "")}).get(
            "description"
        )
    except InvalidInput as refused:
        raise FileRefused(refused.fields) from None
    if sent is not None and content:
        return Joined(sent.filename or "", content, said or None)
    if _chosen(before):
        raise FileRefused({"file": ["Choisissez un fichier qui n’est pas vide."]})
    if said:
        raise FileRefused({"file": ["Choisissez le fichier dont vous dites ce qu’il contient."]})
    return None


def sent_with(before: str) -> bytes:
    """The content of the file of the form, whatever it is worth; empty where none came."""
    sent = request.files.get(f"{before}file")
    if sent is None:
        return b""
    sent.seek(0)  # it is read again where the answer turns on what it was
    content: bytes = sent.read()
    return content


def goes_with(kind: str, name: str) -> bool:
    """Whether the form of an act takes a file along: one in which something is written at length."""
    return any(field.metadata.get("widget") == "textarea" for field in ACTS[kind][name]().fields.values())


def mistakes_beside(before: str) -> Mistakes:
    """What is wrong with the file by itself, where the rest of the form is refused already: both in one round."""
    try:
        file = taken(before)
        if file is not None:
            expect_fit(file)
    except FileRefused as refused:
        return mistakes_of(refused, before)
    return {}


def mistakes_of(refused: FileRefused, before: str) -> Mistakes:
    """The sentences beside the two fields."""
    return {f"{before}{name}": sentences for name, sentences in refused.fields.items()}


def file_fields(before: str, typed: Mapping[str, Any], mistakes: Mistakes) -> list[Shown]:
    """The two fields. A file that was chosen does not come back with the form: it is said to choose it again."""
    file, said = f"{before}file", f"{before}description"
    lost = [*mistakes.get(file, ()), _AGAIN] if _chosen(before) else mistakes.get(file, ())
    return [
        {
            "name": file,
            "label": "Fichier",
            "widget": "file",
            "value": None,
            "hint": SCAN,
            "accept": ".pdf,.jpg,.jpeg,.png",
            "most": (MAX_BYTES, f"{TOO_LARGE} {SMALLER}"),
            "errors": [" ".join(lost)] if lost else [],
        },
        {
            "name": said,
            "label": "Ce qu’il contient",
            "widget": "text",
            "value": typed.get(said),
            "hint": SAID,
            "maxlength": LONGEST_DESCRIPTION,
            "errors": list(mistakes.get(said, ())),
        },
    ]


def _chosen(before: str) -> bool:
    sent = request.files.get(f"{before}file")
    return sent is not None and bool(sent.filename)

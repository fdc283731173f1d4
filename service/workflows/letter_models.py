"""Model letters (R-RV, R-PR-3): what can be merged into them, who may do what with them, the texts they come with.

A model is plain text with merge fields, `{{ nom }}`. An empty line parts paragraphs, « - » begins a line of a list.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from service.permissions import CDAS_ROLES, OUT_OF_LISTS, SOCIAL_ROLES, Actor, Role
from service.workflows import merging
from service.workflows.merging import MergeRefused

LONGEST_TITLE = 120
LONGEST_SUBJECT = 200
LONGEST_BODY = 6000

Control = Literal["text", "textarea", "day", "choice"]
Wording = tuple[str, str, str]
"""Title, subject and body of a model."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """Something that is written into a letter. `choices`: the words that may be, for the control `choice`."""

    code: str
    label: str
    hint: str = ""
    longest: int = 120
    control: Control = "text"
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A model letter: its layout (sender and recipient are merged too), its roles, the text it comes with."""

    code: str
    name: str
    purpose: str
    rule: str
    sender: str
    recipient: str
    fields: tuple[str, ...]
    wording: Wording
    editors: frozenset[Role]
    printers: frozenset[Role]


_FIELDS = (
    MergeField("prenom", "Prénom de la personne", longest=80),
    MergeField("nom", "Nom de la personne", longest=80),
    MergeField(
        "adresse",
        "Adresse postale de la personne",
        hint="Tapée à la main, jamais reprise d’une demande. Une adresse protégée ne s’imprime pas.",
        longest=300,
        control="textarea",
    ),
    MergeField(
        "evenement",
        "Événement de vie",
        control="choice",
        choices=(
            "une séparation",
            "le décès d’un enfant",
            "le décès d’un parent",
            "l’arrivée d’un enfant dans une famille monoparentale",
        ),
    ),
    MergeField("reference", "Référence de la demande", hint="Par exemple PR-4F7K-92QX.", longest=16),
    MergeField("destinataire", "Service qui reçoit", hint="Le CDAS ou le service social de la Caf."),
    MergeField("interlocuteur", "Personne qui reçoit", hint="Si elle est déjà connue.", required=False),
    MergeField("accord", "Accord de la personne donné le", control="day"),
    MergeField("debut", "Accompagnement commencé le", control="day"),
    MergeField(
        "resume",
        "Où en est la situation",
        hint="Ce qui est utile pour la suite, et rien de plus. Sans numéro de sécurité sociale.",
        longest=3000,
        control="textarea",
    ),
    MergeField("attentes", "Ce que la personne attend", longest=2000, control="textarea"),
    MergeField("service", "Service qui écrit"),
    MergeField("telephone", "Téléphone du service", longest=30),
    MergeField("courriel", "Adresse électronique du service", longest=254, required=False),
    MergeField("signataire", "Signature"),
    MergeField("date", "Date du courrier", control="day"),
)
FIELDS: Mapping[str, MergeField] = MappingProxyType({field.code: field for field in _FIELDS})
"""Every merge field, in the order of the form."""

_SENDER = "{{ service }}\n{{ telephone }}\n{{ courriel }}"
_OF_A_SENDER = ("service", "telephone", "courriel", "signataire", "date")

KINDS: Mapping[str, LetterKind] = MappingProxyType(
    {
        "offre": LetterKind(
            code="offre",
            name="Offre d’accompagnement après un événement de vie",
            purpose="Le service social de la Caf propose son aide après une séparation, un décès, ou l’arrivée "
            "d’un enfant dans une famille monoparentale (annexe 7).",
            rule="R-RV",
            sender=_SENDER,
            recipient="{{ prenom }} {{ nom }}\n{{ adresse }}",
            fields=("prenom", "nom", "adresse", "evenement", *_OF_A_SENDER),
            wording=(
                "Offre d’accompagnement après un événement de vie",
                "Le service social de la Caf peut vous accompagner",
                """Bonjour {{ prenom }} {{ nom }},

Vous avez fait connaître à la Caf {{ evenement }}. Un tel moment peut bouleverser la vie de tous les jours, \
les démarches et le budget.

Si vous le souhaitez, une travailleuse sociale ou un travailleur social de la Caf vous reçoit près de chez vous pour :

- vous écouter et parler de votre situation ;
- faire le point sur vos droits et vos démarches ;
- chercher avec vous ce qui peut aider votre famille, votre logement ou votre budget.

Cet accompagnement est gratuit et couvert par le secret professionnel. Vous êtes libre de l’accepter ou non : \
votre réponse ne change rien à vos prestations.

Pour prendre rendez-vous ou poser une question, appelez le secrétariat du service social au {{ telephone }}. \
Si quelqu’un vous accompagne déjà ailleurs, dites-le-nous : nous verrons avec vous qui peut le mieux vous aider.

Cordialement,

{{ signataire }}
{{ service }}
""",
            ),
            editors=frozenset({Role.CAF_HEAD, Role.CAF_SECRETARIAT}),
            printers=SOCIAL_ROLES | {Role.CAF_SECRETARIAT},
        ),
        "relais": LetterKind(
            code="relais",
            name="Communication écrite d’un passage de relais",
            purpose="Le service qui passe le relais écrit à celui qui le prend : où en est la situation, ce que la "
            "personne attend, qui appeler.",
            rule="R-PR-3",
            sender=_SENDER,
            recipient="{{ destinataire }}\n{{ interlocuteur }}",
            fields=(
                "prenom",
                "nom",
                "reference",
                "destinataire",
                "interlocuteur",
                "accord",
                "debut",
                "resume",
                "attentes",
                *_OF_A_SENDER,
            ),
            wording=(
                "Communication écrite d’un passage de relais",
                "Passage de relais, demande {{ reference }}",
                """Bonjour,

Nous accompagnons {{ prenom }} {{ nom }} depuis le {{ debut }}. Avec son accord, donné le {{ accord }}, nous vous \
proposons de prendre le relais.

Où en est la situation :

{{ resume }}

Ce que la personne attend de vous :

{{ attentes }}

Nous restons responsables de l’accompagnement tant que vous n’avez pas nommé la personne qui le prend et que nos \
deux services ne l’ont pas confirmé. Pour en parler, ou pour préparer une rencontre avec la personne, \
appelez-nous au {{ telephone }}.

Cordialement,

{{ signataire }}
{{ service }}
""",
            ),
            editors=frozenset({Role.CDAS_HEAD, Role.CAF_HEAD}),
            printers=CDAS_ROLES | SOCIAL_ROLES | {Role.CAF_SECRETARIAT},
        ),
    }
)
"""The model letters, by code."""

WITHOUT_LETTER = OUT_OF_LISTS
"""Kinds of ticket from which no letter is made: nothing of them goes anywhere on paper."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph with its lines, or a list with its items."""

    kind: Literal["text", "list"]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready for the screen and the paper."""

    title: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    date: str
    subject: str
    blocks: tuple[Block, ...]


def may_edit(actor: Actor, kind: LetterKind) -> bool:
    """Whether the actor's role writes this model."""
    return actor.role in kind.editors


def may_print(actor: Actor, kind: LetterKind) -> bool:
    """Whether the actor's role makes letters of this model: the offer leaves from the Caf alone."""
    return actor.role in kind.printers


def fields_in(kind: LetterKind, text: str) -> frozenset[str]:
    """The merge fields of a text; refuses (MergeRefused) one that this model does not have, or a stray brace."""
    return merging.fields_in(kind.fields, text)


def fields_of(kind: LetterKind, wording: Wording) -> tuple[MergeField, ...]:
    """What a letter of this wording asks for, in the order of the form; refuses what `fields_in` refuses.

    The date is asked for whatever the wording: a letter has one.
    """
    _, subject, body = wording
    used = frozenset({"date"}).union(
        *(fields_in(kind, text) for text in (kind.sender, kind.recipient, subject, body))
    )
    return tuple(field for code, field in FIELDS.items() if code in used)


def merge(kind: LetterKind, wording: Wording, values: Mapping[str, str]) -> Letter:
    """The letter; a line that an absent value leaves empty is left out.

    Values are written as they are: braces in them are no merge field. Refuses (MergeRefused) what `fields_in`
    refuses, and the absence of a value that is required.
    """
    missing = [
        field.label for field in fields_of(kind, wording) if field.required and not values.get(field.code)
    ]
    if missing:
        raise MergeRefused(f"Il manque : {', '.join(missing)}.")
    title, subject, body = wording
    return Letter(
        title=title,
        sender=_lines(merging.merged(kind.sender, values)),
        recipient=_lines(merging.merged(kind.recipient, values)),
        date=f"Le {values['date']}",
        subject=" ".join(merging.merged(subject, values).split()),
        blocks=_blocks(merging.merged(body, values)),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _blocks(text: str) -> tuple[Block, ...]:
    paragraphs = re.split(r"\n[ \t]*\n", text)
    return tuple(block for paragraph in paragraphs for block in _parts(_lines(paragraph)))


def _parts(lines: Iterable[str]) -> list[Block]:
    parts: list[tuple[Literal["text", "list"], list[str]]] = []
    for line in lines:
        kind: Literal["text", "list"] = "list" if line.startswith("- ") else "text"
        if not parts or parts[-1][0] != kind:
            parts.append((kind, []))
        parts[-1][1].append(line.removeprefix("- ").strip())
    return [Block(kind, tuple(kept)) for kind, kept in parts]

"""Model letters: what merges, what is refused, and who may (R-RV, R-PR-3)."""

import pytest

from service.workflows.letter_models import (
    FIELDS,
    KINDS,
    LONGEST_BODY,
    LONGEST_SUBJECT,
    LONGEST_TITLE,
    Block,
    fields_in,
    fields_of,
    merge,
)
from service.workflows.merging import MergeRefused

RELAY, OFFER = KINDS["relais"], KINDS["offre"]


def words(kind: str = "relais") -> dict[str, str]:
    return {
        code: FIELDS[code].choices[0] if FIELDS[code].choices else f"<{code}>" for code in KINDS[kind].fields
    }


@pytest.mark.parametrize("code", KINDS)
def test_the_texts_that_come_with_relais_merge_and_ask_for_their_fields(code: str) -> None:
    kind = KINDS[code]
    title, subject, body = kind.wording
    assert (len(title) <= LONGEST_TITLE, len(subject) <= LONGEST_SUBJECT, len(body) <= LONGEST_BODY) == (
        True,
    ) * 3
    assert [field.code for field in fields_of(kind, kind.wording)] == [
        one for one in FIELDS if one in kind.fields
    ]
    letter = merge(kind, kind.wording, words(code))
    whole = " ".join(
        [*letter.sender, *letter.recipient, letter.date, letter.subject]
        + [line for block in letter.blocks for line in block.lines]
    )
    for value in words(code).values():
        assert value in whole
    assert "{" not in whole


def test_r_pr_3_the_relay_says_by_whom_to_whom_when_and_what() -> None:
    assert {"service", "destinataire", "date", "resume"} <= {
        field.code for field in fields_of(RELAY, RELAY.wording) if field.required
    }


def test_paragraphs_lines_and_lists() -> None:
    letter = merge(
        OFFER,
        ("t", "s", "Un\ndeux :\n- a\n- b\n\n \nFin {{telephone}}\n{{ courriel }}\n"),
        words("offre") | {"courriel": ""},
    )
    assert letter.blocks == (
        Block("text", ("Un", "deux :")),
        Block("list", ("a", "b")),
        Block("text", ("Fin <telephone>",)),
    )
    assert letter.sender == ("<service>", "<telephone>")


def test_a_value_is_written_as_it_is() -> None:
    letter = merge(RELAY, ("t", "s", "{{ resume }}"), words() | {"resume": "{{ nom }} } #panic(1)"})
    assert letter.blocks == (Block("text", ("{{ nom }} } #panic(1)",)),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ age }}", "Le champ « age » n’existe pas dans ce modèle."),
        ("{{ adresse }}", "Le champ « adresse » n’existe pas dans ce modèle."),
        ("{{ }}", "Le champ «  » n’existe pas"),
        ("Bonjour\n{{ nom", "Ligne 2 : une accolade s’ouvre et ne se ferme pas."),
        ("{{ nom\n}}", "Ligne 1 : une accolade s’ouvre"),
        ("{{ nom }", "Ligne 1 : une accolade s’ouvre"),
        ("{ nom }", "Ligne 1 : une accolade s’ouvre"),
        ("{{ {{ nom }} }}", "Ligne 1 : une accolade s’ouvre"),
        ("nom }}", "Ligne 1 : une accolade se ferme sans s’être ouverte."),
    ],
)
def test_an_unknown_field_or_a_stray_brace_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(MergeRefused) as refused:
        fields_in(RELAY, text)
    assert refused.value.sentence.startswith(sentence)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(MergeRefused) as refused:
        merge(RELAY, RELAY.wording, words() | {"nom": "", "interlocuteur": ""})
    assert refused.value.sentence == "Il manque : Nom de la personne."

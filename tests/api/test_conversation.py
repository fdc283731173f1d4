"""Messages, notes and files through the API."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from service.database import reading
from service.models import AccessEntry
from service.permissions import Actor
from tests.api.conftest import Caller, a_body, a_sent_ticket, fields_of
from tests.factories import World

Calling = Callable[[Actor | None], Caller]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def test_both_sides_read_the_messages(cdas: Caller, caf: Caller, world: World) -> None:
    reference = a_sent_ticket(cdas)
    first = cdas.post(f"/tickets/{reference}/messages", {"body": "Le loyer tombe le 5."})
    assert first.status_code == 201
    caf.post(f"/tickets/{reference}/messages", {"body": "Bien reçu.\nNous regardons."})
    caf.act(reference, "take")
    caf.act(reference, "ask", {"question": "Quel mois ?"})
    for reader in (cdas, caf):
        items = reader.get(f"/tickets/{reference}/messages").json["items"]
        assert [item["body"] for item in items] == [
            "Le loyer tombe le 5.",
            "Bien reçu.\nNous regardons.",
            "Quel mois ?",
        ]
        assert items[0] == first.json
        assert items[0]["author"]["name"] == world.cdas_agent.name
        assert [item["sequence"] for item in items] == [None, None, 4]
        assert [item["institution"] for item in items] == ["departement", "caf", "caf"]


def test_r_dp_3_notes_stay_in_their_institution(
    calling: Calling, world: World, cdas: Caller, caf: Caller
) -> None:
    reference = a_sent_ticket(cdas)
    path = f"/tickets/{reference}/notes"
    assert cdas.post(path, {"body": "Note du CDAS"}).status_code == 201
    assert caf.post(path, {"body": "Note de la Caf"}).status_code == 201
    for readers, expected in (
        ((world.cdas_agent, world.cdas_head), ["Note du CDAS"]),
        ((world.caf_agent, world.caf_lead, world.caf_secretariat), ["Note de la Caf"]),
    ):
        for reader in readers:
            assert [note["body"] for note in calling(reader).get(path).json["items"]] == expected
    for member in ("", "/messages", "/journal", "/attachments", "/ledger"):
        assert "Note du CDAS" not in caf.get(f"/tickets/{reference}{member}").text


def test_a_final_state_takes_notes_only(cdas: Caller, caf: Caller) -> None:
    reference = a_sent_ticket(cdas)
    cdas.act(reference, "cancel", {"reason": "Réglé."})
    refused = cdas.post(f"/tickets/{reference}/messages", {"body": "Encore"})
    assert (refused.status_code, refused.json["rule"]) == (422, "R-UD-7")
    assert cdas.upload(reference, "a.pdf", PDF).status_code == 422
    assert caf.post(f"/tickets/{reference}/notes", {"body": "Pour mémoire"}).status_code == 201


@pytest.mark.parametrize("part", ["messages", "notes"])
def test_a_text_is_needed_and_holds_no_social_security_number(cdas: Caller, part: str) -> None:
    reference = a_sent_ticket(cdas)
    for body in ({}, {"body": " "}, {"body": "2 55 08 14 168 025 38"}, {"body": "x" * 10_001}):
        answer = cdas.post(f"/tickets/{reference}/{part}", body)
        assert (answer.status_code, fields_of(answer)) == (422, {"body"})


@pytest.mark.parametrize("part", ["messages", "notes"])
def test_the_same_key_writes_once(cdas: Caller, part: str) -> None:
    reference = a_sent_ticket(cdas)
    path = f"/tickets/{reference}/{part}"
    first = cdas.post(path, {"body": "Une fois"}, key="same")
    again = cdas.post(path, {"body": "Une fois"}, key="same")
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    other = cdas.post(path, {"body": "Autre chose"}, key="same")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(cdas.get(path).json["items"]) == 1


def test_a_file_is_joined_listed_and_given_back(cdas: Caller, caf: Caller, world: World) -> None:
    reference = a_sent_ticket(cdas)
    made = cdas.upload(reference, "Avis d’échéance « mars ».pdf", PDF, key="file")
    assert made.status_code == 201, made.text
    assert cdas.upload(reference, "Avis d’échéance « mars ».pdf", PDF, key="file").status_code == 200
    (listed,) = caf.get(f"/tickets/{reference}/attachments").json["items"]
    assert listed == made.json
    assert (listed["filename"], listed["size"]) == ("Avis d’échéance « mars ».pdf", len(PDF))
    answer = caf.get(listed["href"])
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    with reading() as session:
        acts = session.scalars(
            select(AccessEntry.act).where(AccessEntry.account_id == world.caf_agent.account_id)
        )
        assert "download" in acts.all()


def test_a_file_says_what_it_holds(cdas: Caller, caf: Caller) -> None:
    """R-26: in a sentence, which is part of what the key of the request stands for."""
    reference, said = a_sent_ticket(cdas), "Bail signé, deux pages."
    made = cdas.upload(reference, "bail.pdf", PDF, key="file", said=said)
    assert made.json["description"] == said
    (listed,) = caf.get(f"/tickets/{reference}/attachments").json["items"]
    assert listed["description"] == said
    assert cdas.upload(reference, "bail.pdf", PDF, key="file", said="Autre.").status_code == 422
    assert cdas.upload(reference, "bail.pdf", PDF).json["description"] is None
    refused = cdas.upload(reference, "bail.pdf", PDF, said="x" * 201)
    assert (refused.status_code, fields_of(refused)) == (422, {"description"})


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.html", b"<html>"), ("photo.png", PDF), ("avis.pdf", b"MZ\x90"), ("vide.pdf", b""), ("", PDF)],
)
def test_other_files_are_refused(cdas: Caller, name: str, content: bytes) -> None:
    reference = a_sent_ticket(cdas)
    answer = cdas.upload(reference, name, content)
    assert (answer.status_code, fields_of(answer)) == (422, {"file"})
    assert cdas.get(f"/tickets/{reference}/attachments").json["items"] == []


def test_the_form_of_a_file_is_read_strictly(cdas: Caller) -> None:
    reference = a_sent_ticket(cdas)
    path = f"/tickets/{reference}/attachments"
    key = {"Idempotency-Key": "k"}
    assert cdas.send(path, PDF, "application/pdf", **key).status_code == 415
    part = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\nx\r\n'
    cases = {
        "--b--\r\n": "file",
        part.format("file", "") + "--b--\r\n": "file",
        '--b\r\nContent-Disposition: form-data; filename="a.pdf"\r\n\r\nx\r\n--b--\r\n': "form",
        part.format("other", '; filename="a.pdf"') + "--b--\r\n": "other",
        part.format("file", '; filename="a.pdf"') * 2 + "--b--\r\n": "file",
    }
    for data, field in cases.items():
        answer = cdas.send(path, data.encode(), "multipart/form-data; boundary=b", **key)
        assert (answer.status_code, fields_of(answer)) == (422, {field}), data


def test_a_file_of_another_ticket_is_not_there(cdas: Caller) -> None:
    first, second = a_sent_ticket(cdas), a_sent_ticket(cdas)
    made = cdas.upload(first, "a.pdf", PDF).json
    answer = cdas.get(f"/tickets/{second}/attachments/{made['id']}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_draft_takes_no_message_from_elsewhere(cdas: Caller, caf: Caller) -> None:
    reference = cdas.post("/tickets", a_body(submit=False)).json["reference"]
    assert caf.post(f"/tickets/{reference}/messages", {"body": "Bonjour"}).status_code == 404

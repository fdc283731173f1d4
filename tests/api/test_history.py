"""The journal and the ledger through the API."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, select

from service.database import reading
from service.models import AccessEntry
from service.operations import out_of_scope, tokens
from tests.api.conftest import Caller, Hand, a_sent_ticket
from tests.factories import World


def test_the_journal_tells_who_did_what_and_when(cdas: Caller, caf: Caller, world: World, hand: Hand) -> None:
    reference = a_sent_ticket(cdas)
    hand.at(17, 11)
    caf.act(reference, "take")
    entries = cdas.get(f"/tickets/{reference}/journal").json["items"]
    assert [(entry["sequence"], entry["from_state"], entry["to_state"]) for entry in entries] == [
        (1, None, "draft"),
        (2, "draft", "submitted"),
        (3, "submitted", "in_progress"),
    ]
    last = entries[-1]
    assert last["label"] == "Prise en charge"
    assert last["actor"]["name"] == world.caf_agent.name
    assert last["happened_at"] == last["recorded_at"] == "2026-11-17T10:00:00+00:00"
    assert entries[1]["data"] == {"channel": "service"}
    assert len({entry["hash"] for entry in entries}) == 3


def test_r_clk_5_the_ledger_adds_up_to_the_second(cdas: Caller, caf: Caller, hand: Hand) -> None:
    reference = a_sent_ticket(cdas)
    hand.at(17, 11, 7)
    caf.act(reference, "take")
    hand.at(17, 16, 59)
    caf.act(reference, "ask", {"question": "Quel mois ?"})
    hand.at(18, 9, 30)
    cdas.act(reference, "reply", {"text": "Octobre."})
    hand.at(19, 12)
    told = caf.get(f"/tickets/{reference}/ledger").json
    seconds = {line["unit"]["code"]: line["seconds"] for line in told["units"]}
    assert set(seconds) == {"caf-secretariat", "caf-prestations", "cdas-redon"}
    assert sum(seconds.values()) + told["closed"] == told["elapsed"] == 50 * 3600
    assert sum(segment["seconds"] for segment in told["segments"]) == told["elapsed"]
    instants = [
        (datetime.fromisoformat(segment["start"]), datetime.fromisoformat(segment["end"]))
        for segment in told["segments"]
    ]
    assert all(left[1] == right[0] for left, right in pairwise(instants))
    assert instants[-1][1] - instants[0][0] == timedelta(hours=50)
    assert seconds["caf-secretariat"] == 67 * 60


def test_r_clk_6_each_clock_is_explained(cdas: Caller, caf: Caller, hand: Hand) -> None:
    reference = a_sent_ticket(cdas)
    hand.at(17, 11)
    caf.act(reference, "take")
    clocks = {clock["name"]: clock for clock in cdas.get(f"/tickets/{reference}/ledger").json["clocks"]}
    assert set(clocks) == {"triage", "take", "answer"}
    triage, answer = clocks["triage"], clocks["answer"]
    assert (triage["running"], triage["business_seconds"], triage["within_target"]) == (False, 3600, True)
    assert triage["target"] == "4 heures ouvrées"
    assert (answer["running"], answer["stopped_at"], answer["target"]) == (True, None, "2 jours ouvrés")
    assert answer["target_at"] == "2026-11-19T16:00:00+00:00"
    assert answer["explanation"][0].startswith("Départ : ")
    assert any("Convention du 2 décembre 2024" in sentence for sentence in answer["explanation"])


def test_r_dp_4_each_reading_is_logged_refusals_too(cdas: Caller, elsewhere: Caller, world: World) -> None:
    reference = a_sent_ticket(cdas)
    paths = ["", "/messages", "/notes", "/attachments", "/journal", "/ledger"]

    def logged(account: object, *, refused: bool) -> int:
        with reading() as session:
            query = select(func.count()).where(
                AccessEntry.account_id == account,
                AccessEntry.refused == refused,
                AccessEntry.ticket_id.is_not(None),
            )
            return session.scalar(query) or 0

    before = logged(world.cdas_agent.account_id, refused=False)
    for path in paths:
        assert cdas.get(f"/tickets/{reference}{path}").status_code == 200
        assert elsewhere.get(f"/tickets/{reference}{path}").status_code == 404
    assert logged(world.cdas_agent.account_id, refused=False) == before + len(paths)
    assert logged(world.cdas_agent_elsewhere.account_id, refused=True) == len(paths)


def test_r_dp_4_a_search_is_logged_without_what_for(cdas: Caller, world: World) -> None:
    cdas.post("/tickets/search", {"name": "Exemple"})
    with reading() as session:
        entry = session.scalars(select(AccessEntry).where(AccessEntry.act == "search")).one()
    assert (entry.account_id, entry.ticket_id) == (world.cdas_agent.account_id, None)


def test_r_dp_1_what_was_opened_out_of_scope_is_read_whole_and_offers_nothing(
    cdas: Caller, world: World
) -> None:
    reference = a_sent_ticket(cdas)
    head = Caller(cdas.app, tokens.create(world.cdas_head_elsewhere, "tests"))
    assert head.get(f"/tickets/{reference}").status_code == 404
    out_of_scope.open_ticket(world.cdas_head_elsewhere, reference, "La famille a demandé à être reçue ici.")
    told = head.get(f"/tickets/{reference}")
    assert (told.status_code, told.json["actions"]) == (200, [])
    assert len(head.get(f"/tickets/{reference}/journal").json["items"]) == 2
    assert head.get(f"/tickets/{reference}/ledger").status_code == 200

"""What is sent to other programs, where to, and how it is signed: pure rules (R-DP-5, R-PE-4)."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from service.permissions import OUT_OF_LISTS
from service.workflows import webhooks

AT = datetime(2026, 10, 27, 14, 5, tzinfo=UTC)
HOSTS = ("hooks.example", "127.0.0.1", "localhost", "10.1.2.3")


def test_the_body_holds_references_and_codes_only() -> None:
    """R-DP-5."""
    text = webhooks.body("msg_1", "urgent_rights.answer", "UD-26-00012", 4, AT)
    assert json.loads(text) == {
        "id": "msg_1",
        "type": "urgent_rights.answer",
        "timestamp": "2026-10-27T14:05:00Z",
        "data": {"kind": "urgent_rights", "reference": "UD-26-00012", "version": 4},
    }


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    sent = webhooks.headers(secret, "msg_1", AT, "{}")
    signed = hmac.new(b"k" * 32, f"msg_1.{int(AT.timestamp())}.{{}}".encode(), hashlib.sha256).digest()
    assert sent == {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def test_no_event_of_a_notice_nor_of_a_draft_is_told() -> None:
    """R-PE-4."""
    assert not OUT_OF_LISTS & webhooks.EVENTS.keys()
    assert all("open" not in acts for acts in webhooks.EVENTS.values())
    assert all(acts for acts in webhooks.EVENTS.values())


@pytest.mark.parametrize(
    "url", ["https://hooks.example/relais?to=1", "https://HOOKS.example:8443/", "http://127.0.0.1:9/x"]
)
def test_a_listed_machine_may_be_told(url: str) -> None:
    assert webhooks.refused(url, HOSTS) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://other.example/", "pas dans la liste"),
        ("https://hooks.example.other.example/", "pas dans la liste"),
        ("http://hooks.example/", "https://"),
        ("http://10.1.2.3/", "https://"),
        ("ftp://hooks.example/", "complète"),
        ("hooks.example", "complète"),
        ("https://user:word@hooks.example/", "mot de passe"),
        ("https://hooks.example/#x", "« # »"),
        ("https://hooks.example/ x", "espace"),
        ("https://hooks.example:port/", "ne se lit pas"),
        ("https://[::1/", "ne se lit pas"),
        ("https://hooks.example/\r\nX: y", "complète"),
    ],
)
def test_another_address_is_refused_with_why(url: str, why: str) -> None:
    assert why in (webhooks.refused(url, HOSTS) or "")
    assert "pas dans la liste" in (webhooks.refused("https://hooks.example/", ()) or "")


def test_an_inner_address_is_reached_only_where_it_is_listed_itself() -> None:
    """Whoever holds a listed name can not turn it towards the inside."""
    for inner in ("10.0.0.5", "192.168.1.1", "169.254.169.254", "127.0.0.2", "::1", "fd00::1", "0.0.0.0"):
        assert not webhooks.may_reach(inner, "hooks.example", HOSTS), inner
    assert not webhooks.may_reach("::ffff:10.0.0.5", "hooks.example", HOSTS)
    for carried in ("64:ff9b::a00:5", "2002:a00:5::1", "2001:0:a00:5::1"):
        assert not webhooks.may_reach(carried, "hooks.example", HOSTS), carried
    assert not webhooks.may_reach("224.0.0.1", "hooks.example", HOSTS)
    assert webhooks.may_reach("10.1.2.3", "hooks.example", HOSTS)
    assert webhooks.may_reach("93.184.216.34", "hooks.example", HOSTS)
    assert webhooks.may_reach("::1", "localhost", HOSTS)

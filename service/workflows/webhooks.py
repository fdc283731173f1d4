"""What another program is told when a request moves: a name, a reference, an instant, and a signature.

References only (R-DP-5); nothing of a notice (R-PE-4). Written and signed as Standard Webhooks says.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from service.permissions import OUT_OF_LISTS
from service.workflows.registry import WORKFLOWS

SECRET_PREFIX = "whsec_"  # noqa: S105 - the beginning of every secret, not one
SECRET_BYTES = 32
LONGEST_URL = 500
_CARRY_ANOTHER = tuple(
    map(ip_network, ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
"""Addresses that hold another one, which may be inside: mapped, NAT64, 6to4, Teredo."""

EVENTS: Mapping[str, Mapping[str, str]] = {
    kind: {row.name: row.history for row in workflow.transitions if row.target != "draft"}
    for kind, workflow in WORKFLOWS.items()
    if kind not in OUT_OF_LISTS
}
"""By kind of request: the acts that may be told, with their words. A draft is private to its unit."""


def event_name(kind: str, act: str) -> str:
    """How an act upon a request of that kind is called outside: `urgent_rights.answer`."""
    return f"{kind}.{act}"


def body(identifier: str, name: str, reference: str, version: int, happened_at: datetime) -> str:
    """What is sent: the same text at each try, since it is what the signature covers."""
    told = {
        "id": identifier,
        "type": name,
        "timestamp": happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"kind": name.partition(".")[0], "reference": reference, "version": version},
    }
    return json.dumps(told, separators=(",", ":"))


def headers(secret: str, identifier: str, sent_at: datetime, text: str) -> Mapping[str, str]:
    """What goes with the text, so that the receiver knows who speaks, and when."""
    stamp = str(int(sent_at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{identifier}.{stamp}.{text}".encode(), hashlib.sha256)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def refused(url: str, hosts: Collection[str]) -> str | None:
    """Why nothing is sent to that address, in French; None: it may be. `hosts`: the machines that are listed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "Cette adresse ne se lit pas : écrivez-la comme https://machine.example/relais."
    if (
        parts.scheme not in ("https", "http")
        or not host
        or port == 0
        or not (url.isascii() and url.isprintable())
    ):
        return "Écrivez une adresse complète, comme https://machine.example/relais."
    if " " in url or parts.username is not None or parts.fragment:
        return "Écrivez l’adresse sans espace, sans nom ni mot de passe, et sans « # »."
    if host not in hosts:
        return (
            f"La machine « {host} » n’est pas dans la liste de celles que Relais peut prévenir. "
            "Qui exploite Relais l’ajoute à RELAIS_WEBHOOK_HOSTS."
        )
    if parts.scheme == "http" and not is_this_machine(host):
        return "L’adresse doit commencer par https:// : sans chiffrement, Relais ne prévient que sa propre machine."
    return None


def is_this_machine(host: str) -> bool:
    """Whether the name or address never leaves the machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def may_reach(address: str, host: str, hosts: Collection[str]) -> bool:
    """Whether the address that a listed name leads to may be spoken to: a public one, or one that is listed itself.

    So whoever holds the name of a public machine can not turn it towards the inside.
    """
    found = ip_address(address.partition("%")[0])
    if address in hosts or (host == "localhost" and found.is_loopback):
        return True
    carries = any(found in network for network in _CARRY_ANOTHER if network.version == found.version)
    return found.is_global and not found.is_multicast and not carries

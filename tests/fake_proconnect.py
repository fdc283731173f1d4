"""A provider that behaves as ProConnect does, a process of its own: `python -m tests.fake_proconnect`.

Strict about parameters and addresses, codes for one use within half a minute, user information as a signed token, a
session of its own (`open_for` so many seconds) that lets a browser back in without asking, and a logout that wants
`id_token_hint` and `state`. Its first line says its address. Who logs in is told by `POST /as` (JSON): `sub`, `acr`,
and defects of its tokens.
"""

import base64
import hmac
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.proconnect import CLIENT, HOME, SECRET

RETURN, EXIT = f"{HOME}/connexion/proconnect/retour", f"{HOME}/connexion/proconnect/sortie"
PARAMETERS = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "claims"}
CODE_SECONDS = 30

key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
foreign = RSAKey.generate_key(2048, {"kid": "two"}, private=True)
person: dict[str, Any] = {"sub": "nobody", "acr": "eidas2"}
codes: dict[str, dict[str, Any]] = {}
bearers: dict[str, dict[str, Any]] = {}
ended: list[str] = []


class Refused(Exception):
    """What ProConnect answers with an error page."""


def one_each(query: str) -> dict[str, str]:
    given = parse_qs(query, keep_blank_values=True)
    if any(len(values) != 1 for values in given.values()):
        raise Refused("repeated parameter")
    return {name: values[0] for name, values in given.items()}


def authorize(asked: dict[str, str]) -> str:
    """The address of the return, once the parameters are what the registration says and no other."""
    if set(asked) != PARAMETERS:
        raise Refused(f"Y000400 {sorted(set(asked) ^ PARAMETERS)}")
    if (asked["client_id"], asked["redirect_uri"], asked["response_type"]) != (CLIENT, RETURN, "code"):
        raise Refused("client or address")
    if min(len(asked["state"]), len(asked["nonce"])) < 32 or "openid" not in asked["scope"].split():
        raise Refused("state, nonce or scope")
    if not json.loads(asked["claims"])["id_token"]["acr"]["essential"]:
        raise Refused("claims")
    code = secrets.token_urlsafe(24)
    codes[code] = {**person, "nonce": asked["nonce"], "at": time.time()}
    return f"{RETURN}?{urlencode({'code': code, 'state': asked['state'], 'iss': issuer()})}"


def token(asked: dict[str, str]) -> dict[str, Any]:
    """The tokens of a code, which serves once."""
    if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
        raise Refused("invalid_client")
    known = codes.pop(asked.get("code", ""), None)
    if known is None or time.time() - known["at"] > CODE_SECONDS or asked.get("redirect_uri") != RETURN:
        raise Refused("invalid_grant")
    bearer = secrets.token_urlsafe(24)
    bearers[bearer] = known
    usual = {"sub": known["sub"], "acr": known["acr"], "nonce": known["nonce"]}
    usual["auth_time"] = int(time.time()) - known.get("open_for", 0)
    id_token = signed(usual, **known.get("id_token", {}))
    return {"access_token": bearer, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}


def signed(claims: dict[str, Any], by: str = "", cut: int = 0, shift: int = 0, **changes: Any) -> str:
    """A token; `by`, `cut` and `changes` spoil it, `shift` moves its times, and a change to None leaves a claim out."""
    now = int(time.time()) + shift
    usual = {"iss": issuer(), "aud": CLIENT, "iat": now, "exp": now + 60, **claims, **changes}
    written = {name: value for name, value in usual.items() if value is not None}
    by_hand = {"none": ("none", b""), "client secret": ("HS256", SECRET.encode())}
    by_hand["public key as secret"] = ("HS256", key.as_pem(private=False))
    if by in by_hand:
        return unproved(written, *by_hand[by])
    ways: dict[str, tuple[dict[str, Any], RSAKey]] = {
        "": ({"alg": "RS256", "kid": "one"}, key),
        "another key": ({"alg": "RS256", "kid": "one"}, foreign),
        "unknown kid": ({"alg": "RS256", "kid": "two"}, foreign),
        "no kid": ({"alg": "RS256"}, key),
        "own jwk": ({"alg": "RS256", "jwk": foreign.as_dict(private=False)}, foreign),
        "another algorithm": ({"alg": "PS256", "kid": "one"}, key),
    }
    headers, signer = ways[by]
    text = jwt.encode(headers, written, signer, algorithms=[headers["alg"]])
    return text[: len(text) - cut]


def unproved(claims: dict[str, Any], algorithm: str, secret: bytes) -> str:
    """A token that the library would not make: without a signature, or signed with what is no secret."""
    parts = [{"alg": algorithm, "kid": "one"}, claims]
    text = ".".join(in_base64(json.dumps(part).encode()) for part in parts)
    proof = hmac.digest(secret, text.encode(), "sha256") if secret else b""
    return f"{text}.{in_base64(proof)}"


def in_base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def end_session(asked: dict[str, str]) -> str:
    if set(asked) != {"id_token_hint", "state", "post_logout_redirect_uri"}:
        raise Refused("parameters")
    if asked["post_logout_redirect_uri"] != EXIT:
        raise Refused("address")
    ended.append(jwt.decode(asked["id_token_hint"], key, algorithms=["RS256"]).claims["sub"])
    return f"{EXIT}?{urlencode({'state': asked['state']})}"


def issuer() -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/api/v2"


def known_of_us() -> dict[str, str]:
    names = {
        "authorization": "authorize",
        "token": "token",
        "userinfo": "userinfo",
        "end_session": "session/end",
    }
    found = {f"{name}_endpoint": f"{issuer()}/{path}" for name, path in names.items()}
    return {"issuer": issuer(), "jwks_uri": f"{issuer()}/jwks", **found}


class Provider(BaseHTTPRequestHandler):
    """The addresses of the provider."""

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        try:
            match place.path.removeprefix("/api/v2"):
                case "/.well-known/openid-configuration":
                    self.say(json.dumps(known_of_us()))
                case "/jwks":
                    self.say(json.dumps(KeySet([key]).as_dict(private=False)))
                case "/authorize":
                    self.send_to(authorize(one_each(place.query)))
                case "/session/end":
                    self.send_to(end_session(one_each(place.query)))
                case "/userinfo":
                    said = bearers.pop(self.headers["Authorization"].removeprefix("Bearer "))
                    spoilt = said.get("userinfo", {})
                    text = signed(
                        {"sub": said["sub"], "idp_id": "idp-of-the-tests"}, **spoilt.get("token", {})
                    )
                    self.say(spoilt.get("text", text), spoilt.get("kind", "application/jwt"))
                case _:
                    self.say("", status=404)
        except (Refused, KeyError) as refused:
            self.say(json.dumps({"error": str(refused)}), status=400)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/as":
            person.clear()
            person.update(json.loads(sent))
            self.say(json.dumps(ended))
            return
        try:
            self.say(json.dumps(token(one_each(sent))))
        except Refused as refused:
            self.say(json.dumps({"error": str(refused)}), status=400)

    def say(self, text: str, kind: str = "application/json", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def send_to(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"{issuer()}\n")
    sys.stdout.flush()
    server.serve_forever()

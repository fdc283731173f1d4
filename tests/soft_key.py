"""A key in software: what an authenticator answers to a browser, for tests that no browser can be made to fail."""

import json
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """One key (ES256) of one site; `uses` counts what it has signed. `public`: told in place of its public half."""

    def __init__(self, origin: str = "https://relais.example", *, public: object = None) -> None:
        self.origin, self.uses, self._public = origin, 0, public
        self._secret = ec.generate_private_key(ec.SECP256R1())
        self.id = sha256(self._secret.private_numbers().private_value.to_bytes(32, "big")).digest()

    def made(self, question: str) -> str:
        """The answer to « make a key »."""
        asked = json.loads(question)
        numbers = self._secret.public_key().public_numbers()
        parts = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        public = cbor2.dumps(parts if self._public is None else self._public)
        told = self._about(asked["rp"]["id"], _ATTESTED)
        told += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        return self._answer(
            clientDataJSON=self._client("webauthn.create", asked),
            attestationObject=cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told}),
        )

    def signed(self, question: str) -> str:
        """The answer to « sign »."""
        asked = json.loads(question)
        self.uses += 1
        told, client = self._about(asked["rpId"]), self._client("webauthn.get", asked)
        signature = self._secret.sign(told + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=told, signature=signature)

    def _about(self, site: str, more: int = 0) -> bytes:
        flags = bytes([_PRESENT | _VERIFIED | more])
        return sha256(site.encode()).digest() + flags + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _answer(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.id)
        response = {part: bytes_to_base64url(value) for part, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

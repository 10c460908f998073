"""An authenticator of our own: keeps passkeys as a phone does, signs what a page asks for, and can be made to lie."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


@dataclass
class Authenticator:
    """One passkey on one device, used at one origin."""

    origin: str
    rp_id: str = "localhost"
    id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """What `navigator.credentials.create` gives for these options."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public()
        data = self._data(PRESENT_AND_VERIFIED | WITH_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"], lies)
        return self._credential(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """What `navigator.credentials.get` gives for these options."""
        self.count += 1
        data, client = self._data(PRESENT_AND_VERIFIED), self._client("webauthn.get", options["challenge"], lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False} | lies
        ).encode()

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _credential(self, **response: bytes) -> dict[str, Any]:
        said = {name: bytes_to_base64url(value) for name, value in response.items()}
        id = bytes_to_base64url(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": said}

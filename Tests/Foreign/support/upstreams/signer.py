"""Signs tokens by openssl, as an identity provider would."""

import base64
import json
import subprocess
import time
from pathlib import Path


def openssl(*arguments: str, data: bytes = b"") -> bytes:
    """Runs openssl."""
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


def base64url(data: bytes) -> str:
    """As JWTs have it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def raw_signature(der: bytes) -> bytes:
    """Two numbers of 32 bytes, of an ASN.1 sequence of them (RFC 7518 §3.4)."""
    numbers, rest = [], der[2:]
    while rest:
        numbers.append(rest[2 : 2 + rest[1]].lstrip(b"\0").rjust(32, b"\0"))
        rest = rest[2 + rest[1] :]
    return b"".join(numbers)


class Signer:
    """A key that signs tokens, and the ways to tell others its public half."""

    def __init__(self, folder: Path, name: str, algorithm: str) -> None:
        self.algorithm = algorithm
        self.private = str(folder / f"{name}.key")
        kind = ("RSA", "rsa_keygen_bits:2048") if algorithm == "RS256" else ("EC", "ec_paramgen_curve:P-256")
        openssl("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1], "-out", self.private)
        self.pem = openssl("pkey", "-in", self.private, "-pubout").decode()

    def jwks(self, name: str | None = None) -> str:
        """A set of this key, of P-256, and of an unusable one."""
        point = openssl("pkey", "-in", self.private, "-pubout", "-outform", "DER")[-64:]
        key = {"kty": "EC", "crv": "P-256", "x": base64url(point[:32]), "y": base64url(point[32:])}
        if name:
            key["kid"] = name
        return json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "kid": "broken"}, key]})

    def token(self, name: str | None = None, **more: object) -> str:
        """A token of alice's."""
        head = {"alg": self.algorithm} | ({"kid": name} if name else {})
        claims = {"sub": "alice", "exp": int(time.time()) + 3600} | more
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        signature = openssl("dgst", "-sha256", "-sign", self.private, data=signed.encode())
        return f"{signed}.{base64url(raw_signature(signature) if self.algorithm == 'ES256' else signature)}"

"""A certificate authority that only a test trusts."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "github.corp.example"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A private authority and a server's certificate by it, as PEM files."""
    folder = tmp_path_factory.mktemp("authority")
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Private CA")])
    now = datetime.now(UTC)

    def signed(subject: x509.Name, public: Any, *extensions: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name)
        builder = builder.public_key(public).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1))
        builder = builder.not_valid_after(now + timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        made = builder.sign(ca_key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM)

    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    names = x509.SubjectAlternativeName([loopback, x509.DNSName(HOST)])
    files = {
        "ca": signed(name, ca_key.public_key(), x509.BasicConstraints(ca=True, path_length=None)),
        "server": signed(x509.Name([]), key.public_key(), names),
        "key": key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    }
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return {file: folder / file for file in files}

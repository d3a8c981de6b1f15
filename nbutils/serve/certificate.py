"""A certificate for https in one's own network, made once, kept for a year; browsers warn about it once."""

import datetime as dt
import os
import socket
import ssl
from pathlib import Path

import psutil
import trustme
from cryptography import x509

from nbutils.serve.places import user_folder

LASTS = dt.timedelta(days=365)
RENEW_BEFORE = dt.timedelta(days=14)


def addresses() -> tuple[str, ...]:
    """Return the addresses of this computer in its networks (IPv4), without the loopback."""
    found = [
        address.address
        for interface in psutil.net_if_addrs().values()
        for address in interface
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    return tuple(sorted(found))


def names() -> tuple[str, ...]:
    """Return every name and address by which this computer may be called."""
    host = socket.gethostname().lower()
    called = {"localhost", "127.0.0.1", "::1", *addresses()}
    if host.isascii() and host.replace("-", "").replace(".", "").isalnum():
        called |= {host, f"{host.partition('.')[0]}.local"}
    return tuple(sorted(called))


def context(folder: Path | None = None) -> ssl.SSLContext:
    """Return the context for https; the certificate is made anew when it is old or the names have changed.

    folder : where it is kept; the user's own folder by default
    """
    kept = (folder or user_folder()) / "https.pem"
    if not usable(kept):
        make(kept)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(kept)
    return made


def usable(kept: Path) -> bool:
    """Say whether a certificate is there, good for two more weeks, and for today's names."""
    try:
        held = x509.load_pem_x509_certificate(kept.read_bytes())
    except (OSError, ValueError):
        return False
    spoken = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    in_time = held.not_valid_after_utc > dt.datetime.now(dt.UTC) + RENEW_BEFORE
    return in_time and set(names()) <= {str(name.value) for name in spoken}


def make(kept: Path) -> None:
    """Write a new key and its certificate into one file that nobody but this user can read.

    The authority that signs it is forgotten at once, so that nothing else can ever be signed with it.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    until = dt.datetime.now(dt.UTC) + LASTS
    leaf = trustme.CA(organization_name="Deep Visualization Notebooks").issue_cert(*names(), not_after=until)
    part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(leaf.private_key_and_cert_chain_pem.bytes())
        file.flush()
        os.fsync(file.fileno())
    part.replace(kept)

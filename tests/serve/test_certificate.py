"""The certificate for one's own network: private, kept, and made anew in time."""

import datetime as dt
import ssl

import pytest
from cryptography import x509

from nbutils.serve import certificate


def names_in(path):
    held = x509.load_pem_x509_certificate(path.read_bytes())
    return {str(name.value) for name in held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value}


def test_it_holds_the_names_and_addresses_of_this_computer(tmp_path):
    assert isinstance(certificate.context(tmp_path), ssl.SSLContext)
    assert set(certificate.names()) == names_in(tmp_path / "https.pem")
    assert {"localhost", "127.0.0.1", *certificate.addresses()} <= set(certificate.names())


def test_nobody_else_can_read_it_and_nothing_else_is_left(tmp_path):
    certificate.context(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["https.pem"]
    assert (tmp_path / "https.pem").stat().st_mode & 0o777 == 0o600


def test_it_is_kept(tmp_path):
    certificate.context(tmp_path)
    before = (tmp_path / "https.pem").read_bytes()
    certificate.context(tmp_path)
    assert (tmp_path / "https.pem").read_bytes() == before


@pytest.mark.parametrize("days", [13, 0])
def test_it_is_made_anew_near_its_end(tmp_path, monkeypatch, days):
    with monkeypatch.context() as early:
        early.setattr(certificate, "LASTS", dt.timedelta(days=days, minutes=1))
        certificate.context(tmp_path)
    before = (tmp_path / "https.pem").read_bytes()
    certificate.context(tmp_path)
    assert (tmp_path / "https.pem").read_bytes() != before
    held = x509.load_pem_x509_certificate((tmp_path / "https.pem").read_bytes())
    assert held.not_valid_after_utc > dt.datetime.now(dt.UTC) + dt.timedelta(days=360)


def test_it_is_made_anew_when_the_computer_has_another_address(tmp_path, monkeypatch):
    certificate.context(tmp_path)
    monkeypatch.setattr(certificate, "addresses", lambda: ("10.20.30.40",))
    certificate.context(tmp_path)
    assert "10.20.30.40" in names_in(tmp_path / "https.pem")


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_broken_file_is_replaced(tmp_path, content):
    (tmp_path / "https.pem").write_bytes(content)
    certificate.context(tmp_path)
    assert names_in(tmp_path / "https.pem")


def test_a_host_name_that_no_certificate_may_hold_is_left_out(monkeypatch):
    monkeypatch.setattr(certificate.socket, "gethostname", lambda: "Müllers Rechner")
    assert not any("rechner" in name for name in certificate.names())

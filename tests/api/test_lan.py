"""https in one's own network: the certificate, its renewal, and the page that phones read first."""

import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import uvicorn
from cryptography import x509

from catfoot.api import lan
from catfoot.api.certificates import Files, own_names, renewed
from catfoot.api.server import open_port, server
from catfoot.config import Settings
from catfoot.training import words

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
NAMES = ["127.0.0.1", "localhost", "runner.home"]


def certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Files(folder).certificate.read_bytes())


def test_a_certificate_names_host_and_addresses_and_is_signed_by_the_own_authority(
    tmp_path: Path,
) -> None:
    assert renewed(tmp_path, NAMES, NOW)
    found = certificate(tmp_path)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert sorted(str(name.value) for name in names) == NAMES
    authority = x509.load_pem_x509_certificate(Files(tmp_path).authority.read_bytes())
    found.verify_directly_issued_by(authority)
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)
    for key in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / key).stat().st_mode) == 0o600


def test_it_is_renewed_in_time_and_for_other_names_by_the_same_authority(tmp_path: Path) -> None:
    renewed(tmp_path, NAMES, NOW)
    authority, first = Files(tmp_path).authority.read_bytes(), certificate(tmp_path)
    assert not renewed(tmp_path, reversed(NAMES), NOW + timedelta(days=59))
    assert certificate(tmp_path) == first
    assert renewed(tmp_path, NAMES, NOW + timedelta(days=61))
    assert certificate(tmp_path).not_valid_after_utc > first.not_valid_after_utc
    assert renewed(tmp_path, [*NAMES, "192.168.1.20"], NOW + timedelta(days=61))
    assert Files(tmp_path).authority.read_bytes() == authority


def test_the_own_names_hold_this_machine_and_what_the_settings_add() -> None:
    assert {"localhost", "127.0.0.1", "runner.home"} <= set(own_names(["Runner.home"]))


def test_a_phone_that_trusts_the_authority_reads_the_page_over_https(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, host="127.0.0.1", port=0, accounts=True)
    with open_port(settings) as own:
        port = own.getsockname()[1]
        address = f"https://127.0.0.1:{port}"
        running: uvicorn.Server = server(settings, address)
        with lan.secured(running, settings) as files:
            thread = threading.Thread(target=running.run, kwargs={"sockets": [own]})
            thread.start()
            trusting = ssl.create_default_context(cafile=files.authority)
            with urlopen(f"{address}/health", context=trusting, timeout=20) as answer:
                assert answer.status == 200
            with pytest.raises(OSError, match="certificate"):
                urlopen(f"{address}/health", timeout=20)
            running.should_exit = True
            thread.join()


def test_the_page_before_has_two_steps_for_each_system_and_nothing_else(tmp_path: Path) -> None:
    renewed(tmp_path, NAMES, NOW)
    authority = Files(tmp_path).authority
    with lan.explaining(authority, "https://runner.home:8000", "127.0.0.1", 0) as port:
        base = f"http://127.0.0.1:{port}"
        with urlopen(f"{base}/", timeout=10) as answer:
            text = answer.read().decode()
        assert text.count("<li>") == 2 * len(lan.STEPS)
        assert "https://runner.home:8000/" in text
        assert words.forbidden_in(text) == ()
        with urlopen(f"{base}/catfoot.crt", timeout=10) as answer:
            assert answer.headers["Content-Type"] == lan.MEDIA_TYPE
            assert answer.read() == authority.read_bytes()
        for path in ("/ca.key", "/../ca.key", "/server.key", "/api/v1/athletes"):
            with pytest.raises(HTTPError) as fault:
                urlopen(f"{base}{path}", timeout=10)
            fault.value.close()
            assert fault.value.code == 404


def test_the_network_is_served_only_with_accounts(tmp_path: Path) -> None:
    settled = lan.settled(Settings(data=tmp_path))
    assert settled.accounts
    assert "localhost" in settled.hosts


def test_a_code_for_the_terminal_is_drawn() -> None:
    assert len(lan.code("http://192.168.1.20:8001/").splitlines()) > 10

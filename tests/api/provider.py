"""A real OpenID Connect provider on loopback: Debian's glewlwyd, with one client and one person."""

import gzip
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TABLES = Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
CLIENT, SECRET = "catfoot", "a-secret-of-the-client"
PASSWORD = "a-password-elsewhere"

CONFIG = """
port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="ERROR"
cookie_domain="127.0.0.1"
cookie_secure=0
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database={{ type="sqlite3"; path="{folder}/g.db"; }}
"""


def is_here() -> bool:
    """Whether the provider is installed, with the tables of its database."""
    return shutil.which("glewlwyd") is not None and TABLES.exists()


@dataclass
class Provider:
    """The provider's address below which its interface lies."""

    base: str

    @property
    def issuer(self) -> str:
        return f"{self.base}/oidc"

    def sent_back(self, url: str, login: str) -> dict[str, str]:
        """Log somebody in there with a browser of their own; return what they come back with."""
        with requests.Session() as browser:
            body = {"username": login, "password": PASSWORD}
            assert browser.post(f"{self.base}/auth/", json=body, timeout=10).ok
            body = {"scope": "openid"}
            assert browser.put(f"{self.base}/auth/grant/{CLIENT}", json=body, timeout=10).ok
            params = {"g_continue": ""}
            answer = browser.get(url, params=params, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0].strip() for name, values in asked.items()}


@contextmanager
def providing(folder: Path, back: str, people: tuple[str, ...]) -> Iterator[Provider]:
    """Run the provider until the block ends; ``back`` is where it may send browsers."""
    with closing(sqlite3.connect(folder / "g.db")) as database:
        database.executescript(gzip.decompress(TABLES.read_bytes()).decode())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "g.conf"
    config.write_text(CONFIG.format(port=port, folder=folder))
    with (folder / "g.log").open("w") as log:
        process = subprocess.Popen(
            ["glewlwyd", "--config-file", str(config)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        provider = Provider(f"http://127.0.0.1:{port}/api")
        _until_it_answers(process, port)
        _set_up(provider, back, people)
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def _until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except ConnectionRefusedError:
            continue
    raise AssertionError("glewlwyd ended by itself")


def _set_up(provider: Provider, back: str, people: tuple[str, ...]) -> None:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    off = {f"auth-type-{name}-enabled": False for name in ("token", "none", "password", "client", "device")}  # fmt: skip
    plugin = {
        "iss": provider.issuer, "jwt-type": "rsa", "jwt-key-size": "256",
        "key": private.decode(), "cert": public.decode(), "access-token-duration": 3600,
        "refresh-token-duration": 3600, "code-duration": 60, "refresh-token-rolling": True,
        "allow-non-oidc": False, "auth-type-code-enabled": True, "auth-type-id-token-enabled": True,
        "auth-type-refresh-enabled": True, **off, "pkce-allowed": True, "pkce-required": True,
        "pkce-method-plain-allowed": False, "jwks-show": True, "scope": [],
        "additional-parameters": [], "claims": [], "name-claim": "mandatory", "email-claim": "no",
        "scope-claim": "no", "subject-type": "public", "secret-type": "pairwise",
    }  # fmt: skip
    client = {
        "client_id": CLIENT, "client_name": CLIENT, "password": SECRET, "client_secret": SECRET,
        "confidential": True, "enabled": True, "redirect_uri": [back], "scope": [],
        "authorization_type": ["code"], "token_endpoint_auth_method": ["client_secret_basic"],
    }  # fmt: skip
    with requests.Session() as admin:

        def post(path: str, body: Any) -> None:
            answer = admin.post(f"{provider.base}{path}", json=body, timeout=20)
            assert answer.ok, answer.text

        post("/auth/", {"username": "admin", "password": "password"})
        about = {"module": "oidc", "name": "oidc", "display_name": "oidc"}
        post("/mod/plugin/", about | {"parameters": plugin})
        post("/client/", client)
        for login in people:
            person = {"username": login, "name": login.title(), "password": PASSWORD}
            post("/user/", person | {"enabled": True, "scope": ["openid", "g_profile"]})

"""An OpenID Connect provider as we talk to it: discovery, the code, and the token it gives for it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ..config import Oidc
from .guard import LOOPBACK

TIMEOUT_S = 10
LEEWAY_S = 60
KEYS_FOR = timedelta(hours=1)
#: Signatures that a public key checks; "none" and shared secrets are not among them.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


class SsoError(Exception):
    """The provider did not answer, or what it said does not hold; one sentence."""


class Provider:
    """One provider; what it says of itself is asked for once, its keys once an hour."""

    def __init__(self, settings: Oidc) -> None:
        self._settings = settings
        self._said: dict[str, Any] | None = None
        self._keys: Any = None
        self._keys_at: datetime | None = None

    @property
    def issuer(self) -> str:
        """Whose word it is."""
        return self._settings.issuer

    def address(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """Return where a browser goes to log in; SsoError."""
        url, _ = self._session(back).create_authorization_url(
            self._discovered()["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
        )
        return str(url)

    def claims(
        self, code: str, verifier: str, nonce: str, back: str, now: datetime
    ) -> dict[str, Any]:
        """Return who it is, for a code that came back; SsoError where any part does not hold."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            token = self._session(back).fetch_token(
                self._discovered()["token_endpoint"], code=code, code_verifier=verifier,
                timeout=TIMEOUT_S,
            )  # fmt: skip
            read = jwt.decode(token["id_token"], self._key_set(now), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self._said_issuer()},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"nonce": nonce, "client_id": self._settings.client_id},
            )
            claims.validate(now=now.timestamp(), leeway=LEEWAY_S)
        except RequestException as fault:
            raise SsoError("The login elsewhere does not answer; try again later.") from fault
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as fault:
            raise SsoError("The login elsewhere was not accepted; begin again.") from fault
        return dict(claims)

    def _session(self, back: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret.get_secret_value(),
            scope="openid profile" if self._settings.profile else "openid",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _said_issuer(self) -> str:
        return str(self._discovered()["issuer"])

    def _discovered(self) -> dict[str, Any]:
        if self._said is None:
            base = self.issuer.rstrip("/")
            said = _json(f"{base}/.well-known/openid-configuration")
            # OpenID Connect Discovery 4.3: exactly the issuer that was asked.
            if str(said.get("issuer", "")).rstrip("/") != base:
                raise SsoError("The login elsewhere says it is somebody else; look at oidc.issuer.")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not _is_fit(str(said.get(name, ""))):
                    raise SsoError(f"The login elsewhere has no {name} over https.")
            self._said = said
        return self._said

    def _key_set(self, now: datetime) -> Any:
        from joserfc.jwk import KeySet

        if self._keys_at is None or now - self._keys_at > KEYS_FOR:
            self._keys = KeySet.import_key_set(_json(self._discovered()["jwks_uri"]))  # type: ignore[arg-type]
            self._keys_at = now
        return self._keys


def _is_fit(url: str) -> bool:
    """Whether an address is https, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _json(url: str) -> dict[str, Any]:
    import requests

    if not _is_fit(url):
        raise SsoError("The login elsewhere must be reached over https; look at oidc.issuer.")
    try:
        answer = requests.get(url, timeout=TIMEOUT_S)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as fault:
        raise SsoError("The login elsewhere does not answer; try again later.") from fault
    if not isinstance(found, dict):
        raise SsoError("The login elsewhere answers nonsense; look at oidc.issuer.")
    return found

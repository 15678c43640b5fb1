"""An InfluxDB server as the series use it: write lines, ask InfluxQL, delete by tags and time.

Writing goes through influxdb-client in synchronous mode; its batching mode loses points
without an error. Reading is InfluxQL on ``/query``, over the client's own connections: that
works on 1.x, 2.x and 3.x, and Flux does not.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from ..errors import ConfigError, StoreError

if TYPE_CHECKING:
    from influxdb_client.client.influxdb_client import InfluxDBClient

_TIMEOUT_MS = 10_000

# What is wrong with the way there and not with what is sent: wrong or expired token, missing
# bucket, timeout, too many requests.
_LATER = {401, 403, 404, 408, 429}

Series = dict[str, list[Any]]


class Unreachable(StoreError):
    """The server does not answer, or not yet; the same again may work later."""


class InfluxServer:
    """One bucket of one server, by ``influx://[user]:password-or-token@host:port/bucket?org=x``.

    With a user the password is 1.x's, without one it is a token. ``influxs://`` is TLS. The
    bucket may be ``database/retention``. Raises ConfigError, naming the ``setting``.
    """

    def __init__(self, url: str, setting: str = "series_url") -> None:
        parts = urlsplit(url)
        bucket = unquote(parts.path).strip("/")
        try:
            port = parts.port or 8086
        except ValueError:
            # Not what was read as a port: it may be a part of the secret.
            raise ConfigError(
                f"{setting}: expected a number as the port; write / ? # @ in a secret as %2F %3F %23 %40"
            ) from None
        if parts.scheme not in ("influx", "influxs") or not parts.hostname or not bucket:
            raise ConfigError(
                f"{setting}: expected influx://user:password@host:port/bucket"
                " or influx://:token@host:port/bucket?org=name"
            )
        scheme = "https" if parts.scheme == "influxs" else "http"
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.name = f"{host}:{port}/{bucket}"
        self._bucket = bucket
        database, _, retention = bucket.partition("/")
        self._where = [("db", database), *([("rp", retention)] if retention else [])]
        self._org = parse_qs(parts.query).get("org", [""])[0]
        secret = unquote(parts.password or "")
        if parts.username:
            self._login: dict[str, Any] = {
                "token": f"{unquote(parts.username)}:{secret}",
                "auth_basic": True,
            }
        else:
            self._login = {"token": secret, "auth_basic": False}
        self._address = f"{scheme}://{host}:{port}"
        self._client: InfluxDBClient | None = None

    def write(self, body: bytes) -> None:
        """Write lines with us stamps; Unreachable, or StoreError where the server refuses them."""
        from influxdb_client.client.write_api import SYNCHRONOUS
        from influxdb_client.domain.write_precision import WritePrecision

        precision: Any = WritePrecision.US  # declared as a class, in truth a text
        api = self._opened().write_api(write_options=SYNCHRONOUS)
        self._asked(partial(api.write, self._bucket, self._org, body, precision))

    def ask(self, query: str) -> list[Series]:
        """Return the series that a query finds, each as columns; times in us."""
        params = [*self._where, ("q", query), ("epoch", "u")]
        return list(_columns(self._query("GET", params)))

    def run(self, statement: str) -> None:
        """Run a statement that changes something."""
        self._query("POST", [*self._where, ("q", statement)])

    def close(self) -> None:
        """Close the connections. Twice is fine."""
        if self._client is not None:
            self._client.close()  # type: ignore[no-untyped-call]
            self._client = None

    def _query(self, method: str, params: list[tuple[str, str]]) -> dict[str, Any]:
        client: Any = self._opened().api_client
        answer = self._asked(
            lambda: client.call_api(
                "/query",
                method,
                query_params=params,
                header_params={"Accept": "application/json"},
                auth_settings=[],
                _preload_content=False,
                _return_http_data_only=True,
            )
        )
        found = self._read(answer.data)
        for result in found.get("results", []):
            if "error" in result:
                raise StoreError(f"InfluxDB {self.name} refuses: {result['error']}")
            if result.get("partial") or any(s.get("partial") for s in result.get("series", [])):
                raise StoreError(f"InfluxDB {self.name} cut its answer short; raise max-row-limit")
        return found

    def _read(self, data: bytes) -> dict[str, Any]:
        try:
            # Go writes the float -0.0 as -0, which Python would read as the integer 0.
            found = json.loads(data, parse_int=lambda text: -0.0 if text == "-0" else int(text))
        except ValueError:
            found = None
        if not isinstance(found, dict):  # a proxy, or the login page of a hotel
            raise Unreachable(f"InfluxDB {self.name} answers, but not as an InfluxDB does")
        return found

    def _asked(self, request: Any) -> Any:
        """Make a request; its faults become two kinds: later, and never."""
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError

        try:
            return request()
        except ApiException as fault:
            why = _reason(fault.body, fault.reason)
            if fault.status is None or fault.status in _LATER or fault.status >= 500:
                raise Unreachable(f"InfluxDB {self.name}: {fault.status} {why}") from fault
            raise StoreError(f"InfluxDB {self.name} refuses: {why}") from fault
        except (HTTPError, OSError) as fault:
            raise Unreachable(f"InfluxDB {self.name} cannot be reached") from fault

    def _opened(self) -> "InfluxDBClient":
        if self._client is None:
            from influxdb_client.client.influxdb_client import InfluxDBClient

            self._client = InfluxDBClient(
                self._address, org=self._org, timeout=_TIMEOUT_MS, retries=False, **self._login
            )
        return self._client


def _columns(found: dict[str, Any]) -> Iterator[Series]:
    for result in found.get("results", []):
        for series in result.get("series", []):
            values = zip(*series["values"], strict=True)
            yield dict(zip(series["columns"], map(list, values), strict=True))


def _reason(body: object, otherwise: object) -> str:
    """Return the sentence in an error's JSON body."""
    try:
        said = json.loads(body if isinstance(body, (str, bytes)) else "")
        return str(said.get("error") or said.get("message") or otherwise)
    except (ValueError, AttributeError):
        return str(otherwise)

"""Settings, and the stores that they name, opened once for command line and server alike.

Environment variables ``CATFOOT_*`` win over the TOML file ``$CATFOOT_CONFIG``, or
``./catfoot.toml`` where that is not set. ``CATFOOT_X_FILE`` names a file that holds what
``CATFOOT_X`` would say, so that no secret stands in an environment that others can list.
"""

import os
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .errors import ConfigError
from .secretfiles import FILE, with_files
from .training.thresholds import thresholds_with
from .wallclock import utc_now

if TYPE_CHECKING:
    from .store.logbook import Logbook
    from .store.raw import RawStore
    from .store.series import Series
    from .store.shared import SharedBoard
    from .store.view import View
    from .training.consent import Viewer


def default_data() -> Path:
    """Return the folder where this system keeps a person's application data."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "catfoot"


class Smtp(BaseModel):
    """The mail server that letters go through, and what they are from."""

    model_config = {"extra": "forbid", "frozen": True}

    host: str
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: str


class Oidc(BaseModel):
    """A login elsewhere (OpenID Connect), and what it is called on the page."""

    model_config = {"extra": "forbid", "frozen": True}

    issuer: str
    client_id: str
    client_secret: SecretStr
    name: str = "single sign-on"
    profile: bool = True


class Settings(BaseSettings):
    """Everything that may be set; raises ConfigError, naming the setting, for a wrong one.

    ``data`` may begin with ``~`` and comes out absolute. ``logbook_url`` None is SQLite in the
    data folder, ``series_url`` None the embedded store there; ``dashboards_url`` is an InfluxDB
    database for the club's dashboards and nothing else. ``workers`` None lets the machine
    decide. With ``accounts`` the server asks who somebody is, and may listen beyond this
    machine; ``hosts`` are the names it goes by there, and ``public_url`` is the address in
    links that leave it. Original recordings are kept for ``raw_days`` days, None: for ever; from
    ``disk_warning_pct`` on a disk is called full. Mail needs ``smtp``. Webhooks go to public
    addresses, and to private ones within ``webhook_networks``. Below ``guardian_age`` a guardian
    consents; 0 asks nobody. A file that takes longer than ``import_cpu_s`` of CPU
    time is given up. ``requests_per_s`` is what one key or session may ask for in the
    long run, and a tenth of what one address may. ``flags`` are thresholds of the rules, by name
    (training/thresholds.py), that are to be other than usual.
    """

    model_config = SettingsConfigDict(
        env_prefix="CATFOOT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data: Path = Field(default_factory=default_data, validate_default=True)
    logbook_url: str | None = None
    series_url: str | None = None
    dashboards_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    accounts: bool = False
    hosts: tuple[str, ...] = ()
    public_url: str | None = None
    smtp: Smtp | None = None
    oidc: Oidc | None = None
    webhook_networks: tuple[str, ...] = ()
    guardian_age: int = Field(default=16, ge=0, le=21)
    workers: int | None = Field(default=None, ge=1, le=256)
    import_cpu_s: float = Field(default=600.0, gt=0, le=86_400)
    upload_idle_s: float = Field(default=30.0, gt=0, le=600)
    requests_per_s: float = Field(default=20.0, gt=0, le=10_000)
    max_upload_bytes: int = Field(default=200_000_000, ge=1)
    min_rate_hz: float = Field(default=25.0, gt=0)
    raw_days: int | None = Field(default=None, ge=1)
    disk_warning_pct: int = Field(default=80, ge=1, le=100)
    flags: dict[str, bool | float | str] = Field(default_factory=dict)

    def __init__(self, **values: Any) -> None:
        _check_names(type(self))
        try:
            super().__init__(**values)
        except ValidationError as fault:
            raise ConfigError(_sentence(fault)) from fault

    @field_validator("data")
    @classmethod
    def _whole(cls, data: Path) -> Path:
        return data.expanduser().absolute()

    @field_validator("flags")
    @classmethod
    def _thresholds(cls, flags: dict[str, bool | float | str]) -> dict[str, bool | float | str]:
        try:
            thresholds_with(flags)
        except ValueError as fault:
            raise ConfigError(f"flags.{fault}") from fault
        return flags

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)  # ValueError says what is wrong with it
        return networks

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, the strongest first: arguments, environment, TOML file."""
        assert isinstance(env_settings, EnvSettingsSource)
        env_settings.env_vars = with_files(env_settings.env_vars)
        return (init_settings, env_settings, _toml(settings_cls))


#: Variables of ours that are read elsewhere.
_OTHERS = frozenset({"CONFIG", "KEY", "SHARED", "SCREENSHOTS", "FUZZ", "EXPORT", "STREAM", "TIMED"})


def _check_names(settings: type[BaseSettings]) -> None:
    """Raise ConfigError for a variable CATFOOT_... that is no setting: most likely a slip."""
    known = {name.upper() for name in settings.model_fields}
    for name in sorted(os.environ):
        bare = name.upper().removeprefix("CATFOOT_")
        head = bare.partition("__")[0]
        if bare == name.upper() or {head, head.removesuffix(FILE)} & (known | _OTHERS):
            continue
        near = get_close_matches(bare, known, 1)
        hint = f"; did you mean CATFOOT_{near[0]}?" if near else ""
        raise ConfigError(f"{name}: there is no such setting{hint}")


def _toml(settings: type[BaseSettings]) -> PydanticBaseSettingsSource:
    named = os.environ.get("CATFOOT_CONFIG")
    path = Path(named or "catfoot.toml")
    if named and not path.is_file():
        raise ConfigError(f"CATFOOT_CONFIG: there is no file {path}")
    try:
        return TomlConfigSettingsSource(settings, toml_file=path)
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"{path}: {fault}") from fault


def _sentence(fault: ValidationError) -> str:
    """Return what is wrong with the first wrong setting."""
    first = fault.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{name}: there is no such setting"
    why = first["msg"].removeprefix("Input should be ")
    return f"{name}: expected {why}, got {first['input']!r}"


@dataclass(frozen=True, slots=True)
class Stores:
    """The three memories, open, and what dashboards read where there are any. Safe for several threads; close once at the end."""

    settings: Settings
    raw: "RawStore"
    series: "Series"
    logbook: "Logbook"
    board: "SharedBoard | None" = None

    def as_seen_by(self, person: "Viewer", clock: Callable[[], datetime] = utc_now) -> "View":
        """Return the only way in for whoever acts for a person: what they may see and write."""
        from .store.view import View

        age, rules = self.settings.guardian_age, thresholds_with(self.settings.flags)
        return View(person, self.logbook, self.series, self.raw, clock, age, rules)

    def close(self) -> None:
        """Release files and connections."""
        self.series.close()
        self.logbook.close()
        if self.board is not None:
            self.board.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


#: Stands in a data folder while a backup is being brought back into it.
RESTORING = ".bringing-back"


def open_stores(settings: Settings, *, restoring: bool = False) -> Stores:
    """Open what the settings name; StoreError or ConfigError in one sentence where that fails.

    Only who is ``restoring`` opens a folder that a backup has not wholly been brought back into.
    """
    from .store import disk
    from .store.logbook import Logbook
    from .store.raw import RawStore

    data = settings.data
    if not restoring and (data / RESTORING).is_file():
        raise ConfigError(
            f"data: {data} is half restored; do `catfoot bring-back` with the same backup again"
        )
    disk.make_private(data)
    logbook = Logbook.open(settings.logbook_url or _sqlite_url(data / "logbook.db"))
    try:
        series, board = _series(settings.series_url, data), _board(settings.dashboards_url)
    except BaseException:
        logbook.close()
        raise
    raw = RawStore(data)
    return Stores(settings=settings, raw=raw, series=series, logbook=logbook, board=board)


def _series(url: str | None, data: Path) -> "Series":
    if url is None:
        from .store.embedded import EmbeddedSeries

        return EmbeddedSeries(data / "series.db")
    from .store.influx import InfluxSeries

    return InfluxSeries(url, data)


def _board(url: str | None) -> "SharedBoard | None":
    if url is None:
        return None
    from .store.shared import SharedBoard

    return SharedBoard(url)


def _sqlite_url(path: Path) -> str:
    from sqlalchemy import URL

    return URL.create("sqlite", database=str(path)).render_as_string()

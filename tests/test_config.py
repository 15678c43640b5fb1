import sys
from pathlib import Path

import pytest

from catfoot.config import Settings, Stores, default_data, open_stores
from catfoot.errors import ConfigError, StoreError
from catfoot.secretfiles import secret
from catfoot.training.consent import MACHINE
from catfoot.training.entries import Person


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, no file of the folder the tests were started in."""
    import os

    for name in list(os.environ):
        if name.startswith("CATFOOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_settings_the_server_listens_on_loopback_and_stores_are_embedded() -> None:
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.logbook_url is None
    assert settings.series_url is None
    assert settings.data == default_data()


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "catfoot.toml").write_text('port = 9000\nhost = "::1"\ndata = "here"\n')
    monkeypatch.setenv("CATFOOT_PORT", "9001")
    settings = Settings()
    assert (settings.port, settings.host, settings.data) == (9001, "::1", Path.cwd() / "here")
    assert Settings(port=9002).port == 9002


def test_a_file_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "club.toml").write_text("port = 9000")
    monkeypatch.setenv("CATFOOT_CONFIG", str(tmp_path / "club.toml"))
    assert Settings().port == 9000
    monkeypatch.setenv("CATFOOT_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match=r"CATFOOT_CONFIG: there is no file .*none\.toml"):
        Settings()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("port = 70000", "port: expected less than or equal to 65535, got 70000"),
        ("prot = 8000", "prot: there is no such setting"),
        ('workers = "many"', "workers: expected a valid integer"),
        ("port = ", "catfoot.toml: Invalid value"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "catfoot.toml").write_text(text)
    with pytest.raises(ConfigError) as found:
        Settings()
    assert str(found.value).startswith(why)
    assert "\n" not in str(found.value)


def test_settings_travel_to_another_process_as_json(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, port=0, workers=1)
    monkeypatch.setenv("CATFOOT_PORT", "9001")
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is not what names the home there")
def test_the_data_folder_is_whole_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert Settings(data=Path("~/runs")).data == Path("/home/ada/runs")
    assert Settings(data=Path("runs")).data == Path.cwd() / "runs"


@pytest.mark.skipif(sys.platform != "linux", reason="the rule of the XDG base directories")
def test_data_lie_where_the_system_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_data() == Path("/data/catfoot")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert default_data() == Path("/home/ada/.local/share/catfoot")


@pytest.mark.parametrize("name", ["plain", "with space", "100%?#"])
def test_opened_stores_remember_after_they_are_closed(tmp_path: Path, name: str) -> None:
    settings = Settings(data=tmp_path / name)
    with open_stores(settings) as stores:
        assert isinstance(stores, Stores)
        ada = stores.logbook.add_person(Person(name="ada"))
        content = stores.raw.keep(ada, b"x")
    assert (tmp_path / name / "logbook.db").is_file()
    assert (tmp_path / name / "series.db").is_file()
    with open_stores(settings) as stores:
        assert [row.id for row in stores.as_seen_by(MACHINE).athletes()] == [ada]
        assert stores.raw.read(ada, content) == b"x"


def test_a_data_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot create the folder"):
        open_stores(Settings(data=tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    "url", ["mongodb://:hush@x/y", "influx://:hush@host", "influx://:hush@host:99999/b", "hush"]
)
def test_a_series_store_that_cannot_be_is_one_sentence_without_its_secret(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(ConfigError, match="series_url") as found:
        open_stores(Settings(data=tmp_path, series_url=url))
    assert "hush" not in str(found.value)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the rights of files")
def test_what_was_readable_to_others_before_becomes_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    open_stores(Settings(data=data)).close()
    (data / "raw").mkdir(exist_ok=True)
    (data / "notes.txt").touch()
    for path in (data, *data.iterdir()):
        path.chmod(0o755)
    with open_stores(Settings(data=data)) as stores:
        stores.logbook.add_person(Person(name="ada"))
        stores.raw.keep("a" * 32, b"bytes")
        stores.raw.stage([b"x"], 10)
        rights = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir()}
        inside = [path for name in ("raw", "incoming") for path in (data / name).rglob("*")]
        assert all(path.stat().st_mode & 0o077 == 0 for path in inside)
    # The folder itself and what is not ours stay as their owner made them.
    assert data.stat().st_mode & 0o777 == 0o755
    assert rights.pop("notes.txt") == 0o755
    assert not {name for name, mode in rights.items() if mode & 0o077}


def test_thresholds_of_flags_come_from_file_and_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "catfoot.toml").write_text("[flags]\nspike_notice_ratio = 1.2\npain_notice = 3\n")
    monkeypatch.setenv("CATFOOT_FLAGS__PAIN_NOTICE", "3.5")
    monkeypatch.setenv("CATFOOT_FLAGS__MONOTONY_ON", "true")
    with open_stores(Settings(data=tmp_path / "data")) as stores:
        thresholds = stores.as_seen_by(MACHINE).thresholds
    assert (thresholds.spike_notice_ratio, thresholds.pain_notice) == (1.2, 3.5)
    assert thresholds.monotony_on


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PAIN_NOTICES", "3", "flags.pain_notices: there is no such threshold; did you mean"),
        ("PAIN_NOTICE", "lots", "flags.pain_notice: expected 0.8 to 20, got lots"),
    ],
)
def test_a_wrong_threshold_is_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"CATFOOT_FLAGS__{name}", value)
    with pytest.raises(ConfigError) as found:
        Settings()
    assert str(found.value).startswith(sentence)


def test_a_file_holds_what_its_variable_would_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, text in {"url": "postgresql://c:hush@db/c\n", "password": "pass word\r\n"}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("CATFOOT_LOGBOOK_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("CATFOOT_SMTP__HOST", "mail.example")
    monkeypatch.setenv("CATFOOT_SMTP__SENDER", "catfoot@club.example")
    monkeypatch.setenv("CATFOOT_SMTP__PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("CATFOOT_SERIES_URL_FILE", "")  # as compose files leave it
    settings = Settings()
    assert settings.logbook_url == "postgresql://c:hush@db/c"
    assert settings.series_url is None
    assert settings.smtp is not None
    assert settings.smtp.password is not None
    assert settings.smtp.password.get_secret_value() == "pass word"


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "cannot be read"), (b"", "is empty"), (b"\n", "is empty"), (b"\xff", "it is no text")],
)
def test_a_file_that_says_nothing_is_one_sentence_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / "url").write_bytes(content)
    monkeypatch.setenv("CATFOOT_SERIES_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(ConfigError, match=rf"^CATFOOT_SERIES_URL_FILE: .*{why}"):
        Settings()


def test_a_value_and_a_file_for_one_setting_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("influx://:hush@db/c")
    monkeypatch.setenv("CATFOOT_SERIES_URL", "influx://:hush@db/d")
    monkeypatch.setenv("CATFOOT_SERIES_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(ConfigError, match=r"^CATFOOT_SERIES_URL_FILE: CATFOOT_SERIES_URL is set"):
        Settings()


def test_a_misspelt_file_variable_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATFOOT_SERIES_URI_FILE", "/run/secrets/url")
    with pytest.raises(ConfigError, match=r"^CATFOOT_SERIES_URI_FILE: there is no such setting"):
        Settings()


def test_a_key_may_stand_in_a_file_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert secret("CATFOOT_KEY") == ""
    (tmp_path / "key").write_text("hush\n")
    monkeypatch.setenv("CATFOOT_KEY_FILE", str(tmp_path / "key"))
    assert secret("CATFOOT_KEY") == "hush"
    monkeypatch.delenv("CATFOOT_KEY_FILE")
    monkeypatch.setenv("CATFOOT_KEY", "loud")
    assert secret("CATFOOT_KEY") == "loud"

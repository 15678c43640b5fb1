"""The connection check: whether this machine can read pods, and what to do where it cannot."""

import configparser
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import RadioError
from .ble import Radio, scan

#: Where BlueZ keeps what it asks of every connection.
MAIN_CONF = Path("/etc/bluetooth/main.conf")
# Linux asks for 30 to 50 ms and gives a silent link 420 ms; a pod at 200 Hz wants less wait, and
# a body between pod and machine more patience. In units of 1.25 ms and 10 ms.
WANTED = {
    "MinConnectionInterval": 6,
    "MaxConnectionInterval": 12,
    "ConnectionSupervisionTimeout": 400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; ``todo`` says what would help, empty where nothing must."""

    name: str
    state: Literal["good", "could be better", "bad"]
    found: str
    todo: str = ""


async def checks(radio: Radio | None = None, *, listen_s: float = 3.0) -> list[Check]:
    """Look at everything between this machine and a pod."""
    found = [await _bluetooth(radio, listen_s)]
    if sys.platform == "linux" and radio is None:
        text = MAIN_CONF.read_text(errors="replace") if MAIN_CONF.exists() else ""
        found += [_version(), intervals(text)]
    return found


async def _bluetooth(radio: Radio | None, listen_s: float) -> Check:
    try:
        pods = await scan(listen_s, radio)
    except RadioError as fault:
        sentence, _, todo = str(fault).partition(": ")
        return Check(name="Bluetooth", state="bad", found=sentence, todo=todo)
    if not pods:
        todo = "wake the pod, bring it nearer, and close other apps that use it"
        return Check(name="Bluetooth", state="good", found="works; no pod is in range", todo=todo)
    held = [pod.name for pod in pods if pod.held]
    names = ", ".join(pod.name for pod in pods)
    note = f"; still connected since earlier: {', '.join(held)}" if held else ""
    return Check(name="Bluetooth", state="good", found=f"works; in range: {names}{note}")


def _version() -> Check:
    """Return which BlueZ this is; bleak wants 5.55."""
    command = shutil.which("bluetoothctl")
    if command is None:
        return Check(name="BlueZ", state="could be better", found="version not known")
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    return bluez(said.stdout)


def bluez(said: str) -> Check:
    """Return what bluetoothctl's answer to ``--version`` amounts to."""
    version = said.strip().rpartition(" ")[2]
    try:
        major, minor = (int(part) for part in version.split(".")[:2])
    except ValueError:
        return Check(name="BlueZ", state="could be better", found="version not known")
    if (major, minor) < (5, 55):
        todo = "update BlueZ to 5.55 or later"
        return Check(name="BlueZ", state="bad", found=version, todo=todo)
    return Check(name="BlueZ", state="good", found=version)


def intervals(main_conf: str) -> Check:
    """Return whether BlueZ asks for connections that suit a pod, by the text of main.conf."""
    conf = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    conf.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        conf.read_string(main_conf)
    except configparser.Error:
        return Check(
            name="connection interval", state="could be better", found="main.conf cannot be read"
        )
    given = dict(conf["LE"]) if conf.has_section("LE") else {}
    if all(given.get(key) == str(value) for key, value in WANTED.items()):
        return Check(
            name="connection interval", state="good", found="7.5 to 15 ms, 4 s of patience"
        )
    lines = ", ".join(f"{key}={value}" for key, value in WANTED.items())
    return Check(
        name="connection interval",
        state="could be better",
        found=", ".join(f"{key}={given[key]}" for key in WANTED if key in given)
        or "the system's own, 30 to 50 ms",
        todo=f"in {MAIN_CONF}, section [LE], set {lines}, then restart bluetooth",
    )

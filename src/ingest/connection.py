"""The connection check: whether this machine can read pods, and what to do where it cannot."""

import configparser
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import RadioError
from .ble import Radio, held, scan

#: Where BlueZ keeps what it asks of every connection.
MAIN_CONF = Path("/etc/bluetooth/main.conf")
# Linux asks for 30 to 50 ms and gives a silent link 420 ms; a pod at 200 Hz wants less wait, and
# a body between pod and machine more patience. In units of 1.25 ms and 10 ms.
WANTED = {
    "MinConnectionInterval": 6,
    "MaxConnectionInterval": 12,
    "ConnectionSupervisionTimeout": 400,
}


#: Connections that every adapter has at once; most have two more.
SLOTS = 5
_STEP_S = 0.2  # a wall clock that moves by more while we listen was set
_CLOCKS_BEGIN_S = 1_700_000_000  # November 2023: earlier than this program can run


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; ``todo`` says what would help, empty where nothing must."""

    name: str
    state: Literal["good", "not known", "could be better", "bad"]
    found: str
    todo: str = ""


async def checks(radio: Radio | None = None, *, listen_s: float = 3.0) -> list[Check]:
    """Look at everything between this machine and a pod."""
    wall_s, steady_s = time.time(), time.monotonic()
    found = [await _bluetooth(radio, listen_s)]
    if found[0].state == "good":
        names = [device.name or device.address for device, _ in await held(radio or Radio())]
        found.append(slots(names))
    if sys.platform == "linux" and radio is None:
        text = MAIN_CONF.read_text(errors="replace") if MAIN_CONF.exists() else ""
        found += [_version(), intervals(text)]
    stepped_s = (time.time() - wall_s) - (time.monotonic() - steady_s)
    return [*found, clock(wall_s, stepped_s, _synchronised())]


async def _bluetooth(radio: Radio | None, listen_s: float) -> Check:
    try:
        pods = await scan(listen_s, radio)
    except RadioError as fault:
        sentence, _, todo = str(fault).partition(": ")
        return Check(name="Bluetooth", state="bad", found=sentence, todo=todo)
    if not pods:
        todo = "wake the pod, bring it nearer, and close other apps that use it"
        return Check(name="Bluetooth", state="good", found="works; no pod is in range", todo=todo)
    names = ", ".join(pod.name for pod in pods)
    return Check(name="Bluetooth", state="good", found=f"works; in range: {names}")


def slots(connected: Sequence[str]) -> Check:
    """Return how many of the adapter's connections pods hold already, by their names."""
    says = f"{len(connected)} of {SLOTS} in use"
    if not connected:
        return Check(name="connections", state="good", found=says)
    says += f": {', '.join(connected)}"
    if len(connected) >= SLOTS:
        todo = "let one go, or plug in a second adapter: the next pod waits until one is free"
        return Check(name="connections", state="bad", found=says, todo=todo)
    return Check(name="connections", state="good", found=says)


def clock(wall_s: float, stepped_s: float, synchronised: bool | None) -> Check:
    """Return whether this machine's wall clock can date a run.

    ``stepped_s`` is how far it moved against the steady clock meanwhile; ``synchronised`` is
    the system's own word, None where it has none.
    """
    todo = "let the system set its clock over the network; a run is dated by it"
    if wall_s < _CLOCKS_BEGIN_S:
        year = time.gmtime(wall_s).tm_year
        return Check(name="clock", state="bad", found=f"it says {year}", todo=todo)
    if abs(stepped_s) > _STEP_S:
        says = f"it was moved by {stepped_s:+.1f} s just now"
        return Check(name="clock", state="could be better", found=says, todo=todo)
    if synchronised is False:
        says = "the system does not synchronise it"
        return Check(name="clock", state="could be better", found=says, todo=todo)
    if synchronised is None:
        says = "it runs; whether the system sets it over the network is not known"
        todo = "compare it with a clock you trust, to the second; a run is dated by it"
        return Check(name="clock", state="not known", found=says, todo=todo)
    return Check(name="clock", state="good", found="synchronised")


def _synchronised() -> bool | None:
    """Return what the system says of its clock, None where it says nothing."""
    command = shutil.which("timedatectl")
    if command is None:
        return None
    said = subprocess.run(
        [command, "show", "--property=NTPSynchronized", "--value"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {"yes": True, "no": False}.get(said.stdout.strip())


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

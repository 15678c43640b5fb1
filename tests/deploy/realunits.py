"""The units under a real systemd, in a container of its own: make units.

systemd-nspawn boots the root that ``make image-root`` made, with systemd added, and the guest
tries what docs/deploy.md promises (guest.sh). Without a network but its own loopback. Needs
root, debootstrap and systemd-nspawn; about half a minute.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import imageroot
from .dockerfile import ROOT

GUEST = imageroot.BUILD / "guest"
LIMIT_S = 400
NEEDED = "systemd systemd-sysv dbus"
MASKED = (
    "systemd-networkd.service", "systemd-networkd-wait-online.service",
    "console-getty.service", "apt-daily.timer", "apt-daily-upgrade.timer",
)  # fmt: skip
FILES = {
    "etc/catfoot/catfoot.env": "CATFOOT_PORT=8123\n",
    "etc/catfoot/gateway.env": "SERVER=http://127.0.0.1:8123\n",
    "etc/catfoot/gateway.key": "hush",
    "etc/catfoot/logbook_url": "sqlite:////var/lib/catfoot/secretly.db",
    # As docs/deploy.md says a secret is handed over; and a watchdog that need not be waited for.
    "etc/systemd/system/catfoot.service.d/secret.conf": """[Service]
LoadCredential=logbook_url:/etc/catfoot/logbook_url
Environment=CATFOOT_LOGBOOK_URL_FILE=%d/logbook_url
WatchdogSec=5
""",
    # BlueZ would not start without a radio; what matters is what catfoot says then.
    "etc/systemd/system/bluetooth.service": """[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
""",
    "etc/systemd/system/story.service": """[Unit]
After=basic.target dbus.service
[Service]
Type=oneshot
TimeoutStartSec=10min
ExecStart=/bin/sh /guest.sh
StandardOutput=file:/story.log
StandardError=file:/story.err
ExecStopPost=/bin/systemctl --no-block poweroff
""",
}


def main() -> int:
    """Make the guest, boot it, print what it found; 0 where every claim held."""
    if os.getuid() != 0 or shutil.which("systemd-nspawn") is None:
        print("needs root, and systemd-nspawn (Debian: systemd-container)")
        return 1
    if not (imageroot.NEW / "opt/catfoot/bin/catfoot").exists():
        print("make image-root first")
        return 1
    _prepare()
    _boot()
    story = (GUEST / "story.log").read_text()
    print(story, end="")
    print((GUEST / "story.err").read_text(), end="", file=sys.stderr)
    return int("NOT: " in story or not story.endswith("the story is over\n"))


def _prepare() -> None:
    if not (GUEST / "sbin/init").exists():
        shutil.rmtree(GUEST, ignore_errors=True)
        _run("cp", "-a", "--reflink=auto", str(imageroot.NEW), str(GUEST))
        shutil.copy("/etc/resolv.conf", GUEST / "etc/resolv.conf")
        install = f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {NEEDED}"
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", f"{install} >/dev/null 2>&1"]
        _run("chroot", str(GUEST), *quiet)
    shutil.rmtree(GUEST / "opt/catfoot")
    _run("cp", "-a", "--reflink=auto", str(imageroot.NEW / "opt/catfoot"), str(GUEST / "opt"))
    units = GUEST / "etc/systemd/system"
    for path in (ROOT / "deploy/systemd").glob("*.service"):
        shutil.copy(path, units)
    for name, text in FILES.items():
        (GUEST / name).parent.mkdir(parents=True, exist_ok=True)
        (GUEST / name).write_text(text)
    for name in MASKED:
        _link(units / name, "/dev/null")
    _link(GUEST / "usr/local/bin/catfoot", "/opt/catfoot/bin/catfoot")
    wanted = units / "multi-user.target.wants"
    shutil.rmtree(wanted, ignore_errors=True)
    wanted.mkdir()
    _link(wanted / "story.service", "../story.service")
    shutil.copy(Path(__file__).with_name("guest.sh"), GUEST / "guest.sh")
    shutil.rmtree(GUEST / "var/lib/private", ignore_errors=True)
    for name in ("etc/machine-id", "story.log", "story.err"):
        (GUEST / name).unlink(missing_ok=True)


def _boot() -> None:
    command = [
        "systemd-nspawn", "--quiet", "--directory", str(GUEST), "--machine=catfoot-units",
        "--register=no", "--keep-unit", "--private-network", "--boot",
    ]  # fmt: skip
    said = GUEST.parent / "boot.log"
    with said.open("wb") as out:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=LIMIT_S, check=False
        )


def _link(path: Path, to: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(to)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())

"""The image's own install steps in a fresh Debian, and the server in it: make image-root.

No container engine is needed: debootstrap makes the root, the steps run in it by chroot, with
no network, from wheels that were fetched before. Then the server runs as in the container: as
nobody in particular, without a capability, on a root that is mounted read-only. Needs root.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from .dockerfile import ROOT, environment, healthcheck, stages

BUILD = ROOT / "build" / "image-root"
DEBIAN, NEW = BUILD / "debian", BUILD / "root"
WHEELS = NEW / "wheels"
PACKAGES = "python3,python3-venv,ca-certificates"
LIMIT_S = 120

# In a mount namespace of its own, so that nothing stays mounted whatever happens.
SERVE = """
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount -t tmpfs tmpfs {root}/tmp
mkdir -p {root}/dev/shm
mount -t tmpfs -o mode=1777 shm {root}/dev/shm
mount --bind {data} {root}/data
mount -o remount,bind,ro {root}
exec chroot {root} setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
    --inh-caps=-all --bounding-set=-all env -i {env} sh -c '
touch /nowhere 2>/dev/null && exit 9
exec catfoot serve'
"""


def main() -> int:
    """Make the root, install, serve, ask; 0 where the container would be healthy."""
    if os.getuid() != 0 or shutil.which("debootstrap") is None:
        print("needs root, and debootstrap (Debian: debootstrap)")
        return 1
    begun_s = time.monotonic()
    if not (DEBIAN / "usr/bin/python3").exists():
        _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(DEBIAN))
    shutil.rmtree(NEW, ignore_errors=True)
    _run("cp", "-a", "--reflink=auto", str(DEBIAN), str(NEW))
    _run(
        sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary",
        ":all:", "-r", str(ROOT / "deploy/requirements.lock"), "-d", str(WHEELS),
    )  # fmt: skip
    for words in stages()[0]:
        _step(words)
    for path in (NEW / "build", WHEELS):
        shutil.rmtree(path)  # the last stage has neither
    size = sum(p.stat().st_size for p in (NEW / "opt").rglob("*") if not p.is_symlink())
    print(
        f"installed after {time.monotonic() - begun_s:.0f} s, {size / 1e6:.0f} MB in /opt/catfoot"
    )
    return _served()


def _step(words: list[str]) -> None:
    """Do one instruction of the build stage in the new root."""
    build = NEW / "build"
    if words[0] == "COPY":
        for source in words[1:-1]:
            to = build / words[-1]
            to.mkdir(parents=True, exist_ok=True)
            path = ROOT / source
            if path.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(path, to, ignore=ignored, dirs_exist_ok=True)
            else:
                shutil.copy(path, to)
    elif words[0] == "RUN":
        offline = ("PIP_NO_INDEX=1", "PIP_FIND_LINKS=/wheels", "PATH=/usr/bin:/bin")
        inside = f"cd /build && exec {' '.join(words[1:])}"
        _run("unshare", "--net", "chroot", str(NEW), "env", "-i", *offline, "sh", "-c", inside)


def _served() -> int:
    """Run the server as the container would, and the health check beside it."""
    data = BUILD / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    os.chown(data, 10001, 10001)
    (NEW / "data").mkdir(exist_ok=True)
    port = _free_port()
    env = environment() | {"CATFOOT_PORT": str(port)}
    said = " ".join(f"{name}={value}" for name, value in env.items())
    script = SERVE.format(root=NEW, data=data, env=said)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-euc", script]
    with subprocess.Popen(command) as process:
        try:
            if not _answers(f"http://127.0.0.1:{port}/ready", process):
                print("the server does not answer")
                return 1
            # The command of HEALTHCHECK, with this root's Python.
            inside = ["chroot", str(NEW), "env", "-i", *said.split(), *healthcheck()]
            healthy = subprocess.run(inside, check=False).returncode
            print("healthy" if healthy == 0 else "not healthy")
            owner = (data / "logbook.db").stat().st_uid
            print(f"data belong to {owner}")
            return healthy or int(owner != 10001)
        finally:
            process.terminate()
            print(f"ended with {process.wait(timeout=LIMIT_S)}")


def _answers(address: str, process: "subprocess.Popen[bytes]") -> bool:
    deadline_s = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())

"""Boot a Debian kernel with hci_vhci under qemu and run the stories there: make bluez.

The guest sees this machine's own files, read only, below a layer of memory: its Python, BlueZ
and D-Bus are those installed here, and only the kernel is fetched. No acceleration is used,
so that it runs wherever qemu does; everything in the guest is ten to twenty times slower.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from catfoot.demo import pod_recordings

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bluez"
TAPE = BUILD / "run.pod"
TOOLS = ("qemu-system-x86_64", "busybox", "cpio", "modprobe", "depmod", "bluetoothd", "dbus-daemon")
PACKAGES = "qemu-system-x86 busybox-static cpio kmod bluez dbus"
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "ecb", "cmac", "hci_vhci")
LIMIT_S = 600
DONE = "STORIES PASSED"

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /low /mem /new
/bin/busybox mount -t proc proc /proc
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod /modules/$module; done
/bin/busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=524288,cache=loose root /low
/bin/busybox mount -t tmpfs tmpfs /mem
/bin/busybox mkdir -p /mem/up /mem/work
/bin/busybox mount -t overlay -o lowerdir=/low,upperdir=/mem/up,workdir=/mem/work overlay /new
/bin/busybox umount /proc
exec /bin/busybox switch_root /new /bin/bash {guest} {python} {root} {tape}
"""


def main() -> int:
    """Build what is missing, boot, print what the guest says; 0 where every story passed."""
    missing = [tool for tool in TOOLS if shutil.which(tool, path=_path()) is None]
    if missing:
        print(f"missing: {', '.join(missing)}; Debian has them: apt-get install {PACKAGES}")
        return 1
    BUILD.mkdir(parents=True, exist_ok=True)
    TAPE.write_bytes(pod_recordings("left", 60.0)[0])
    _run(sys.executable, "-m", "compileall", "-q", "src", "tests/bluez", folder=ROOT)
    kernel = _kernel()
    passed = False
    for line in _boot(kernel, _initrd(kernel)):
        print(line, flush=True)
        passed |= line.startswith(DONE)
    return 0 if passed else 1


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/libexec/bluetooth"


def _run(*command: str, folder: Path = BUILD, text: str | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, input=text, text=True, check=True, stdout=subprocess.PIPE,
        env=os.environ | {"PATH": _path()},
    )  # fmt: skip
    return done.stdout


def _kernel() -> Path:
    """Return Debian's kernel, unpacked under build/ with its modules; fetched once."""
    depends = _run("apt-cache", "depends", "linux-image-amd64")
    name = next(word for word in depends.split() if word.startswith("linux-image-6"))
    unpacked = BUILD / name
    if not unpacked.exists():
        _run("apt-get", "download", name)
        partial = unpacked.with_suffix(".partial")
        _run("dpkg-deb", "-x", str(next(BUILD.glob(f"{name}_*.deb"))), str(partial))
        _run("depmod", "-b", str(partial), name.removeprefix("linux-image-"))
        partial.rename(unpacked)
    return unpacked


def _initrd(kernel: Path) -> Path:
    """Return an initial file system: busybox, the modules in order, and what to do."""
    version = kernel.name.removeprefix("linux-image-")
    tree = BUILD / "initrd"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "bin").mkdir(parents=True)
    (tree / "modules").mkdir()
    shutil.copy(str(shutil.which("busybox")), tree / "bin" / "busybox")
    order: list[str] = []
    for module in MODULES:
        shown = _run("modprobe", "--show-depends", "-d", str(kernel), "-S", version, module)
        for line in shown.splitlines():
            if line.startswith("insmod") and (path := Path(line.split()[1])).name not in order:
                shutil.copy(path, tree / "modules")
                order.append(path.name)
    (tree / "modules" / "order").write_text("\n".join(order))
    init = tree / "init"
    guest = Path(__file__).with_name("guest.sh")
    init.write_text(INIT.format(guest=guest, python=sys.executable, root=ROOT, tape=TAPE))
    init.chmod(0o755)
    packed = BUILD / "initrd.cpio"
    names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
    _run("cpio", "--quiet", "-o", "-H", "newc", "-F", str(packed), folder=tree, text=names)
    return packed


def _boot(kernel: Path, initrd: Path) -> Iterator[str]:
    """Yield the lines of the guest's console until it is switched off."""
    vmlinuz = next((kernel / "boot").glob("vmlinuz-*"))
    command = [
        "timeout", str(LIMIT_S), "qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi",
        "-cpu", "max", "-m", "2G", "-smp", "2", "-nographic", "-no-reboot", "-nodefaults",
        "-serial", "stdio", "-vga", "none", "-kernel", str(vmlinuz), "-initrd", str(initrd),
        "-append", "console=ttyS0 quiet panic=-1",
        "-virtfs", "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace"
    ) as machine:
        assert machine.stdout is not None
        for line in machine.stdout:
            yield line.rstrip()


if __name__ == "__main__":
    sys.exit(main())

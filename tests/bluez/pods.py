"""A virtual pod on the kernel's own air: python -m tests.bluez.pods RECORDING.

One virtual controller goes to the kernel through /dev/vhci; the pod's own stays inside bumble
on the same link. Commands come a line each on stdin: ``drop`` ends the connection, ``sent``
prints how many packets have left.
"""

import asyncio
import sys
from pathlib import Path

from bumble.controller import Controller
from bumble.hci import LeFeatureMask
from bumble.transport import open_transport

from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.ingest.virtual.radiolink import RadioLink

ADAPTER = "C0:CA:7F:00:00:00"
POD = "F0:CA:7F:00:00:01"
# With the service's UUID no longer one fits into the 31 bytes of a legacy advertisement.
NAME = "foot pod"
# bumble answers these with events of the legacy kind, for which the kernel does not wait.
UNANSWERED = LeFeatureMask.LL_PRIVACY | LeFeatureMask.LE_EXTENDED_ADVERTISING


async def main() -> None:
    """Advertise and play until stdin ends."""
    link = RadioLink()
    async with await open_transport("vhci") as kernel, Air(link) as air:
        adapter = Controller(
            "adapter", host_source=kernel.source, host_sink=kernel.sink, link=link,
            public_address=ADAPTER,
        )  # fmt: skip
        adapter.le_features &= ~UNANSWERED
        tape = Path(sys.argv[1]).read_bytes()
        async with VirtualPod(air, [tape], name=NAME, address=POD, loop=True) as pod:
            print("ready", flush=True)
            while command := (await asyncio.to_thread(sys.stdin.readline)).strip():
                if command == "drop":
                    await pod.drop()
                print(pod.sent, flush=True)


if __name__ == "__main__":
    asyncio.run(main())

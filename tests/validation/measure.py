"""catfoot's own figures for a recording, with what a comparison needs beside the rows."""

from dataclasses import dataclass

import numpy as np

from catfoot.signal.contacts import ContactAnalyser
from catfoot.signal.imu import ImuBlock
from catfoot.signal.quality import Findings, Reason
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.tables import FloatArray, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Rows of STEP and of CONTACT of one recording."""

    steps: Table
    contacts: Table
    findings: Findings

    def ic_s(self) -> FloatArray:
        """Times of the initial contacts that were seen."""
        seen = (self.contacts["reason"] & Reason.NO_IC) == 0
        return np.asarray(self.contacts["ic_ns"][seen] / 1e9)

    def fc_s(self) -> FloatArray:
        """Times of the final contacts that were seen."""
        seen = (self.contacts["reason"] & Reason.NO_FC) == 0
        return np.asarray(self.contacts["fc_ns"][seen] / 1e9)

    def flats_ns(self, steps: Table) -> tuple[FloatArray, FloatArray]:
        """Foot-flats at both ends of the strides of these rows."""
        # Rows of STEP lie on a grid of 0.1 ms, contacts do not.
        at = np.abs(self.contacts["ic_ns"][:, None] - steps["ic_ns"]).argmin(axis=0)
        flats = self.contacts["flat_ns"]
        return flats[at], flats[at + 1]


def measure(
    block: ImuBlock, mount: Mount | None = None, point_m: tuple[float, float, float] = (0, 0, 0)
) -> Measured:
    """Return the rows of one recording."""
    steps = StepAnalyser(mount or Mount("left", "lace"), block.rate_hz, point_m)
    rows = analyse(steps, [block])
    contacts = analyse(ContactAnalyser(block.rate_hz), [block])
    return Measured(steps=rows, contacts=contacts, findings=steps.findings())


def latencies_s(block: ImuBlock) -> FloatArray:
    """Newest sample fed when a contact is first returned, minus its FC; fed one by one."""
    analyser = ContactAnalyser(block.rate_hz)
    learnt_ns, out = None, []
    for i in range(len(block)):
        rows = analyser.update(block[i : i + 1])
        if learnt_ns is None:
            if analyser.frame.alignment is not None:
                learnt_ns = block.t_ns[i]
            continue
        good = rows[(rows["reason"] == 0) & (rows["fc_ns"] > learnt_ns)]
        out += [(block.t_ns[i] - fc) / 1e9 for fc in good["fc_ns"]]
    return np.array(out)


def thinned(block: ImuBlock, every: int) -> ImuBlock:
    """The block at a lower rate, smoothed by a moving mean as a sensor would."""
    if every == 1:
        return block
    n = len(block) // every * every

    def mean(x: FloatArray) -> FloatArray:
        return np.asarray(x[:n].reshape(-1, every, x.shape[1]).mean(axis=1))

    return ImuBlock(
        t_ns=block.t_ns[:n].reshape(-1, every).mean(axis=1).astype(np.int64),
        acc=mean(block.acc),
        gyr=None if block.gyr is None else mean(block.gyr),
        rate_hz=block.rate_hz / every,
        acc_range_mps2=block.acc_range_mps2,
        gyr_range_radps=block.gyr_range_radps,
    )

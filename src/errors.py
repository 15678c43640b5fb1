"""Every error that catfoot raises on purpose.

* CatfootError
  * DecodeError       a device sent something its protocol forbids
  * FileError         a file is not what it claims, or cannot be used
    * NotRunning      a sound file of another sport
  * RadioError        Bluetooth: no adapter, no permission, pod gone
  * StoreError        a store cannot be opened, read or written
    * NotFound        nothing of that name is stored
    * Conflict        it was changed or created by somebody else meanwhile
  * Refused           the person may not do or see this
    * Forbidden       they know that it is there, and may be told why they may not
  * ConfigError       a setting is wrong; says which and what would do

A caller's own mistake is a ValueError, as everywhere in Python.
"""


class CatfootError(Exception):
    """Base of all; its text is one sentence that a person can act on."""


class DecodeError(CatfootError):
    """A device sent bytes that its protocol forbids."""

    def __init__(self, device: str, data: bytes, why: str) -> None:
        super().__init__(f"{device}: {why} ({data[:32].hex(' ') or 'no bytes'})")
        self.device = device
        self.data = data
        self.why = why


class FileError(CatfootError):
    """A file cannot be read as what it claims to be."""


class NotRunning(FileError):
    """A file is sound, but nobody ran in it."""


class RadioError(CatfootError):
    """Bluetooth does not work or the pod is gone; the text says what to try."""


class StoreError(CatfootError):
    """A store cannot be opened, read or written."""


class NotFound(StoreError):
    """Nothing of that name is stored."""


class Conflict(StoreError):
    """What was to be written has been changed or created meanwhile."""


class Refused(CatfootError):
    """The person asking may not do or see this."""


class Forbidden(Refused):
    """The person knows what it is about; the text says why they may not."""


class ConfigError(CatfootError):
    """A setting is wrong."""

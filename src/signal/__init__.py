"""Seconds: samples of a foot to rows of steps. NumPy in, NumPy out; no I/O, no clock."""

if __name__ == "signal":
    raise ImportError(
        "the folder src/ is on sys.path, so this package hides the standard library's"
        " 'signal'; run 'catfoot' or 'python -m catfoot' instead of a file under src/"
    )

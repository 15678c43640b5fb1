"""catfoot: what a runner's feet did, and whether load runs ahead of strength."""

if __name__ != "catfoot":
    raise ImportError(f"import this package as 'catfoot', not as {__name__!r}")

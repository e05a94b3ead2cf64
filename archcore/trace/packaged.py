"""The trace that comes with archcore, so that a comparison needs no file of the user's."""

from __future__ import annotations

from importlib.resources import files

from archcore.trace.record import Trace  # noqa: TC001  (the package's public type)
from archcore.trace.store import decode

NAME = "pydict.npz"
ORIGIN = (
    "CPython 3.11 building and sorting a dictionary of 60,000 keys, Valgrind 3.19 lackey, "
    "data references"
)
REFERENCES = 400_000


def load() -> Trace:
    """Return the packaged trace: 400,000 data references of one thread, without times."""
    data = files(__package__).joinpath("data", NAME).read_bytes()
    return decode(data, source=f"packaged trace {NAME}")

"""A pytest plugin: the engine makes all maintenance calls but one, which is named."""

from __future__ import annotations

import os
from contextlib import ExitStack

from dropped import dropped, sites

CALL = "ARCHCORE_DROPPED_CALL"
_kept = ExitStack()


def pytest_sessionstart():
    """Take the call out."""
    site = next(one for one in sites() if str(one) == os.environ[CALL])
    _kept.enter_context(dropped(site))


def pytest_sessionfinish():
    """Put it back."""
    _kept.close()

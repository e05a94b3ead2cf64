"""Hypothesis profiles for every test; nothing here knows an architecture."""

from __future__ import annotations

from hypothesis import settings

# Other work on the same machine makes a single example slow now and then, which says nothing.
settings.register_profile("archcore", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("archcore")

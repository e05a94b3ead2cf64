"""Hypothesis profiles: a busy machine makes an example slow now and then, which says nothing."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("archcore", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("archcore")

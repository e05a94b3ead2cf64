"""The laws as tests, one a law, target and level: ``pytest --pyargs archcore.conformance``.

The distribution pytest-archcore collects them from here, in place of the one test below.
"""

from __future__ import annotations

import pytest


def test_the_laws_are_collected() -> None:
    """The plugin that collects the laws is installed."""
    pytest.fail(
        "the laws are collected by the pytest plugin pytest-archcore, which is not installed or "
        "switched off; install it next to archcore, such as from a checkout: "
        "pip install --no-deps ./plugins/pytest-archcore",
        pytrace=False,
    )

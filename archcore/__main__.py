"""``python -m archcore``: the same as the command ``archcore``."""

from __future__ import annotations

from archcore.cli import main

main()

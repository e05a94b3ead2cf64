"""Ctrl-C ends a command and the processes that work for it, with one word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")

WORKERS = 2
PATIENCE = 60


def workers_of(process):
    """Return the processes that work for a process."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not path.exists():
        pytest.skip("the children of a process are read in /proc")
    return path.read_text().split()


def _hears_interrupts():
    """Undo what a shell does to jobs in the background, which inherit that they are deaf."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("command", [("check", "x86-v6.1", "x86-v3.8"), ("compare",), ("races",)])
def test_an_interrupted_command_says_so_and_no_more(command):
    """A terminal interrupts the workers, too: none of them tells where it was, none stays."""
    process = subprocess.Popen(
        [sys.executable, "-m", "archcore", *command, "--jobs", str(WORKERS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hears_interrupts,  # noqa: PLW1509 - no thread of a test holds a lock here
    )
    end = time.monotonic() + PATIENCE
    while len(workers_of(process)) < WORKERS and time.monotonic() < end:
        time.sleep(0.05)
    workers = workers_of(process)
    time.sleep(0.5)  # until they are at work, past their own start
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (130, "")
    assert err == "archcore: interrupted\n"
    assert not [one for one in workers if Path(f"/proc/{one}").exists()]

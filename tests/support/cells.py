"""Tiny programs over a seam: counters, locks and retries, and every schedule by brute force."""

from __future__ import annotations

from attrs import frozen

from archcore.hw.seam import Place, Step, Use
from archcore.races.execution import Execution


class Cells:
    """Shared numbers and locks whose every use is a step."""

    def __init__(self, seam, count=4):
        """Start with zeros."""
        self.seam, self.values, self.locks = seam, [0] * count, {}

    def load(self, at):
        """Read one."""
        place = Place("slot", at)
        self.seam.point(Step.LOAD, place)
        self.seam.uses(place, Use.READ)
        return self.values[at]

    def store(self, at, value):
        """Write one."""
        place = Place("slot", at)
        self.seam.point(Step.STORE, place)
        self.seam.uses(place, Use.WRITE)
        self.values[at] = value

    def add(self, at):
        """Add one, in two steps."""
        self.store(at, self.load(at) + 1)

    def lock(self, number):
        """Take a lock, waiting for it."""
        place = Place("ptl", number)
        self.seam.point(Step.LOCK, place)
        while number in self.locks:
            self.seam.blocked(place)
        self.seam.uses(place, Use.ACQUIRE)
        self.locks[number] = self.seam.actor()

    def trylock(self, number):
        """Take a lock if it is free."""
        place = Place("ptl", number)
        self.seam.point(Step.LOCK, place)
        self.seam.uses(place, Use.TRY)
        if number in self.locks:
            return False
        self.seam.uses(place, Use.ACQUIRE)
        self.locks[number] = self.seam.actor()
        return True

    def unlock(self, number):
        """Give a lock back."""
        del self.locks[number]
        self.seam.uses(Place("ptl", number), Use.RELEASE)
        self.seam.point(Step.UNLOCK, Place("ptl", number))

    def await_unlock(self, number):
        """Wait until a lock is free."""
        place = Place("ptl", number)
        self.seam.point(Step.LOAD, place)
        while number in self.locks:
            self.seam.blocked(place)
        self.seam.uses(place, Use.TRY)

    def retry_until(self, at, value):
        """Look at a number again and again, as a fault that is taken again does."""
        while True:
            self.seam.point(Step.REFERENCE, Place("cpu", 0))
            if self.load(at) == value:
                return
            self.seam.spin(Place("mm", 0))


@frozen
class Play:
    """A cast of actors over cells; ``saw`` is what they report."""

    actors: dict
    cells: Cells
    saw: dict

    def result(self):
        """Return the numbers and what each actor saw."""
        return tuple(self.cells.values), tuple(sorted(self.saw.items()))


def play(**actors):
    """Return a program of functions of cells."""

    def program(stage):
        cells, saw = Cells(stage), {}

        def acting(name, action):
            def act():
                saw[name] = action(cells)

            return act

        return Play({name: acting(name, one) for name, one in actors.items()}, cells, saw)

    return program


def every_schedule(program):
    """Yield (schedule, result, who is stuck) of every order of steps, without any reduction."""
    todo = [()]
    while todo:
        prefix = todo.pop()
        run = Execution(program)
        run.replay(prefix)
        able = []
        for one in run.candidates():
            probe = Execution(program)
            probe.replay(prefix)
            if probe.step(one) is not None:
                able.append(one)
            probe.close()
        if not able:
            yield prefix, run.result(), run.unfinished()
        todo.extend((*prefix, one) for one in able)
        run.close()

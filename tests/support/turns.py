"""A scheduler for stories: actors take turns at the points of a seam, in a given order."""

from __future__ import annotations

from threading import Condition, Thread, current_thread

from archcore.hw.seam import Seam


class Turns(Seam):
    """Runs each actor in a thread of its own, one at a time.

    ``tell`` takes the actors by name and a script of (name, stop): the actor runs until a point of
    which ``stop`` is true, and is paused before it; None runs it to its end. What is left when the
    script is over runs to its end in the order given. ``seen`` has each point that was passed.
    """

    def __init__(self):
        """Start without actors."""
        self._turn = Condition()
        self._running = self._stop = self._error = None
        self._waits = {}
        self.seen = []

    def actor(self):
        """Return the name of the running actor."""
        return current_thread().name

    def point(self, step, place):
        """Pause here if the script says so."""
        if self.actor() not in self._waits:
            return
        if self._stop is not None and self._stop(step, place):
            self._hand_over()
        self.seen.append((self.actor(), step, place))

    def blocked(self, place):
        """Let someone else run."""
        if self.actor() not in self._waits:
            super().blocked(place)
        self._waits[self.actor()] = place
        self._hand_over()

    def spin(self, place):
        """Let someone else run."""
        if self.actor() in self._waits:
            self.blocked(place)

    def tell(self, script, **actors):
        """Run the actors; raise what one of them raised."""
        self._waits = dict.fromkeys(actors)
        threads = {
            name: Thread(target=self._live, args=(story,), name=name, daemon=True)
            for name, story in actors.items()
        }
        for thread in threads.values():
            thread.start()
        for name, stop in script:
            self._let(name, stop)
        for _ in range(100):
            for name in [name for name in actors if name in self._waits]:
                self._let(name, None)
        for thread in threads.values():
            thread.join(timeout=5)
        assert not self._waits, f"nobody can go on: {self._waits}"

    def _live(self, story):
        with self._turn:
            self._turn.wait_for(lambda: self._running == self.actor())
        try:
            story()
        except BaseException as error:  # noqa: BLE001 - handed to the one who told the story
            self._error = error
        del self._waits[self.actor()]
        self._yield()

    def _let(self, name, stop):
        """Hand the turn to an actor and take it back."""
        if name not in self._waits:
            return
        with self._turn:
            self._running, self._stop = name, stop
            self._turn.notify_all()
            assert self._turn.wait_for(lambda: self._running is None, timeout=20), "stuck"
        if self._error is not None:
            raise self._error

    def _hand_over(self):
        self._yield()
        with self._turn:
            self._turn.wait_for(lambda: self._running == self.actor())

    def _yield(self):
        with self._turn:
            self._running = None
            self._turn.notify_all()


def before(step, kind=None, times=1):
    """Return a stop: before the n-th point of a step about a kind of place."""
    left = [times]

    def stop(at, place):
        if at is step and kind in (None, place.kind):
            left[0] -= 1
        return left[0] == 0 and at is step and kind in (None, place.kind)

    return stop

from __future__ import annotations

import hugetoy

from archcore.races import Scenario, Trouble, explore


def test_three_threads_of_ones_own_in_twenty_lines():
    """Two stores and a scan: every order ends with both stores in memory."""
    mine = Scenario(
        id="mine",
        sentence="two threads store to neighbouring words while the page is armed",
        threads={
            "T1": lambda scene: scene.store(scene.t1, 1, at=8),
            "T2": lambda scene: scene.store(scene.t2, 2, at=16),
            "scanner": lambda scene: scene.scan(scene.t1) and None,
        },
        judge=lambda scene: () if scene.load(scene.t1, 16) == 2 else (Trouble.LOST_STORE,),
    )

    result = explore(mine, hugetoy.TARGET, "v7.0", preemptions=1)

    assert result.interleavings > 10
    assert result.troubles == frozenset()
    assert {one.ending.lost_stores for one in result.outcomes} == {0}


def test_what_a_story_judges_is_a_finding():
    """Of its own name, in every interleaving in which it is found."""
    picky = Scenario(
        id="picky",
        sentence="nobody likes what it comes to",
        threads={"T1": lambda scene: scene.load(scene.t1)},
        judge=lambda _: (Trouble.WRONG_FRAME,),
    )

    result = explore(picky, hugetoy.TARGET)

    assert [one.ending.findings for one in result.outcomes] == [((Trouble.WRONG_FRAME, "picky"),)]
    assert result.unexpected == {Trouble.WRONG_FRAME}

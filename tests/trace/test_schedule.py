from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import ExitCode, UsageError
from archcore.trace import DEFAULT_SCHEDULE, Schedule, Trace


def trace_of(tids) -> Trace:
    """Make a trace of which only the threads matter."""
    tid = np.array(tids, np.uint32)
    return Trace(
        vaddr=np.zeros(len(tid), np.uint64),
        size=np.ones(len(tid), np.uint32),
        op=np.zeros(len(tid), np.uint8),
        tid=tid,
        origin="test",
    )


def nodes(text: str, tids) -> list[int]:
    """Return the node of each reference."""
    return Schedule.parse(text).nodes_for(trace_of(tids)).tolist()


node = st.integers(0, 7)
cuts = st.lists(st.integers(0, 1000), max_size=3).map(lambda drawn: [0, *sorted(drawn), 1000])
shares = st.builds(
    lambda cuts, nodes: ",".join(
        f"{node}:{(b - a) // 10}{f'.{(b - a) % 10}' if (b - a) % 10 else ''}%"
        for (a, b), node in zip(pairwise(cuts), nodes, strict=False)
    ),
    cuts,
    st.lists(node, min_size=4, max_size=4),
)
starts = st.builds(
    lambda places, nodes: ",".join(
        f"{node}@{place}" for place, node in zip([0, *sorted(places)], nodes, strict=False)
    ),
    st.sets(st.integers(1, 10**6), max_size=3),
    st.lists(node, min_size=4, max_size=4),
)
plans = shares | starts
schedules = plans | st.dictionaries(st.integers(0, 99), plans, min_size=1, max_size=3).map(
    lambda plans: ";".join(f"T{thread}={plan}" for thread, plan in plans.items())
)


class TestNodes:
    def test_the_default_moves_after_three_tenths(self):
        """Thirty percent on node 0, then the rest on node 1."""
        assert nodes(DEFAULT_SCHEDULE, [0] * 10) == [0] * 3 + [1] * 7

    def test_a_part_may_start_at_a_reference(self):
        """``NODE@INDEX`` counts references from 0."""
        assert nodes("2@0,0@1,2@4", [0] * 6) == [2, 0, 0, 0, 2, 2]

    def test_each_thread_follows_its_own_plan(self):
        """Shares and starts count the references of the thread alone."""
        assert nodes("T1=0:50%,1:50%;T7=3@0,2@1", [1, 7, 1, 7, 7]) == [0, 3, 1, 2, 2]

    def test_one_plan_serves_all_threads(self):
        """Without thread names the threads do not matter."""
        assert nodes("0:50%,1:50%", [1, 7, 1, 7]) == [0, 0, 1, 1]

    def test_nodes_are_small_integers(self):
        """One int32 a reference."""
        assert Schedule.parse("0:100%").nodes_for(trace_of([0])).dtype == np.int32

    def test_a_share_of_nothing_is_nothing(self):
        """An empty trace has no nodes, and a part of 0% no references."""
        assert nodes("0:30%,1:70%", []) == []
        assert nodes("0:0%,1:100%", [0, 0]) == [1, 1]

    @given(shares, st.integers(0, 3000))
    def test_every_part_gets_its_share(self, text, length):
        """Each part has its percentage of the references, rounded by less than one."""
        parts = [part.split(":") for part in text.split(",")]
        found = nodes(text, [0] * length)

        assert len(found) == length
        for name in {part[0] for part in parts}:
            mine = [float(part[1].rstrip("%")) for part in parts if part[0] == name]
            assert abs(found.count(int(name)) - sum(mine) * length / 100) < len(mine) + 1e-6

    def test_every_named_node_is_known(self):
        """A caller can tell whether its machine has enough nodes."""
        assert Schedule.parse("T1=0:100%;T2=1@0,5@9").nodes == {0, 1, 5}


class TestText:
    @given(schedules)
    def test_a_schedule_prints_as_it_was_written(self, text):
        """Parsing and printing give the same text."""
        assert str(Schedule.parse(text)) == text

    def test_spaces_and_needless_zeros_do_not_matter(self):
        """What means the same prints the same."""
        assert str(Schedule.parse(" 0:30.0% , 01:70% ")) == "0:30%,1:70%"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "expected NODE:PERCENT%, such as 0:30%, or NODE@INDEX.*, found ''"),
            ("0:30", "expected NODE:PERCENT%.*found '0:30'"),
            ("0:30%;1:70%", "expected THREAD=PLAN.*found '0:30%'"),
            ("x:30%,1:70%", "found 'x:30%'"),
            ("-1:100%", "found '-1:100%'"),
            ("0:30%,1:60%", "shares that add up to 100%, not to 90%"),
            ("0:30%,1:70%,", "found ''"),
            ("0:30%,1@5", "NODE@INDEX in every part.*found '0:30%'"),
            ("0@5", "a first part that starts at reference 0, found '0@5'"),
            ("0@0,1@9,2@9", "a part that starts after reference 9, found '2@9'"),
            ("1=0:100%", "expected THREAD=PLAN.*found '1=0:100%'"),
            ("T1=0:100%;T1=1:100%", "one plan for T1, not two"),
            ("T1=0:90%", "not to 90%"),
            ("9999999999:100%", "expected NODE:PERCENT%"),
            ("\u0661:100%", "expected NODE:PERCENT%"),
        ],
    )
    def test_a_wrong_schedule_says_what_was_expected(self, text, message):
        """The piece that is wrong is quoted, and it is an error of usage."""
        with pytest.raises(UsageError, match=message) as caught:
            Schedule.parse(text)

        assert caught.value.exit_code == ExitCode.USAGE


class TestMisfit:
    def test_a_start_behind_the_end_is_told(self):
        """A move that would never happen is no silent success."""
        with pytest.raises(UsageError, match="starts at reference 150000, but there are only 10"):
            nodes("0@0,1@150000", [0] * 10)

    @pytest.mark.parametrize("text", ["T1=0:100%", "T1=0:100%;T2=0:100%;T3=0:100%"])
    def test_plans_and_threads_have_to_match(self, text):
        """A thread without a plan has no node; a plan without a thread is a mistake."""
        with pytest.raises(UsageError, match="that is for T1, T2"):
            nodes(text, [1, 2, 1])

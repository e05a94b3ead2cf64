"""The scanner by the clock: task_tick_numa and task_numa_work with adaptive periods (fair.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.seam import Place, Step
from archcore.mm.numab import NumabState
from archcore.mm.period import MIB_SHIFT, scan_max, scan_start
from archcore.mm.scan import gate_open, scan

if TYPE_CHECKING:
    from archcore.mm.balancer import Balancer
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

PID_WINDOW = 4
EXEMPT_SEQUENCES = 2


def task_tick_numa(engine: Engine, task: Task, now: int, runtime: int) -> int:
    """Let the clock reach ``now`` and a task have run ``runtime`` milliseconds; scan if it is due.

    Returns how many base pages were armed. Raises MachineError on a machine without a balancer.
    """
    balancer = balancer_of(engine)
    balancer.now, task.sum_exec_runtime = now, runtime
    if not balancer.mode:
        return 0
    if not task.numa_scan_period:
        task.numa_scan_period_max = scan_max(engine, balancer, task)
        task.numa_scan_period = scan_start(engine, balancer, task)
    if runtime <= task.node_stamp + task.numa_scan_period:
        return 0
    task.node_stamp += task.numa_scan_period
    due = task.mm.numa_next_scan
    return task_numa_work(engine, task) if due is None or now >= due else 0


def balancer_of(engine: Engine) -> Balancer:
    """Return the balancer of a machine; raises MachineError where there is none."""
    if engine.balancer is None:
        raise MachineError("no clock drives the scanner; give Machine(..., balancer=Balancer())")
    return engine.balancer


def task_numa_work(engine: Engine, task: Task) -> int:
    """Scan, if nobody of the address space has done so within the period."""
    balancer, mm = balancer_of(engine), task.mm
    if mm.numa_next_scan is None:
        mm.numa_next_scan = balancer.now + balancer.tuning.scan_delay
    due = mm.numa_next_scan
    if balancer.now < due or not gate_open(engine, task):
        return 0
    if engine.seam is not None:
        engine.seam.point(Step.GRAB, Place("mm", mm.tables.root))
    if mm.numa_next_scan != due:  # somebody else was faster: cmpxchg
        return 0
    mm.numa_next_scan = balancer.now + task.numa_scan_period
    task.node_stamp += 2 * balancer.tuning.tick
    if not engine.profile.trylock:
        with engine.locks.mmap_read(mm):
            return _scan_all(engine, balancer, task)
    with engine.locks.mmap_read_trylock(mm) as locked:
        return _scan_all(engine, balancer, task) if locked else 0


def _scan_all(engine: Engine, balancer: Balancer, task: Task) -> int:
    """Scan what the rules for single VMAs admit, and one VMA in any case (vma_pids_forced)."""
    mm, size = task.mm, balancer.tuning.scan_size << MIB_SHIFT
    if all(vma.vm_end <= mm.numa_scan_offset for vma in mm.vmas):
        mm.numa_scan_offset = 0
        mm.numa_scan_seq += 1
    if not engine.profile.per_vma:
        return scan(engine, task, size)
    skipped: list[Vma] = []
    seq, offset = mm.numa_scan_seq, mm.numa_scan_offset

    def done(vma: Vma) -> None:
        if vma.numab_state is not None:
            vma.numab_state.prev_scan_seq = seq

    armed = scan(
        engine, task, size, lambda vma: _may_scan(engine, balancer, task, vma, skipped), done
    )
    if skipped and mm.numa_scan_seq != seq:
        forced = skipped[0]
        mm.numa_scan_seq, mm.numa_scan_offset = seq, offset
        armed += scan(engine, task, size, lambda vma: vma is forced, done)
        if mm.numa_scan_seq != seq:
            mm.numa_scan_seq, mm.numa_scan_offset = seq, forced.vm_end
    return armed


def _state(engine: Engine, balancer: Balancer, task: Task, vma: Vma) -> NumabState:
    """Return a VMA's state, made once even if two tasks find it missing (B49)."""
    if vma.numab_state is None:
        now, tuning, seq = balancer.now, balancer.tuning, task.mm.numa_scan_seq
        made = NumabState(
            next_scan=now + tuning.scan_delay,
            start_scan_seq=seq if engine.profile.exempts_new_vmas else 0,
            pids_reset=now + (1 + PID_WINDOW) * tuning.scan_delay,
            prev_scan_seq=seq - 1,
        )
        engine.costs.charge("numab_states")
        if engine.seam is not None:
            engine.seam.point(Step.GRAB, Place("mm", task.mm.tables.root))
        if vma.numab_state is None or not engine.profile.numab_once:
            vma.numab_state = made
        else:
            engine.costs.charge("numab_states", -1)
    return vma.numab_state


def _may_scan(engine: Engine, balancer: Balancer, task: Task, vma: Vma, skipped: list[Vma]) -> bool:
    """Apply the rules of Linux 6.4 and later: delay, once a sequence, only who faults here."""
    state, now, seq = _state(engine, balancer, task, vma), balancer.now, task.mm.numa_scan_seq
    if seq and now < state.next_scan:
        return False
    if seq and now > state.pids_reset:
        state.pids_reset += PID_WINDOW * balancer.tuning.scan_delay
        state.pids_active = [state.pids_active[1], set()]
    if state.prev_scan_seq == seq:
        return False
    if not _accessed(task, vma, state, seq):
        skipped.append(vma)
        return False
    return True


def _accessed(task: Task, vma: Vma, state: NumabState, seq: int) -> bool:
    """Say whether a task has reason to scan a VMA (vma_is_accessed)."""
    if seq - state.start_scan_seq < EXEMPT_SEQUENCES:
        return True
    if any(task.pid in pids for pids in state.pids_active):
        return True
    return task.mm.numa_scan_offset > vma.vm_start or seq > state.prev_scan_seq + len(task.mm.tasks)


def note_access(engine: Engine, task: Task, vma: Vma) -> None:
    """Remember that a task took a hint fault in a VMA (vma_set_access_pid_bit)."""
    if engine.profile.per_vma and vma.numab_state is not None:
        vma.numab_state.pids_active[1].add(task.pid)

"""Files are looked into by processes of their own: they end, hang or swell, and the house goes on."""

from __future__ import annotations

import os
import signal
import sys

from engine.screening.content import DAMAGED
from engine.screening.screen import FILES_MAX, Screen, Worker
from tests.hostile.files import JPEG
from tests.hostile.generated_files import MAY_COME_IN, hostile

SEED = 20261128


def test_hostile_files_are_refused_or_inert() -> None:
    told = hostile(70, SEED, slow=False)
    assert told.total() == 70
    assert {name.rpartition(" ")[0] for name in told if name.endswith(" inert")} <= set(MAY_COME_IN)


def test_a_process_that_was_ended_from_outside_refuses_no_good_file() -> None:
    screen = Screen(workers=1)
    assert screen.look(JPEG) == ("jpeg", None)
    worker = screen._free.get()
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    screen._free.put(worker)
    assert screen.look(JPEG) == ("jpeg", None)
    screen.end()


def test_a_file_that_hangs_or_ends_the_process_is_damaged() -> None:
    for program in ("import time; time.sleep(60)", "import os; os._exit(1)", "print('{')", "pass"):
        worker = Worker((sys.executable, "-I", "-S", "-c", program))
        assert worker.ask(bytes(200_000), 0.05) is None
    screen = Screen(workers=1, seconds_max=0.0)
    assert screen.look(JPEG) == (None, DAMAGED)
    screen.end()


def test_a_process_makes_room_after_so_many_files() -> None:
    screen = Screen(workers=1)
    screen.look(JPEG)
    worker = screen._free.get()
    assert worker is not None
    worker.asked = FILES_MAX - 1
    screen._free.put(worker)
    assert screen.look(JPEG) == ("jpeg", None)
    assert screen._free.get() is None


def test_a_process_has_a_bound_on_memory_and_writes_no_file() -> None:
    worker = Worker()
    worker.ask(JPEG, 5)
    with open(f"/proc/{worker.pid}/limits") as file:
        limits = {line[:26].strip(): line[26:].split()[0] for line in file}
    assert (limits["Max address space"], limits["Max file size"]) == (str(1024**3), "0")
    assert limits["Max open files"] == "16"
    worker.end()

"""What the recoder may still do once it has given up its rights: nothing that reaches outside."""

import subprocess
import sys
from pathlib import Path

import pytest

from rabta.files import recoder
from tests.figures import Figure

FOLDER = Path(recoder.__file__).parent
TRIES = {
    "opens a file": "open('/etc/passwd')",
    "looks at a file": "os.stat('/etc/passwd')",
    "lists a folder": "os.listdir('/')",
    "removes a file": "os.unlink('/tmp/nothing-of-that-name')",
    "reaches the network": "socket.socket()",
    "talks to a local server": "socket.socketpair()",
    "starts a process": "os.fork()",
    "becomes another program": "os.execv('/bin/true', ['true'])",
    "signals its parent": "os.kill(os.getppid(), 0)",
    "becomes root again": "os.setuid(0)",
    "traces another process": "libc.ptrace(16, os.getpid(), 0, 0) and libc.fail()",
    "makes a pipe": "os.pipe()",
    "changes the root": "os.chroot('/')",
}
PROGRAM = """
import ctypes, os, socket, sys
sys.path.insert(0, {folder!r})
import recoder
class Libc:
    def __init__(self): self.dll = ctypes.CDLL(None, use_errno=True)
    def ptrace(self, *args): return self.dll.ptrace(*args) != 0
    def fail(self): raise PermissionError
libc = Libc()
recoder.warm_up()
recoder.give_up_rights()
try:
    {act}
except (PermissionError, BlockingIOError, OSError):
    sys.stdout.write("refused")
else:
    sys.stdout.write("possible")
sys.stdout.flush()
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")


def said(act: str) -> str:
    program = PROGRAM.format(folder=str(FOLDER), act=act)
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


@linux
@pytest.mark.security
def test_whoever_takes_over_the_recoder_reaches_nothing(figure: Figure) -> None:
    possible = [name for name, act in TRIES.items() if said(act) != "refused"]
    figure("ways out of the recoder's cell", f"{len(possible)} of {len(TRIES)}", "0")
    assert not possible


@linux
def test_the_trial_itself_can_tell() -> None:
    assert said("len('computing goes on')") == "possible"


@linux
def test_another_machines_calls_are_not_known() -> None:
    for machine in recoder.CALLS:
        program = recoder.filter_program(machine)
        assert len(program) % 8 == 0 and len(program) // 8 == len(recoder.CALLS[machine]) + 6

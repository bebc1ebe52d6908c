"""The fork server by itself, spoken to as a worker speaks to it."""

import array
import socket
import subprocess
import sys
import textwrap

import msgspec

from l1.workers.task import CRASHED, Word

WITHOUT_FORKING = textwrap.dedent("""
    import socket, sys
    from l1.workers.child import Repertoire
    from l1.workers.fork_server import ForkServer
    from l1.workers.sandbox import limits, seccomp

    control = socket.socket(fileno=int(sys.argv[1]))
    nothing = Repertoire(effects={}, analyses={}, readable=(), mode="strict")
    server = ForkServer(control, nothing)
    limits.give_up_privileges()
    seccomp.install()
    server.serve()
""")


def test_a_server_that_cannot_fork_fails_that_lease_and_goes_on():
    """The sandbox's own filter takes from a server the right to fork, as a full machine would."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-c", WITHOUT_FORKING, str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as server:
            theirs.close()
            answers = ours.makefile("rb")
            assert msgspec.json.decode(answers.readline(), type=Word).ready
            for lease in (1, 2):
                printed, its_output = socket.socketpair()
                with printed, its_output:
                    fds = array.array("i", [its_output.fileno(), its_output.fileno()])
                    handed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)]
                    ours.sendmsg([b'{"fork": %d}\n' % lease], handed)
                    exited = msgspec.json.decode(answers.readline(), type=Word).exited
                    assert exited is not None
                    assert (exited.lease, exited.status) == (lease, CRASHED)
                    assert b"could be forked" in printed.recv(1000)
            answers.close()
            ours.close()
            assert server.wait(timeout=10) == 0

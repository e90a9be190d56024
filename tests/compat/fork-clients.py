"""Runs OpenStack's clients for a second less each: their modules are loaded once, and each run is a fork of that.

A run is the client's own program (the very file in /usr/bin, or a program for python3 on its standard input) as the
main module of a process of its own, with its own arguments, environment, standard streams and exit code. Home, locale
and Python's own settings are those that this is started with.

fork-clients.py SOCKET: listens there and prints a line when all is loaded. A connection is a run: a line of JSON with
`argv`, `env`, `stdin`, `stdout` and `stderr` (files) comes in, a line with `pid` goes out at its start and one with
`code` at its end, null when a signal ended it.
"""

import importlib.metadata
import json
import os
import runpy
import select
import socket
import sys

programs = {"openstack": "/usr/bin/openstack", "nova": "/usr/bin/nova"}


def load():
    del sys.path[0]  # This file's folder, which no client sees.
    # The framework of the openstack client reads its name when it is loaded.
    sys.argv = [programs["openstack"]]
    import novaclient.v2.client  # noqa: F401
    import novaclient.v2.shell  # noqa: F401
    import novaclient.client  # noqa: F401
    import openstack  # noqa: F401
    import openstackclient.shell  # noqa: F401

    all_points = importlib.metadata.entry_points()
    for group in all_points.groups:
        if not group.startswith(("openstack.", "keystoneauth1.plugin", "cliff.")):
            continue
        for point in all_points.select(group=group):
            try:
                point.load()
            except ImportError:
                pass  # Of a service that has no client on this machine.
    # It keeps the arguments that are there when it is loaded: each run loads this one itself.
    sys.modules.pop("novaclient.shell", None)


def become(argv, env, stdin, stdout, stderr):
    """Is the client from here on; ends the process."""
    for number, path, flags in ((0, stdin, os.O_RDONLY), (1, stdout, os.O_WRONLY), (2, stderr, os.O_WRONLY)):
        os.dup2(os.open(path, flags), number)
    os.environ.clear()
    os.environ.update(env)
    name, *words = argv
    if name == "python3":
        sys.argv = words
        sys.path.insert(0, "")
        exec(compile(sys.stdin.read(), "<stdin>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = [programs[name], *words]
        sys.path.insert(0, os.path.dirname(programs[name]))
        runpy.run_path(programs[name], run_name="__main__")


def main_of(job):
    """The exit code that Python itself would give."""
    try:
        become(**job)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if code == 1 and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            pass
    os._exit(code & 0xFF)


def serve(connection):
    """One run, from its request to its end."""
    job = json.loads(connection.makefile("r").readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        main_of(job)
    connection.sendall(b'{"pid": %d}\n' % pid)
    _, status = os.waitpid(pid, 0)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    connection.sendall(json.dumps({"code": code}).encode() + b"\n")


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def main():
    path = sys.argv[1]
    load()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    print("ready", flush=True)
    # Whoever started this holds its standard input open as long as it is wanted.
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [], 1)
        reap()
        if sys.stdin in readable:
            return
        if listener not in readable:
            continue
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            serve(connection)
            os._exit(0)
        connection.close()


main()

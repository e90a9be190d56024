#!/usr/bin/python3
"""As much of systemd as libvirt's units take, for hosts of the lab, which have none: services that are started for their
sockets, which are handed over as systemd does it (sd_listen_fds(3)), or by a word.

`small-systemd manager` is the manager; called as systemctl it asks that one, as systemd-run it starts a process apart.
Where systemd refuses, it refuses: a socket whose service runs, a unit that is masked.
"""

import json, os, re, select, signal, socket, subprocess, sys, time

UNITS, CONTROL = "/usr/lib/systemd/system", "/run/small-systemd"


def text_of(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


class Manager:
    def __init__(self):
        self.sockets, self.pids, self.enabled, self.masked = {}, {}, set(), set()

    def service_of(self, unit):
        stated = re.search(r"^Service=(\S+)", text_of("%s/%s" % (UNITS, unit)), re.M)
        return stated.group(1) if stated else re.sub(r"\.socket$", ".service", unit)

    def is_active(self, unit):
        return unit in self.sockets or unit in self.pids

    def show(self, units):
        blocks = []
        for unit in units:
            there = os.path.exists("%s/%s" % (UNITS, unit))
            state = "masked" if unit in self.masked else "enabled" if unit in self.enabled else "disabled"
            values = [unit, "loaded" if there else "not-found", "active" if self.is_active(unit) else "inactive", state if there else ""]
            blocks.append("Id=%s\nLoadState=%s\nActiveState=%s\nUnitFileState=%s\n" % tuple(values))
        return "\n".join(blocks)

    def start(self, unit):
        if unit in self.masked:
            raise RuntimeError("Unit %s is masked." % unit)
        if not os.path.exists("%s/%s" % (UNITS, unit)):
            raise RuntimeError("Unit %s not found." % unit)
        if self.is_active(unit):
            return
        if unit.endswith(".service"):
            return self.spawn(unit)
        if self.service_of(unit) in self.pids:
            raise RuntimeError("%s: Socket service %s already active, refusing." % (unit, self.service_of(unit)))
        where = re.search(r"^ListenStream=(\S+)", text_of("%s/%s" % (UNITS, unit)), re.M).group(1)
        if where.startswith("/"):
            if os.path.exists(where):
                os.unlink(where)
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(where)
            os.chmod(where, 0o666)
        else:
            sock = socket.socket(socket.AF_INET6)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("::", int(where)))
        sock.listen(64)
        self.sockets[unit] = sock

    def stop(self, unit):
        sock = self.sockets.pop(unit, None)
        if sock is not None:
            sock.close()
        pid = self.pids.get(unit)
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 45
        while unit in self.pids:
            self.reap()
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def spawn(self, service):
        text = text_of("%s/%s" % (UNITS, service))
        program = re.search(r"^ExecStart=(\S+)", text, re.M).group(1)
        said = re.findall(r'_ARGS="?([^"\n]*)"?', text) + re.findall(r'^\w+_ARGS="?([^"\n]*)"?', text_of("/etc/default/" + os.path.basename(program)), re.M)
        given = [(unit, sock) for unit, sock in self.sockets.items() if self.service_of(unit) == service]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        pid = os.fork()
        if pid == 0:
            os.setsid()
            moved = [os.dup(sock.fileno()) for _, sock in given]
            moved = [os.dup2(os.dup(fd), 100 + at) for at, fd in enumerate(moved)]
            for at, fd in enumerate(moved):
                os.dup2(fd, 3 + at)
            os.closerange(3 + len(moved), 400)
            if given:
                names = ":".join(unit for unit, _ in given)
                environment.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(given)), LISTEN_FDNAMES=names)
            os.execve(program, [program] + (said[-1].split() if said else []), environment)
        self.pids[service] = pid
        time.sleep(0.3)
        self.reap()
        if service not in self.pids:
            raise RuntimeError("Job for %s failed because the control process exited with error code." % service)

    def reap(self):
        for unit, pid in list(self.pids.items()):
            try:
                if os.waitpid(pid, os.WNOHANG)[0]:
                    del self.pids[unit]
            except ChildProcessError:
                del self.pids[unit]

    def obey(self, verb, units):
        if verb == "show":
            return self.show(units)
        for unit in units:
            if verb in ("start", "stop"):
                getattr(self, verb)(unit)
            elif verb == "restart":
                self.stop(unit)
                self.start(unit)
            elif verb == "mask":
                self.masked.add(unit)
            elif verb == "disable":
                self.enabled.discard(unit)
            elif unit in self.masked:
                raise RuntimeError("Unit %s is masked." % unit)
            else:
                self.enabled.add(unit)
        return ""

    def run(self):
        os.makedirs("/run/systemd/system", exist_ok=True)
        control = socket.socket(socket.AF_UNIX)
        control.bind(CONTROL)
        control.listen(16)
        while True:
            self.reap()
            waiting = [sock for unit, sock in self.sockets.items() if self.service_of(unit) not in self.pids]
            for ready in select.select([control] + waiting, [], [], 0.2)[0]:
                if ready is control:
                    self.answer(control.accept()[0])
                    break
                unit = next(unit for unit, sock in self.sockets.items() if sock is ready)
                if self.service_of(unit) not in self.pids:
                    try:
                        self.spawn(self.service_of(unit))
                    except RuntimeError:
                        time.sleep(0.5)

    def answer(self, client):
        with client, client.makefile("rw") as file:
            verb, units = json.loads(file.readline())
            try:
                told = {"code": 0, "text": self.obey(verb, units)}
            except (RuntimeError, OSError) as error:
                told = {"code": 1, "text": str(error)}
            file.write(json.dumps(told) + "\n")


def systemctl(words):
    verb, *units = [word for word in words if not word.startswith("-")]
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(CONTROL)
        with sock.makefile("rw") as file:
            file.write(json.dumps([verb, units]) + "\n")
            file.flush()
            told = json.loads(file.readline())
    print(told["text"], file=sys.stderr if told["code"] else sys.stdout)
    sys.exit(told["code"])


name = os.path.basename(sys.argv[0])
if name == "systemctl":
    systemctl(sys.argv[1:])
elif name == "systemd-run":
    words = [word for word in sys.argv[1:]]
    while words[0].startswith("-"):
        words.pop(0)
    subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
else:
    Manager().run()

"""The examiner: tells what a host is like where libvirt does not, and tries the way to other hosts. It changes nothing.

Of settings only those are told that are asked for by name: beside them stand passwords.
"""

import hmac, re

MOST_BYTES = 256 * 1024
SOCKETS_WAIT = 10
# Values of Linux that Python has no name for.
IP_MTU, IP_MTU_DISCOVER, IP_PMTUDISC_DO = 14, 10, 2
IPV6_MTU, IPV6_MTU_DISCOVER = 24, 23


def text_of(path, most=MOST_BYTES):
    """The begin of a file; None where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return None


def settings_of(path, names):
    """Of a file of libvirt's form, the last value that each name has, as it is written."""
    text, found = text_of(path), {}
    for line in (text or "").splitlines():
        match = re.match(r"\s*([A-Za-z_0-9]+)\s*=\s*(.*?)\s*$", line)
        if match and match.group(1) in names:
            found[match.group(1)] = match.group(2)[:500]
    return {"read": text is not None, "values": found}


def place_of(path):
    try:
        mode = os.stat(path)
        return {"path": path, "there": True, "mode": mode.st_mode & 0o7777, "uid": mode.st_uid, "gid": mode.st_gid}
    except OSError as error:
        # Behind a directory that may not be entered there may be one.
        there = None if error.errno in (errno.EACCES, errno.EPERM) else False
        return {"path": path, "there": there, "mode": 0, "uid": 0, "gid": 0}


def public_file(path):
    told = place_of(path)
    text = text_of(path, 16 * 1024) if told["there"] else None
    # A key has no business in a file of certificates, and is not told.
    kept = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text or "", re.S)
    return dict(told, pem="\n".join(kept[:2]))


def units_of(names):
    """What systemd says of units; None where it does not run."""
    if not os.path.isdir("/run/systemd/system"):
        return None
    command = ["systemctl", "show", "--property=Id,ActiveState,UnitFileState,LoadState", "--"] + names
    try:
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SOCKETS_WAIT).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired):
        return None
    units = {}
    for block in told.split("\n\n"):
        pairs = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if pairs.get("LoadState") == "loaded":
            units[pairs.get("Id", "")] = {"active": pairs.get("ActiveState", ""), "enabled": pairs.get("UnitFileState", "")}
    return units


def processes_of(names):
    """Which of these programs run."""
    found = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            name = (text_of("/proc/%s/comm" % entry, 64) or "").strip()
            if name in names:
                found.add(name)
    return sorted(found)


def addresses_of_host():
    """All addresses of the host but those of its loopback, and the MTU of what has each."""
    command = ["ip", "-o", "addr", "show"]
    try:
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SOCKETS_WAIT).stdout.decode()
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = re.findall(r"^\d+:\s+(\S+)\s+inet6?\s+([0-9a-f.:]+)", told, re.M)
    return [address for device, address in found if device != "lo" and not address.startswith("fe80")][:64]


def resolve(name):
    try:
        return sorted({entry[4][0] for entry in socket.getaddrinfo(name, None, 0, socket.SOCK_STREAM)})[:16]
    except (OSError, UnicodeError):
        return []


def release_of():
    pairs = dict(re.findall(r'^(ID|ID_LIKE)="?([^"\n]*)"?', text_of("/etc/os-release") or "", re.M))
    return "%s %s" % (pairs.get("ID", ""), pairs.get("ID_LIKE", ""))


def refusing_chains(ruleset):
    """Chains of nftables at the hook of what comes in, of which one turns something away: by itself, or by one it jumps to."""
    told = [(kind, value) for entry in ruleset for kind, value in entry.items()]
    bases, refuses, jumps = [], set(), {}
    for kind, value in told:
        if kind == "chain" and value.get("hook") == "input" and value["family"] in ("inet", "ip", "ip6"):
            bases.append((value["family"], value["table"], value["name"]))
            if value.get("policy") == "drop":
                refuses.add(bases[-1])
        if kind == "rule":
            place = (value["family"], value["table"], value["chain"])
            for statement in value["expr"]:
                if not isinstance(statement, dict):
                    continue
                if "drop" in statement or "reject" in statement:
                    refuses.add(place)
                for verb in ("jump", "goto"):
                    if verb in statement:
                        jumps.setdefault(place, set()).add((value["family"], value["table"], statement[verb]["target"]))

    def turns_away(chain, seen):
        if chain in refuses:
            return True
        return any(turns_away(one, seen | {one}) for one in jumps.get(chain, ()) if one not in seen)

    return [chain for chain in bases if turns_away(chain, {chain})]


def firewall_of(processes):
    """Who decides what comes in: firewalld, ufw, rules of nobody known, or nobody."""
    if "firewalld" in processes:
        return {"kind": "firewalld"}
    if re.search(r"^ENABLED=yes", text_of("/etc/ufw/ufw.conf") or "", re.M):
        return {"kind": "ufw"}
    try:
        done = subprocess.run(["nft", "-j", "list", "ruleset"], stdin=subprocess.DEVNULL, capture_output=True, timeout=SOCKETS_WAIT)
        if done.returncode != 0:
            return {"kind": "unknown"}
        chains = refusing_chains(json.loads(done.stdout.decode("utf-8", "replace") or "{}").get("nftables", []))
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return {"kind": "unknown"}
    file = "/etc/nftables.conf"
    loaded = text_of(file) or ""
    kept = lambda family, table: file if re.search(r"^\s*table\s+%s\s+%s\s*\{" % (family, re.escape(table)), loaded, re.M) else None
    told = [{"family": family, "table": table, "name": name, "file": kept(family, table)} for family, table, name in chains]
    return {"kind": "nftables", "chains": told} if told else {"kind": "none"}


def listening_ports():
    """TCP ports that something listens at, as the kernel tells it."""
    found, was_told = set(), False
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        text = text_of(path, 4 * 1024 * 1024)
        was_told = was_told or text is not None
        for words in (line.split() for line in (text or "").splitlines()[1:]):
            if len(words) > 3 and words[3] == "0A":
                found.add(int(words[1].rsplit(":", 1)[1], 16))
    return sorted(found)[:128] if was_told else None


def examine(order):
    name = os.uname().nodename
    return {
        "at": time.time(),
        "hostname": name,
        "ownAddresses": resolve(name),
        "addresses": addresses_of_host(),
        "machineId": (text_of("/etc/machine-id", 64) or "").strip(),
        "release": release_of(),
        "unprivilegedUserfaultfd": (text_of("/proc/sys/vm/unprivileged_userfaultfd", 8) or "").strip(),
        "userfaultfdDevice": os.path.exists("/dev/userfaultfd"),
        "units": units_of(order["units"]),
        "processes": processes_of(order["processes"]),
        "settings": {path: settings_of(path, names) for path, names in order["settings"].items()},
        "firewall": firewall_of(processes_of(["firewalld"])),
        "listening": listening_ports(),
        "directories": [path for path in order["directories"] if os.path.isdir(path)],
    }


def mtu_to(family, address):
    """What the route to an address lets through in one piece; 0 where the kernel does not say."""
    six = family == socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP, IPV6_MTU_DISCOVER if six else IP_MTU_DISCOVER, IP_PMTUDISC_DO)
            sock.connect((address, 9))
            return sock.getsockopt(socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP, IPV6_MTU if six else IP_MTU)
    except OSError:
        return 0


def try_connection(place, seconds):
    """How far a connection gets, its socket, and what the way is like."""
    told = {"name": place["name"], "port": place["port"], "addresses": [], "address": "", "mtu": 0, "ms": 0}
    try:
        found = socket.getaddrinfo(place["name"], place["port"], 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return dict(told, outcome="unresolved"), None
    told["addresses"] = sorted({entry[4][0] for entry in found})[:16]
    family, _, _, _, where = found[0]
    told.update(address=where[0], mtu=mtu_to(family, where[0]))
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(seconds)
    before = time.monotonic()
    try:
        sock.connect(where)
        return dict(told, outcome="open", ms=(time.monotonic() - before) * 1000), sock
    except socket.timeout:
        outcome = "silent"
    except ConnectionRefusedError:
        outcome = "refused"
    except OSError:
        outcome = "unreachable"
    sock.close()
    return dict(told, outcome=outcome), None


def reach(places):
    results = [None] * len(places)

    def one(index):
        told, sock = try_connection(places[index], places[index]["seconds"])
        if sock is not None:
            sock.close()
        results[index] = told

    threads = [threading.Thread(target=one, args=(index,), daemon=True) for index in range(len(places))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Door:
    """Listens on one port for a while, answers who says the token, and takes what comes without keeping it."""

    def __init__(self, order):
        self.token, self.until = order["token"], time.monotonic() + order["seconds"]
        self.sock, first, last = None, order["ports"][0], order["ports"][1]
        for port in range(first, last + 1):
            try:
                self.sock = self.bound(port)
                break
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        if self.sock is None:
            raise Failed("other", "each port of %d to %d is taken" % (first, last))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def bound(self, port):
        sock = socket.socket(socket.AF_INET6 if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6") else socket.AF_INET)
        try:
            if sock.family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("", port))
            sock.listen(16)
            return sock
        except OSError:
            sock.close()
            raise

    def serve(self):
        while True:
            left = self.until - time.monotonic()
            if left <= 0:
                self.sock.close()
                return
            self.sock.settimeout(left)
            try:
                guest, _ = self.sock.accept()
            except OSError:
                self.sock.close()
                return
            threading.Thread(target=self.welcome, args=(guest,), daemon=True).start()

    def welcome(self, guest):
        try:
            guest.settimeout(SOCKETS_WAIT)
            if not hmac.compare_digest(str(read_line(guest).get("token", "")), self.token):
                return
            write_line(guest, {"welcome": True})
            count = 0
            while True:
                got = guest.recv(PIECE)
                if not got:
                    break
                count += len(got)
            write_line(guest, {"bytes": count})
        except (OSError, EOFError, ValueError):
            pass
        finally:
            guest.close()


def knock(order):
    """Goes through the door of another host, and, where that is asked for, measures what the way carries."""
    told, sock = try_connection(order, order["seconds"])
    told.update(welcome=False, bytesPerSecond=0)
    if sock is None:
        return told
    try:
        sock.settimeout(SOCKETS_WAIT)
        write_line(sock, {"token": order["token"]})
        told["welcome"] = read_line(sock).get("welcome") is True
        if told["welcome"] and order["measureSeconds"] > 0:
            before, end = time.monotonic(), time.monotonic() + order["measureSeconds"]
            while time.monotonic() < end:
                sock.sendall(ZEROS)
            sock.shutdown(socket.SHUT_WR)
            # What the other side has taken, and not what waits in buffers here.
            told["bytesPerSecond"] = int(read_line(sock)["bytes"] / (time.monotonic() - before))
    except (OSError, EOFError, ValueError, KeyError):
        pass
    finally:
        sock.close()
    return told


def greet(order):
    """Whether libvirtd of another host and this one believe each other, by TLS as libvirt's client does it."""
    told, sock = try_connection(order, order["seconds"])
    if sock is None:
        return dict(told, refusal="no connection: %s" % told["outcome"])
    try:
        sock.settimeout(SOCKETS_WAIT)
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=order["authority"])
        # As GnuTLS, which libvirt has: what Python calls strict is more than that.
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        context.load_cert_chain(order["certificate"], order["key"])
        with context.wrap_socket(sock, server_hostname=order["name"]) as secure:
            # libvirtd says one byte, 1, once it believes the client (virNetTLSSessionHandshake in virnetserverclient.c).
            word = secure.recv(1)
        return dict(told, refusal=None if word == b"\x01" else "it does not believe this host's certificate")
    except (OSError, ValueError) as error:
        return dict(told, refusal=str(error)[:400])
    finally:
        sock.close()


def answer(order):
    if "examine" in order:
        return examine(order["examine"])
    if "files" in order:
        return {
            "certificates": [public_file(path) for path in order["files"]["certificates"]],
            "keys": [place_of(path) for path in order["files"]["keys"]],
        }
    if "reach" in order:
        return {"results": reach(order["reach"])}
    if "greet" in order:
        return greet(order["greet"])
    if "open" in order:
        return {"port": Door(order["open"]).port}
    return knock(order["knock"])


def work(order, orders):
    while True:
        try:
            told = answer(order)
        except Exception as error:
            told = {"failed": failure_of(error)[1]}
        say(answer={"number": order["number"], "told": told})
        order = orders.get()


follow_orders(work)

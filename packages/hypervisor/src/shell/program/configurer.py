"""The configurer: changes files of a host, and has its libvirtd started anew, so that a change which cuts it off is undone.

What is changed is kept before. Before the daemon is restarted an undoing is started that needs nobody: it waits, and puts
everything back unless it was told by then that all is well. Guests are processes of their own, and go on over a restart.
"""

import difflib, re, shutil, signal

HOME = "/var/lib/ferry-configure"
COMMAND_SECONDS = 60
DAEMON_SECONDS = 45


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise Failed("other", "%s ended with %d: %s" % (" ".join(command), done.returncode, said[-400:]))


PROGRAMS = ("libvirtd", "virtqemud", "virtproxyd")


def pid_of(program):
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/comm" % entry) as file:
                    if file.read().strip() == program:
                        return int(entry)
            except OSError:
                pass
    return None


def argv_of(program):
    """The command line of a program that runs; none: it does not."""
    pid = pid_of(program)
    if pid is None:
        return []
    with open("/proc/%d/cmdline" % pid, "rb") as file:
        return [word.decode("utf-8", "replace")[:200] for word in file.read().split(b"\0") if word][:32]


def look(_order):
    return {"running": {name: argv for name, argv in ((name, argv_of(name)) for name in PROGRAMS) if argv}, "root": os.geteuid() == 0}


def kept_in(name):
    if not re.fullmatch(r"[0-9a-f-]{8,64}", name):
        raise Failed("other", "%s is no name" % name)
    return os.path.join(HOME, name)


def write_whole(path, text, mode, gid):
    """The file is the old one or the new one, and never half of it."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    part = path + ".ferry"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, text.encode())
        os.fchown(fd, 0, gid)
        os.fchmod(fd, mode)
        os.fsync(fd)
    finally:
        os.close(fd)
    os.rename(part, path)


def with_settings(text, values):
    """The text with these settings: the last line of each name is replaced, and a name that is not set is added."""
    lines = text.split("\n")
    for name, value in values.items():
        places = [at for at, line in enumerate(lines) if re.match(r"\s*%s\s*=" % re.escape(name), line)]
        if places:
            lines[places[-1]] = "%s = %s" % (name, value)
        else:
            while lines and lines[-1] == "":
                lines.pop()
            lines += ["%s = %s" % (name, value), ""]
    return "\n".join(lines)


def is_loopback(address):
    return address.startswith("127.") or address == "::1"


def with_hosts(text, drop, add):
    """The text of /etc/hosts without these names, and their short forms beside them, at its loopback, and with these lines."""
    kept = []
    for line in text.splitlines():
        words, mark, comment = line.partition("#")
        address, *names = words.split() or [""]
        if is_loopback(address) and set(names) & set(drop):
            gone = set(drop) | {name.split(".")[0] for name in drop}
            names = [name for name in names if name not in gone or name == "localhost"]
            if not names:
                continue
            line = "%s\t%s%s" % (address, " ".join(names), " " + mark + comment if mark else "")
        kept.append(line)
    for entry in add:
        there = [line.partition("#")[0].split() for line in kept]
        if not any(words and words[0] == entry["address"] and entry["name"] in words[1:] for words in there):
            kept.append("%s\t%s" % (entry["address"], entry["name"]))
    return "\n".join(kept) + "\n"


def edited(edit, text):
    """What an edit makes of a file's text, which is empty where the file is not there."""
    if edit["kind"] == "hosts":
        return with_hosts(text, edit["drop"], edit["add"])
    if edit["kind"] == "whole":
        return edit["content"]
    missing = [line for line in edit["lines"] if line not in text.splitlines()]
    return text + ("\n" if text and not text.endswith("\n") else "") + "".join(line + "\n" for line in missing)


def text_there(path):
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read()


def preview(order):
    """What edits would change, as a diff: each on what those before it have made."""
    before, texts, lines = {}, {}, []
    for edit in order["edits"]:
        path = edit["path"]
        if edit["kind"] == "access":
            there = os.stat(path)
            group = there.st_gid if edit["gid"] is None else edit["gid"]
            if (there.st_mode & 0o7777, there.st_gid) != (edit["mode"], group):
                lines.append("%s: %04o group %d -> %04o group %d" % (path, there.st_mode & 0o7777, there.st_gid, edit["mode"], group))
            continue
        before.setdefault(path, text_there(path))
        texts[path] = edited(edit, texts.get(path, before[path]))
    for path, text in texts.items():
        told = difflib.unified_diff(before[path].splitlines(), text.splitlines(), path, path, n=0, lineterm="")
        lines += [line for line in told if not line.startswith("@@")]
    return {"lines": lines}


def make_edit(edit):
    path = edit["path"]
    there = os.stat(path) if os.path.exists(path) else None
    if edit["kind"] == "access":
        os.chown(path, -1, -1 if edit["gid"] is None else edit["gid"])
        os.chmod(path, edit["mode"])
        return
    before = text_there(path)
    text = edited(edit, before)
    if there is None or text != before:
        mode, gid = (edit.get("mode", 0o644), 0) if there is None else (there.st_mode & 0o7777, there.st_gid)
        write_whole(path, text, mode, gid)
    if edit["kind"] == "append":
        run(edit["check"])


def keep(directory, paths):
    """Copies what is there, and writes how it is put back, in words of a shell."""
    os.makedirs(directory, mode=0o700)
    lines = []
    for number, path in enumerate(paths):
        if os.path.lexists(path):
            shutil.copy2(path, os.path.join(directory, str(number)))
            there = os.stat(path)
            os.chown(os.path.join(directory, str(number)), there.st_uid, there.st_gid)
            lines.append("cp -a %s %s" % (quoted(os.path.join(directory, str(number))), quoted(path)))
        else:
            lines.append("rm -f %s" % quoted(path))
    return lines


def quoted(text):
    return "'%s'" % text.replace("'", "'\\''")


def restart_lines(restart, argv):
    """How the daemon is started as it was, in words of a shell."""
    if restart is None:
        return []
    if restart["kind"] == "commands":
        return [" ".join(quoted(word) for word in command) for command in restart["undo"]]
    return [
        "pid=$(pgrep -o -x %s) && kill $pid" % restart["program"],
        "i=0; while [ -n \"$pid\" ] && kill -0 $pid 2>/dev/null && [ $i -lt %d ]; do sleep 1; i=$((i+1)); done" % DAEMON_SECONDS,
        "[ -z \"$pid\" ] || kill -9 $pid 2>/dev/null; rm -f /run/%s.pid" % restart["program"],
        " ".join(quoted(word) for word in argv),
    ]


def waiting_key(name):
    if not re.fullmatch(r"[a-z-]{1,32}", name):
        raise Failed("other", "%s is no name" % name)
    return os.path.join(HOME, "waiting", name + ".key")


def openssl(*words):
    try:
        done = subprocess.run(["openssl"] + list(words), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS)
    except FileNotFoundError:
        raise Failed("other", "there is no openssl, which makes keys and requests: install it")
    if done.returncode != 0:
        raise Failed("other", "openssl %s: %s" % (words[0], done.stderr.decode("utf-8", "replace").strip()[-300:]))
    return done.stdout.decode()


def request(order):
    """A key for each name, that is made here and stays here, and a request for its certificate."""
    os.makedirs(os.path.join(HOME, "waiting"), mode=0o700, exist_ok=True)
    texts = {}
    for one in order["wanted"]:
        key = waiting_key(one["name"])
        if order["anew"] or not os.path.exists(key):
            before = os.umask(0o077)
            try:
                openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key + ".new")
                os.chmod(key + ".new", 0o600)
                os.rename(key + ".new", key)
            finally:
                os.umask(before)
        names = ",".join("%s:%s" % ("IP" if re.fullmatch(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:]*", name) else "DNS", name) for name in one["names"])
        subject = "/CN=" + re.sub(r"[^A-Za-z0-9.:_-]", "", one["names"][0])[:64]
        texts[one["name"]] = openssl("req", "-new", "-sha256", "-key", key, "-subj", subject, "-addext", "subjectAltName=" + names,
                                     "-addext", "keyUsage=critical,digitalSignature,keyEncipherment",
                                     "-addext", "extendedKeyUsage=" + ",".join(one["usages"]))
    return {"texts": texts}


def waiting_keys(order):
    there = {name: waiting_key(name) for name in order["names"]}
    return {"texts": {name: openssl("pkey", "-in", path, "-pubout") for name, path in there.items() if os.path.exists(path)}}


def forget_keys(order):
    for name in order["names"]:
        if os.path.exists(waiting_key(name)):
            os.unlink(waiting_key(name))
    return {}


def content_of(file):
    if isinstance(file["content"], str):
        return file["content"]
    with open(waiting_key(file["content"]["waitingKey"])) as key:
        return key.read()


def arm(directory, undo, seconds):
    """Starts what puts everything back after a while, whoever is still there then."""
    script = os.path.join(directory, "undo.sh")
    with open(script, "w") as file:
        file.write("#!/bin/sh\n# Puts back what Ferry changed, unless it was told that all is well.\n")
        file.write("cd %s || exit 1\n[ -n \"$1\" ] || sleep %d\n" % (quoted(directory), seconds))
        file.write("[ -e done ] && exit 0\nmkdir done 2>/dev/null || exit 0\n")
        file.write("exec >undo.log 2>&1\nset -x\n" + "\n".join(undo) + "\ntouch undone\n")
    if os.path.isdir("/run/systemd/system") and shutil.which("systemd-run"):
        # Of no session: it goes on when the one that asked for it has ended.
        run(["systemd-run", "--collect", "--quiet", "sh", script])
    else:
        with open(os.devnull, "r+") as nothing:
            subprocess.Popen(["sh", script], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, cwd="/")


def start_process(program, argv):
    pid = pid_of(program)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + DAEMON_SECONDS
        while os.path.exists("/proc/%d" % pid) and time.monotonic() < end:
            time.sleep(0.2)
        if os.path.exists("/proc/%d" % pid):
            os.kill(pid, signal.SIGKILL)
            time.sleep(1)
    try:
        os.unlink("/run/%s.pid" % program)
    except OSError:
        pass
    run(argv)


def apply(order):
    directory = kept_in(order["id"])
    paths = [entry["path"] for kind in ("files", "settings", "edits") for entry in order[kind]]
    restart = order["restart"]
    before = argv_of(restart["program"]) if restart is not None and restart["kind"] == "process" else []
    undo = keep(directory, list(dict.fromkeys(paths)))
    taken_back = [" ".join(quoted(word) for word in one["undo"]) for one in reversed(order["commands"]) if one["undo"] is not None]
    arm(directory, taken_back + undo + restart_lines(restart, before), order["seconds"])
    for file in order["files"]:
        write_whole(file["path"], content_of(file), file["mode"], file["gid"])
    for change in order["settings"]:
        there = os.stat(change["path"]) if os.path.exists(change["path"]) else None
        text = "" if there is None else open(change["path"]).read()
        mode, gid = (0o644, 0) if there is None else (there.st_mode & 0o7777, there.st_gid)
        write_whole(change["path"], with_settings(text, change["values"]), mode, gid)
    for edit in order["edits"]:
        make_edit(edit)
    for command in order["commands"]:
        run(command["run"])
    if restart is not None and restart["kind"] == "commands":
        for command in restart["commands"]:
            run(command)
    elif restart is not None:
        # virtproxyd has no such option: it goes by its settings.
        heard = restart["program"] != "libvirtd" or any(word == "--listen" or re.match(r"-[a-z]*l", word) for word in before)
        start_process(restart["program"], before if heard else before + ["--listen"])
    return {}


def confirm(order):
    """All is well: what would put it back ends without doing so. False: it has done so already."""
    directory = kept_in(order["id"])
    try:
        os.mkdir(os.path.join(directory, "done"))
        return {"confirmed": True}
    except FileExistsError:
        return {"confirmed": False}


def roll_back(order):
    directory = kept_in(order["id"])
    subprocess.run(["sh", os.path.join(directory, "undo.sh"), "now"], stdin=subprocess.DEVNULL, timeout=2 * COMMAND_SECONDS)
    return {"undone": os.path.exists(os.path.join(directory, "undone"))}


QUESTIONS = {"look": look, "preview": preview, "request": request, "waitingKeys": waiting_keys, "forgetKeys": forget_keys, "apply": apply, "confirm": confirm, "rollBack": roll_back}


def work(order, orders):
    while True:
        try:
            told = next(does(order[name]) for name, does in QUESTIONS.items() if name in order)
        except Exception as error:
            told = {"failed": failure_of(error)[1]}
        say(answer={"number": order["number"], "told": told})
        order = orders.get()


follow_orders(work)

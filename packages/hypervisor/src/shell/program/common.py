"""Copies one file to another host: what sender and receiver have in common.

Ferry's controller sends this text, and what one side needs beside it, over the standard input of a shell. Nothing is
installed, nothing stays. After the text come orders, a JSON object a line; answers go to standard output the same way.
When the input ends, or is silent for long, the program ends: whoever gave the orders is gone.

On the connection between the hosts each side first says one JSON line. Then the sender sends frames: kind, offset in the
file, length, and so many bytes. What lies between two pieces of data is a hole. Needs Python 3.7 and nothing else.
"""

import errno, fcntl, hashlib, json, os, queue, select, socket, ssl, struct, subprocess, sys, threading, time, zlib

BLOCK = 64 * 1024
PIECE = 1024 * 1024
ZEROS = memoryview(bytes(PIECE))
ZEROS_CRC = zlib.crc32(ZEROS)
PIECE_SUM = struct.Struct("<QI")
FRAME = struct.Struct(">BQI")
DATA, END, COMPRESSED, PACKED, PACKED_END = 1, 2, 3, 4, 5
PIECES_IN_FLIGHT = 8
# Of Linux; Python has a name for it from 3.10 on.
F_SETPIPE_SZ = 1031
# An empty order says that the orderer is there, and is answered the same way.
BEAT_SECONDS, SILENCE_SECONDS = 5, 60


class Failed(Exception):
    """Why it cannot go on: a code of a closed list (file-copy.ts), and a sentence."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def failure_of(error):
    """The code and the sentence of any error."""
    if isinstance(error, Failed):
        return error.code, str(error)
    if isinstance(error, (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)):
        return "stalled", "nothing went through for too long"
    if isinstance(error, ssl.SSLError):
        return "not-trusted", "the other side is not the one it should be: %s" % error
    if isinstance(error, (ConnectionError, EOFError, socket.timeout)):
        return "broken", "the connection broke: %s" % (error or type(error).__name__)
    if isinstance(error, OSError):
        codes = {errno.ENOSPC: "disk-full", errno.EDQUOT: "disk-full", errno.ENOENT: "no-file", errno.EEXIST: "exists"}
        codes.update({errno.EACCES: "denied", errno.EPERM: "denied", errno.EROFS: "denied"})
        codes.update({errno.ETIMEDOUT: "broken", errno.EHOSTUNREACH: "broken", errno.ENETUNREACH: "broken"})
        return codes.get(error.errno, "other"), str(error)
    return "other", "%s: %s" % (type(error).__name__, error)


class Digest:
    """SHA-256 over the CRC-32 of each mebibyte that is not all zeros, with its number, then the length of the file: any
    layout of holes is alike. Must be what sparse-digest.ts makes."""

    def __init__(self):
        self.hash, self.number, self.filled, self.crc = hashlib.sha256(), 0, 0, 0

    def add(self, offset, view):
        """In the order of the file; what is left out is zeros."""
        while view:
            number, inside = divmod(offset, PIECE)
            if number != self.number:
                self.end_piece(PIECE)
                self.number = number
            self.fill(inside)
            part = view[: PIECE - inside]
            self.crc = zlib.crc32(part, self.crc)
            self.filled, offset, view = inside + len(part), offset + len(part), view[len(part) :]

    def fill(self, upto):
        if self.filled < upto:
            self.crc, self.filled = zlib.crc32(ZEROS[: upto - self.filled], self.crc), upto

    def end_piece(self, count):
        if self.filled > 0:
            self.fill(count)
            if self.crc != (ZEROS_CRC if count == PIECE else zlib.crc32(ZEROS[:count])):
                self.hash.update(PIECE_SUM.pack(self.number, self.crc))
        self.filled, self.crc = 0, 0

    def so_far(self):
        """Of whole pieces."""
        self.end_piece(PIECE)
        return self.hash.hexdigest()

    def end(self, length):
        self.end_piece(min(PIECE, length - self.number * PIECE))
        self.hash.update(struct.pack("<Q", length))
        return self.hash.hexdigest()


def data_pieces(fd, start, length):
    """Where a file has data: offset and count, blocks whole, holes left out."""
    at = start
    while at < length:
        try:
            first = os.lseek(fd, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        last = os.lseek(fd, first, os.SEEK_HOLE)
        at = max(at, first - first % BLOCK)
        stop = min(length, -(-last // BLOCK) * BLOCK)
        while at < stop:
            count = min(PIECE - at % PIECE, stop - at)
            yield at, count
            at += count


def digest_of_begin(fd, length):
    """The digest of a file's first bytes, so far: it can go on from there."""
    digest = Digest()
    for offset, count in data_pieces(fd, 0, length):
        read = os.pread(fd, count, offset)
        if len(read) < count:
            raise Failed("source-changed", "the file became shorter while it was read")
        digest.add(offset, memoryview(read))
    return digest


class Stage(threading.Thread):
    """A worker on pieces, in their order. An error is kept and thrown to whoever puts or joins."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.pieces, self.error = work, queue.Queue(PIECES_IN_FLIGHT), None
        self.start()

    def put(self, *piece):
        if self.error is not None:
            raise self.error
        self.pieces.put(piece)

    def run(self):
        while True:
            piece = self.pieces.get()
            if piece is None:
                return
            if self.error is None:
                try:
                    self.work(*piece)
                except BaseException as error:
                    self.error = error

    def finish(self):
        self.pieces.put(None)
        self.join()
        if self.error is not None:
            raise self.error


def patient(sock, stall_seconds):
    """Blocks, but not for ever: the kernel ends a wait that nothing goes through in."""
    sock.setblocking(True)
    limit = struct.pack("ll", int(stall_seconds), int(stall_seconds % 1 * 1e6))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(stall_seconds * 1000))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read_exactly(read_into, view):
    at = 0
    while at < len(view):
        count = read_into(view[at:])
        if not count:
            raise EOFError("the other side ended early")
        at += count


def read_line(sock):
    """One JSON line of the other side; byte by byte, because what follows is not of this reader."""
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte or len(line) > 4096:
            raise EOFError("the other side ended before it said anything")
        line += byte
    return json.loads(line)


def write_line(sock, value):
    sock.sendall(json.dumps(value).encode() + b"\n")


def say(**what):
    with say.lock:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


say.lock = threading.Lock()


def end_now(code):
    # Threads may hang in reads and writes: nothing of them is waited for.
    os._exit(code)


def follow_orders(begin):
    """Reads orders. The first begins the work, in a thread; others go to it. Ends, at once, when its input does."""
    orders = queue.Queue()

    def work():
        try:
            begin(orders.get(), orders)
        except BaseException as error:
            code, message = failure_of(error)
            say(failed=code, message=message)

    threading.Thread(target=work, daemon=True).start()
    say(ready={"python": "%d.%d.%d" % sys.version_info[:3], "zstd": has_zstd(), "root": os.geteuid() == 0})
    rest = b""
    while True:
        if not select.select([0], [], [], SILENCE_SECONDS)[0]:
            end_now(3)
        got = os.read(0, 65536)
        if not got:
            end_now(0)
        *lines, rest = (rest + got).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if order:
                orders.put(order)
            else:
                say()


def widen(*pipes):
    """Lets a pipe hold a whole piece rather than 64 KiB, as far as the system allows it: its ends take turns less often."""
    for pipe in pipes:
        try:
            fcntl.fcntl(pipe, F_SETPIPE_SZ, PIECE)
        except OSError:
            pass


def has_zstd():
    try:
        return subprocess.run(["zstd", "-V"], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False

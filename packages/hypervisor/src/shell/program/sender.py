"""The sender: reads a file on the source, and sends what is data of it to the receiver."""

# Read and hashed in turn while it is still in the processor's own cache.
SLICE = 256 * 1024


class Wire:
    """The connection, with a limit of bytes a second and a count of what went through."""

    def __init__(self, sock, rate):
        self.sock, self.rate = sock, rate
        # What is encrypted goes through this program.
        self.sends_files = isinstance(sock, socket.socket)
        self.bytes, self.due = 0, time.monotonic()

    def pace(self, count):
        self.bytes += count
        if self.rate is None:
            return
        now = time.monotonic()
        # A wait that came late is made good, a longer pause is not.
        self.due = max(self.due, now - 0.2) + count / self.rate
        if self.due > now:
            time.sleep(self.due - now)

    def send(self, data):
        self.pace(len(data))
        self.sock.sendall(data)

    def send_file(self, head, fd, offset, count):
        """A part of the file that the system itself brings from its cache to the connection; not encrypted."""
        self.pace(len(head) + count)
        self.sock.sendall(head, socket.MSG_MORE)
        stop = offset + count
        while offset < stop:
            sent = send_from(fd, self.sock, offset, stop - offset)
            if sent == 0:
                raise Failed("source-changed", "the file became shorter while it was sent")
            offset += sent

    def receiver_limited(self):
        """The share of the time in which the receiver, and not the network, held the connection up (tcp_info)."""
        info = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        if len(info) < 192:
            return 0.0
        busy, window = struct.unpack_from("QQ", info, 168)
        return window / busy if busy else 0.0


class Plain:
    """Frames as they are."""

    def __init__(self, wire):
        self.wire = wire

    def frame(self, kind, offset, data):
        self.wire.send(FRAME.pack(kind, offset, len(data)))
        self.wire.send(data)

    def end(self):
        pass


class Packed:
    """Frames through a compressor: their bytes travel in frames of another kind."""

    def __init__(self, wire, method):
        self.wire = wire
        self.compress = zlib.compressobj(1) if method == "zlib" else None
        if self.compress is None:
            self.program = subprocess.Popen(["zstd", "-1", "-q", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            widen(self.program.stdin, self.program.stdout)
            self.pump = Stage(self.forward)
            self.pump.put()

    def forward(self):
        try:
            while True:
                data = os.read(self.program.stdout.fileno(), 256 * 1024)
                if not data:
                    return
                self.packed(data)
        except BaseException:
            # Whoever writes into it would wait for ever.
            self.program.kill()
            raise

    def packed(self, data):
        if data:
            self.wire.send(FRAME.pack(PACKED, 0, len(data)) + data)

    def frame(self, kind, offset, data):
        for part in (FRAME.pack(kind, offset, len(data)), data):
            if self.compress is not None:
                self.packed(self.compress.compress(part))
                continue
            try:
                self.program.stdin.write(part)
            except BrokenPipeError:
                self.pump.finish()
                raise

    def end(self):
        if self.compress is not None:
            self.packed(self.compress.flush())
        else:
            self.program.stdin.close()
            self.pump.finish()
            if self.program.wait() != 0:
                raise Failed("other", "zstd ended with %d" % self.program.returncode)
        self.wire.send(FRAME.pack(PACKED_END, 0, 0))


class Reading(threading.Thread):
    """Reads and hashes what is data of the file, some pieces ahead of the sending, and keeps what it read where that is
    sent, rather than the file itself."""

    def __init__(self, fd, start, length, digest, keeps):
        super().__init__(daemon=True)
        self.fd, self.part, self.digest, self.keeps = fd, (start, length), digest, keeps
        self.done, self.free = queue.Queue(PIECES_IN_FLIGHT), queue.SimpleQueue()
        for _ in range(PIECES_IN_FLIGHT):
            self.free.put(bytearray(PIECE))
        self.start()

    def run(self):
        passing = memoryview(bytearray(SLICE))
        try:
            for offset, count in data_pieces(self.fd, *self.part):
                buffer = self.free.get() if self.keeps else None
                for at in range(0, count, SLICE):
                    part = passing if buffer is None else memoryview(buffer)[at:]
                    part = part[: min(SLICE, count - at)]
                    read_file(self.fd, part, offset + at)
                    self.digest.add(offset + at, part)
                self.done.put((offset, count, buffer))
            self.done.put(None)
        except BaseException as error:
            self.done.put(error)

    def pieces(self):
        """Offset, count, and what was read if it was kept."""
        while True:
            piece = self.done.get()
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece


class Sending:
    def __init__(self, order, orders):
        self.order, self.orders = order, orders
        self.compression, self.sent, self.began = None, 0, time.monotonic()
        self.done = threading.Event()

    def run(self):
        fd = os.open(self.order["path"], os.O_RDONLY | os.O_CLOEXEC)
        before = os.fstat(fd)
        length = before.st_size
        wanted = self.order["from"] if self.order["from"] <= length else 0
        digest = digest_of_begin(fd, wanted)
        wire, start = self.connect(length, wanted, digest)
        if start == 0:
            digest = Digest()
        say(began={"from": start, "length": length, "modifiedNs": str(before.st_mtime_ns)})
        threading.Thread(target=self.report, args=(wire,), daemon=True).start()
        self.send_all(fd, wire, start, before, digest)
        # The receiver answers once all of it is on its disk.
        answer = {}
        while not answer:
            answer = read_line(wire.sock)
        if "failed" in answer:
            raise Failed(answer["failed"], answer["message"])
        self.done.set()
        say(sent={"digest": digest.end(length), "bytes": self.sent, "wireBytes": wire.bytes})

    def connect(self, length, wanted, digest):
        order = self.order
        try:
            sock = socket.create_connection((order["address"], order["port"]), order["connectSeconds"])
        except OSError as error:
            raise Failed("no-connection", "%s port %d: %s" % (order["address"], order["port"], error))
        patient(sock, order["stallSeconds"])
        if order["tls"] is not None:
            sock = Encrypted(sock, order["tls"], False)
        prefix = digest.so_far() if wanted else ""
        write_line(sock, {"token": order["token"], "from": wanted, "prefix": prefix, "length": length})
        return Wire(sock, order["rate"]), read_line(sock)["from"]

    def send_all(self, fd, wire, start, before, digest):
        self.compression, length = self.order["compression"], before.st_size
        out = Plain(wire)
        reading = Reading(fd, start, length, digest, not wire.sends_files)
        for offset, count, buffer in reading.pieces():
            self.heed()
            if self.compression is not None and isinstance(out, Plain):
                method = self.compression.encode()
                wire.send(FRAME.pack(COMPRESSED, 0, len(method)) + method)
                out, reading.keeps = Packed(wire, self.compression), True
            if buffer is None and isinstance(out, Plain):
                # Were it not what was hashed that goes to the receiver, the digests would differ.
                wire.send_file(FRAME.pack(DATA, offset, count), fd, offset, count)
            else:
                view = memoryview(buffer or bytearray(count))[:count]
                if buffer is None:
                    read_file(fd, view, offset)
                out.frame(DATA, offset, view)
                reading.free.put(buffer or bytearray(PIECE))
            self.sent += count
        end = {"digest": copy_of(digest).end(length), "changed": changes(before, os.fstat(fd))}
        out.frame(END, length, json.dumps(end).encode())
        out.end()

    def heed(self):
        """Later orders: to compress from here on."""
        while not self.orders.empty():
            order = self.orders.get()
            if "compression" in order:
                self.compression = order["compression"]

    def report(self, wire):
        while not self.done.wait(0.25):
            seconds = time.monotonic() - self.began
            say(progress={"bytes": self.sent, "wireBytes": wire.bytes, "seconds": round(seconds, 3),
                          "receiverLimited": round(wire.receiver_limited(), 3)})


def read_file(fd, view, offset):
    if os.preadv(fd, [view], offset) != len(view):
        raise Failed("source-changed", "the file became shorter while it was read")


def changes(before, after):
    """What of the file is not as it was; None: nothing."""
    if (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns):
        return None
    values = (before.st_size, before.st_mtime_ns, after.st_size, after.st_mtime_ns)
    return "it was %d bytes, changed at %d ns; now %d and %d" % values


def send_from(fd, sock, offset, count):
    try:
        return os.sendfile(sock.fileno(), fd, offset, count)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS):
            raise
        # Not every file system lets it.
        data = os.pread(fd, count, offset)
        sock.sendall(data)
        return len(data)


def copy_of(digest):
    other = Digest()
    other.hash, other.number, other.filled, other.crc = digest.hash.copy(), digest.number, digest.filled, digest.crc
    return other


follow_orders(lambda order, orders: Sending(order, orders).run())

"""The sender: reads a file on the source, and sends what is data of it to the receiver."""


class Wire:
    """The connection, with a limit of bytes a second and a count of what went through."""

    def __init__(self, sock, rate):
        self.sock, self.rate = sock, rate
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
        self.send_all(fd, wire, start, length, digest)
        after = os.fstat(fd)
        if (after.st_size, after.st_mtime_ns) != (length, before.st_mtime_ns):
            values = "%d bytes, changed at %d ns" % (length, before.st_mtime_ns)
            raise Failed("source-changed", "it was %s; now %d and %d" % (values, after.st_size, after.st_mtime_ns))
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
            sock = encrypted(sock, order["tls"], False)
        prefix = digest.so_far() if wanted else ""
        write_line(sock, {"token": order["token"], "from": wanted, "prefix": prefix, "length": length})
        return Wire(sock, order["rate"]), read_line(sock)["from"]

    def send_all(self, fd, wire, start, length, digest):
        self.compression = self.order["compression"]
        out = Plain(wire)
        free = queue.Queue()
        for _ in range(PIECES_IN_FLIGHT):
            free.put(bytearray(PIECE))

        def hash_piece(offset, count, buffer):
            digest.add(offset, memoryview(buffer)[:count])
            free.put(buffer)

        hashing = Stage(hash_piece)
        for offset, count in data_pieces(fd, start, length):
            self.heed()
            if self.compression is not None and isinstance(out, Plain):
                method = self.compression.encode()
                wire.send(FRAME.pack(COMPRESSED, 0, len(method)) + method)
                out = Packed(wire, self.compression)
            buffer = free.get()
            view = memoryview(buffer)[:count]
            read_file(fd, view, offset)
            out.frame(DATA, offset, view)
            hashing.put(offset, count, buffer)
            self.sent += count
        hashing.finish()
        out.frame(END, length, json.dumps({"digest": copy_of(digest).end(length)}).encode())
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


def copy_of(digest):
    other = Digest()
    other.hash, other.number, other.filled, other.crc = digest.hash.copy(), digest.number, digest.filled, digest.crc
    return other


follow_orders(lambda order, orders: Sending(order, orders).run())

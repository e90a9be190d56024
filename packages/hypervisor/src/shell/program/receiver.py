"""The receiver: writes the file on the target under a name of its own, and gives it its true name when it is whole."""

import hmac, ipaddress

# A connection must have said who it is by then; so many may be about to.
GREETING_SECONDS, MOST_GREETINGS = 10, 64


class Receiving:
    def __init__(self, order, orders):
        self.order, self.orders = order, orders
        self.part, self.fd, self.received, self.length = order["part"], -1, 0, 0

    def run(self):
        self.open_part()
        have = os.fstat(self.fd).st_size
        have -= have % PIECE
        listener, port = self.listen()
        say(listening={"port": port, "have": have})
        # Both sides read what is there already, at the same time.
        digest = digest_of_begin(self.fd, have)
        sock, hello = self.accept(listener)
        listener.close()
        if not (0 < hello["from"] == have and hmac.compare_digest(hello["prefix"], digest.so_far())):
            have, digest = 0, Digest()
        os.ftruncate(self.fd, have)
        write_line(sock, {"from": have})
        try:
            ended = self.receive_all(sock, digest)
            os.ftruncate(self.fd, hello["length"])
            self.sync(sock)
            found = digest.end(hello["length"])
            if ended["changed"] is not None:
                raise Failed("source-changed", ended["changed"])
            if found != ended["digest"]:
                os.ftruncate(self.fd, 0)
                raise Failed("differs", "sent %s, received %s" % (ended["digest"], found))
            write_line(sock, {"digest": found})
        except BaseException as error:
            code, message = failure_of(error)
            try:
                write_line(sock, {"failed": code, "message": message})
            except OSError:
                pass
            raise
        say(received={"digest": found, "bytes": self.received})
        while "publish" not in self.orders.get():
            pass
        self.publish()
        say(published={})

    def sync(self, sock):
        """Waits until the disk has all of it, and tells the sender meanwhile that it is not forgotten."""
        syncing = Stage(os.fsync)
        syncing.put(self.fd)
        syncing.pieces.put(None)
        while syncing.is_alive():
            syncing.join(BEAT_SECONDS)
            if syncing.is_alive():
                write_line(sock, {})
        if syncing.error is not None:
            raise syncing.error

    def open_part(self):
        path = self.order["path"]
        if os.path.lexists(path):
            # A try before this one came as far as giving it its name: it goes on from there, and is compared again.
            if is_same_file(path, self.part):
                os.unlink(path)
            elif self.order["mine"]:
                os.rename(path, self.part)
            else:
                raise Failed("exists", "%s stands there already, and is not of this migration" % path)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self.fd = os.open(self.part, flags, 0o600)
        until = time.monotonic() + self.order["stallSeconds"]
        while True:
            try:
                return fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # One of a controller that is gone ends by itself soon.
                if time.monotonic() > until:
                    raise Failed("busy", "another copy writes %s" % self.part)
                time.sleep(0.1)

    def listen(self):
        address = own_address(self.order["address"])
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        first, last = self.order["ports"]
        # From the end: the hypervisor takes its ports of the same range from the begin.
        for port in range(last, first - 1, -1):
            listener = socket.socket(family, socket.SOCK_STREAM)
            try:
                listener.bind((address, port))
                listener.listen(MOST_GREETINGS)
                return listener, port
            except OSError as error:
                listener.close()
                if error.errno == errno.EADDRNOTAVAIL:
                    raise Failed("no-connection", "%s is no address of this host" % address)
                if error.errno != errno.EADDRINUSE:
                    raise
        raise Failed("no-connection", "no port from %d to %d is free" % (first, last))

    def accept(self, listener):
        """The connection of the one who knows the token. Others are let go of, and none of them keeps him waiting: each is
        heard by itself, and for so long."""
        until, found, greeting = time.monotonic() + self.order["stallSeconds"], queue.Queue(), []
        while found.empty():
            greeting = [one for one in greeting if one[0].is_alive()]
            left = until - time.monotonic()
            if left <= 0:
                raise Failed("no-connection", "nobody connected")
            if not select.select([listener], [], [], min(left, 0.1))[0]:
                continue
            sock, _ = listener.accept()
            if len(greeting) >= MOST_GREETINGS:
                cut(greeting.pop(0)[1])
            thread = threading.Thread(target=self.greet, args=(sock, found), daemon=True)
            greeting.append((thread, sock))
            thread.start()
        connection, hello, mine = found.get()
        for _, sock in greeting:
            if sock is not mine:
                cut(sock)
        return connection, hello

    def greet(self, sock, found):
        late = threading.Timer(min(GREETING_SECONDS, self.order["stallSeconds"]), cut, (sock,))
        late.daemon = True
        late.start()
        try:
            patient(sock, min(GREETING_SECONDS, self.order["stallSeconds"]))
            tls = self.order["tls"]
            connection = sock if tls is None else Encrypted(sock, tls, True)
            hello = read_line(connection)
            if hmac.compare_digest(str(hello.get("token")), self.order["token"]):
                self.length = whole_number(hello["length"])
                whole_number(hello["from"])
                late.cancel()
                patient(sock, self.order["stallSeconds"])
                return found.put((connection, hello, sock))
        except (OSError, EOFError, ValueError, AttributeError, KeyError, TypeError):
            pass
        finally:
            late.cancel()
        sock.close()

    def receive_all(self, sock, digest):
        writing = Writing(self.fd)

        def hash_piece(offset, count, buffer):
            digest.add(offset, memoryview(buffer)[:count])
            writing.put(offset, count, buffer)

        hashing = Stage(hash_piece)
        try:
            return self.read_frames(sock, sock.recv_into, hashing, writing)
        finally:
            # Also what came before it broke off is brought to the file: the next try goes on behind it.
            try:
                hashing.finish()
            finally:
                writing.finish()

    def read_frames(self, sock, read_into, hashing, writing):
        """Takes frames until the end is told; compressed ones are unpacked and read by the same rules."""
        head, last = memoryview(bytearray(FRAME.size)), -1
        while True:
            read_exactly(read_into, head)
            kind, offset, count = FRAME.unpack(head)
            if kind == COMPRESSED and sock is not None:
                return self.read_packed(sock, bytes(taken(read_into, count, 16)).decode(), hashing, writing)
            if kind == END:
                return json.loads(bytes(taken(read_into, count, 4096)))
            inside = offset + count <= self.length
            if kind != DATA or count > PIECE or offset % BLOCK != 0 or offset <= last or not inside:
                raise Failed("other", "a frame that makes no sense: kind %d, %d bytes at %d" % (kind, count, offset))
            last = offset
            buffer = memory_of(writing.free, hashing, writing)
            read_exactly(read_into, memoryview(buffer)[:count])
            hashing.put(offset, count, buffer)
            self.received += count

    def read_packed(self, sock, method, hashing, writing):
        unpack = Unpacking(method)
        ended = []

        def read_inner():
            try:
                ended.append(self.read_frames(None, unpack.read_into, hashing, writing))
            except BaseException:
                # Whoever writes into it would wait for ever.
                unpack.give_up()
                raise

        inner = Stage(read_inner)
        inner.put()
        head = memoryview(bytearray(FRAME.size))
        while True:
            read_exactly(sock.recv_into, head)
            kind, _, count = FRAME.unpack(head)
            if kind == PACKED_END:
                break
            packed = taken(sock.recv_into, count, PIECE)
            try:
                unpack.write(packed)
            except BrokenPipeError:
                inner.finish()
                raise
        unpack.end()
        inner.finish()
        return ended[0]

    def publish(self):
        """The file gets its owner and its true name; one that stands there is never replaced."""
        owner, path = self.order["owner"], self.order["path"]
        if owner is not None:
            os.fchown(self.fd, owner["uid"], owner["gid"])
        os.fchmod(self.fd, 0o600)
        os.fsync(self.fd)
        os.link(self.part, path)
        os.unlink(self.part)
        directory = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(directory)
        os.close(directory)


class Unpacking:
    """A decompressor between two threads: one writes what came, the other reads what it was."""

    def __init__(self, method):
        if method == "zstd":
            self.program = subprocess.Popen(["zstd", "-d", "-q", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.out = self.program.stdout
            widen(self.program.stdin, self.program.stdout)
            self.write = self.program.stdin.write
            self.end = self.program.stdin.close
            self.give_up = self.program.kill
        else:
            unpack = zlib.decompressobj()
            reading, writing = os.pipe()
            widen(reading)
            self.out, into = os.fdopen(reading, "rb"), os.fdopen(writing, "wb")

            def write(data):
                # A mebibyte of it may be a gibibyte: never more than a piece at once.
                while data:
                    into.write(unpack.decompress(data, PIECE))
                    data = unpack.unconsumed_tail

            self.write = write
            self.end = into.close
            self.give_up = self.out.close

    def read_into(self, view):
        return self.out.readinto(view)


def own_address(told):
    """Where to listen: the address that the sender is told, and no other. A name that means this host's loopback here (its
    own name often does) means something else there: then it is the address by which the controller has come."""
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        pass
    try:
        known = [entry[4][0] for entry in socket.getaddrinfo(told, None, type=socket.SOCK_STREAM)]
    except OSError:
        known = []
    for address in known:
        if not ipaddress.ip_address(address.split("%")[0]).is_loopback:
            return address
    came = os.environ.get("SSH_CONNECTION", "").split()
    if len(came) == 4:
        return came[2]
    raise Failed("no-connection", "%s leads to no address of this host" % told)


def cut(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def whole_number(value):
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def is_same_file(one, other):
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except FileNotFoundError:
        return False


def taken(read_into, count, most):
    if count > most:
        raise Failed("other", "a frame of %d bytes" % count)
    data = memoryview(bytearray(count))
    read_exactly(read_into, data)
    return data


follow_orders(lambda order, orders: Receiving(order, orders).run())

"""TLS between sender and receiver."""

# Records hold 16 KiB at most: so many of them are made, or taken from the connection, at once.
RECORDS_BYTES = 512 * 1024


class Encrypted:
    """TLS in which each side shows the one certificate that was made for this copy, and believes no other. The library's
    own socket asks the system once for each record that it sends and twice for each that it reads; here records come and
    go through memory."""

    def __init__(self, sock, pem, server):
        self.sock, self.getsockopt, self.close = sock, sock.getsockopt, sock.close
        self.coming, self.going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.records = memoryview(bytearray(RECORDS_BYTES))
        self.tls = tls_context(pem, server).wrap_bio(self.coming, self.going, server_side=server)
        self.shake_hands()

    def shake_hands(self):
        while True:
            try:
                self.tls.do_handshake()
                return self.flush()
            except ssl.SSLWantReadError:
                self.flush()
                self.fill()
            except ssl.SSLError:
                # The other side is told why, as far as it still listens.
                try:
                    self.flush()
                except OSError:
                    pass
                raise

    def flush(self):
        if self.going.pending:
            self.sock.sendall(self.going.read())

    def fill(self):
        count = self.sock.recv_into(self.records)
        if count == 0:
            raise EOFError("the other side ended early")
        self.coming.write(self.records[:count])

    def sendall(self, data):
        view = memoryview(data)
        for at in range(0, len(view), RECORDS_BYTES):
            self.tls.write(view[at : at + RECORDS_BYTES])
            self.flush()

    def recv_into(self, view):
        """As a socket's: waits for something, and takes what has come as far as it fits; 0 when the other side has ended."""
        at = 0
        while at < len(view):
            try:
                count = self.tls.read(len(view) - at, view[at:])
            except ssl.SSLWantReadError:
                if at > 0:
                    break
                self.flush()
                self.fill()
                continue
            if count == 0:
                break
            at += count
        return at

    def recv(self, count):
        data = bytearray(count)
        return bytes(data[: self.recv_into(memoryview(data))])


def tls_context(pem, server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=pem["certificate"])
    # The library reads the key from a path only. This one is memory, and never on a disk.
    key = os.memfd_create("key") if hasattr(os, "memfd_create") else os.open("/dev/shm", os.O_TMPFILE | os.O_RDWR, 0o600)
    try:
        os.write(key, (pem["key"] + pem["certificate"]).encode())
        context.load_cert_chain("/proc/self/fd/%d" % key)
    finally:
        os.close(key)
    return context

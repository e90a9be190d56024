"""How the receiver brings pieces to the disk."""

import mmap

PIECES_IN_A_WRITE = 8
# Where the page cache cannot be passed by, the disk is made to write that often, so that little is left for the end.
UNWRITTEN_BYTES = 64 * 1024 * 1024


class Writing(Stage):
    """Writes pieces in their order, past the page cache where the file system lets it: the data is copied once less, what
    others have in the cache stays there, and little is left to wait for at the end. Pieces that adjoin and have come while
    the disk was busy are one write, so that a slow disk has many blocks to do at once. What is zero stays a hole."""

    def __init__(self, fd):
        self.fd, self.free = fd, queue.SimpleQueue()
        self.views, self.buffers, self.first, self.last = [], [], 0, 0
        self.direct = set_direct(fd, True)
        self.flushing = None if self.direct else Flushing(fd)
        for _ in range(2 * PIECES_IN_FLIGHT + PIECES_IN_A_WRITE):
            # Of whole pages, as the disk wants it.
            self.free.put(mmap.mmap(-1, PIECE))
        super().__init__(self.take)

    def take(self, offset, count, buffer):
        # Only the end of a file fills no block; what is written behind it is cut off in the end.
        whole = -(-count // BLOCK) * BLOCK
        view = memoryview(buffer)[:whole]
        view[count:] = ZEROS[: whole - count]
        for start, stop in runs_of_data(view):
            if self.last != offset + start:
                self.write()
                self.first = self.last = offset + start
            self.views.append(view[start:stop])
            self.last += stop - start
        self.buffers.append(buffer)
        if self.pieces.empty() or len(self.buffers) >= PIECES_IN_A_WRITE:
            self.write()

    def write(self):
        at = self.first
        while self.views:
            count = self.write_some(at)
            at += count
            while self.views and count >= len(self.views[0]):
                count -= len(self.views.pop(0))
            if count > 0:
                self.views[0] = self.views[0][count:]
        if self.flushing is not None:
            self.flushing.count(at - self.first)
        self.first = self.last
        while self.buffers:
            self.free.put(self.buffers.pop())

    def write_some(self, at):
        try:
            return os.pwritev(self.fd, self.views, at)
        except OSError as error:
            if error.errno != errno.EINVAL or not self.direct:
                raise
            # It was let, and yet cannot be: as if it had not been let.
            self.direct = set_direct(self.fd, False)
            self.flushing = Flushing(self.fd)
            return os.pwritev(self.fd, self.views, at)

    def finish(self):
        super().finish()
        self.write()
        if self.flushing is not None:
            self.flushing.finish()
        set_direct(self.fd, False)


class Flushing(Stage):
    """Has the disk write while more comes, so that little is left to wait for at the end."""

    def __init__(self, fd):
        super().__init__(lambda: os.fdatasync(fd))
        self.unwritten = 0

    def count(self, written):
        self.unwritten += written
        if self.unwritten >= UNWRITTEN_BYTES and self.pieces.empty():
            self.unwritten = 0
            self.put()


def memory_of(free, *stages):
    """Memory that the stages have given back. Throws what one of them has failed with, for then none may come back."""
    while True:
        for stage in stages:
            if stage.error is not None:
                raise stage.error
        try:
            return free.get(timeout=0.5)
        except queue.Empty:
            pass


def set_direct(fd, wanted):
    """Whether what is written to the file goes past the page cache from now on."""
    flags = fcntl.fcntl(fd, fcntl.F_GETFL) & ~os.O_DIRECT
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | (os.O_DIRECT if wanted else 0))
    except OSError:
        return False
    return wanted


def is_zero(block):
    # Nearly every block of data differs at its first or last byte; only the others are looked at whole.
    return block[0] == 0 and block[-1] == 0 and block == ZEROS[: len(block)]


def runs_of_data(view):
    """The parts of a piece that are not zeros, by blocks."""
    start = None
    for at in range(0, len(view), BLOCK):
        if is_zero(view[at : at + BLOCK]):
            if start is not None:
                yield start, at
                start = None
        elif start is None:
            start = at
    if start is not None:
        yield start, len(view)

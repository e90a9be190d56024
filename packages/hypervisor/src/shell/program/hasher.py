"""The hasher: reads a file on its host, and tells its digest and what it was like while it was read."""


def hash_file(order, _orders):
    fd = os.open(order["path"], os.O_RDONLY | os.O_CLOEXEC)
    before = os.fstat(fd)
    digest = digest_of_begin(fd, before.st_size).end(before.st_size)
    after = os.fstat(fd)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Failed("source-changed", "%s changed while it was read" % order["path"])
    # As libvirt tells the time of a volume: seconds and, where there are any, nanoseconds.
    seconds, rest = divmod(before.st_mtime_ns, 10**9)
    changed = "%d.%09d" % (seconds, rest) if rest else "%d" % seconds
    say(hashed={"digest": digest, "lengthBytes": before.st_size, "changedAt": changed})


follow_orders(hash_file)

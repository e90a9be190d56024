"""The measurements of node-client.ts with Debian's python3-libvirt: one line of JSON for each run on stdin's command."""

import json
import sys
import threading
import time

import libvirt


def latency(uri, calls):
    """Milliseconds of each of so many small calls, one after another."""
    connection = libvirt.open(uri)
    domain = connection.lookupByName("test")
    for _ in range(200):
        domain.state()
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        domain.state()
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
    return times


def rate(uri, calls, in_flight):
    """Calls a second with so many in flight, each by a thread of its own: the binding has no other way."""
    connection = libvirt.open(uri)
    domain = connection.lookupByName("test")

    def work(count):
        for _ in range(count):
            domain.state()

    work(200)
    threads = [threading.Thread(target=work, args=(calls // in_flight,)) for _ in range(in_flight)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    connection.close()
    return calls // in_flight * in_flight / seconds


def inventory(uri):
    """Milliseconds to list all domains and read the XML of each; and how many there were."""
    connection = libvirt.open(uri)
    start = time.perf_counter()
    domains = connection.listAllDomains()
    length = sum(len(domain.XMLDesc()) for domain in domains)
    milliseconds = (time.perf_counter() - start) * 1000
    connection.close()
    return {"ms": milliseconds, "domains": len(domains), "characters": length}


def download(uri, path):
    """MB a second of a volume read through a stream and dropped."""
    connection = libvirt.open(uri)
    volume = connection.storageVolLookupByPath(path)
    stream = connection.newStream()
    total = 0
    start = time.perf_counter()
    volume.download(stream, 0, 0)
    while True:
        piece = stream.recv(262120)
        if len(piece) == 0:
            break
        total += len(piece)
    stream.finish()
    seconds = time.perf_counter() - start
    connection.close()
    return total / 1e6 / seconds


def upload(uri, path, source):
    """MB a second of a file written to a volume through a stream."""
    connection = libvirt.open(uri)
    volume = connection.storageVolLookupByPath(path)
    stream = connection.newStream()
    total = 0
    start = time.perf_counter()
    volume.upload(stream, 0, 0)
    with open(source, "rb") as file:
        while True:
            piece = file.read(262120)
            if not piece:
                break
            sent = 0
            while sent < len(piece):
                sent += stream.send(piece[sent:])
            total += len(piece)
    stream.finish()
    seconds = time.perf_counter() - start
    connection.close()
    return total / 1e6 / seconds


measurements = {
    "latency": latency,
    "rate": rate,
    "inventory": inventory,
    "download": download,
    "upload": upload,
}
for line in sys.stdin:
    name, *arguments = json.loads(line)
    print(json.dumps(measurements[name](*arguments)), flush=True)

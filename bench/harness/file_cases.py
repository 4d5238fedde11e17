"""Files: large ones, small ones, and lists, against a bare server on the same disk."""

import os
import socket
import threading
import time
from urllib.parse import urlsplit

from .process import Server
from .subject import ADMIN
from .tools import Failure

OURS, BARE, AT_ONCE = "Mainstay", "bare files", "20 at once, Mainstay"
MILLION, THOUSAND = "of a million", "of a thousand"
BUCKET = "bench"
PIECE = 1 << 20
TOGETHER = 20
SMALL = b"four kibibytes.." * 256

# Rows like the one that an upload made, with keys of their own.
SEED_BLOBS = """
INSERT INTO blobs (id, bucket, status, since)
SELECT md5('{bucket}' || n)::uuid, '{bucket}', 'kept', 0 FROM generate_series(1, {files}) AS n
"""
SEED_FILES = """
INSERT INTO files (id, bucket_id, key, owner, blob, size, media_type, declared_type, sha256, metadata, status,
                   version, created_at, updated_at)
SELECT md5('{bucket}' || n)::uuid, f.bucket_id, convert_to('f/' || lpad(n::text, 7, '0'), 'UTF8'), f.owner,
       md5('{bucket}' || n)::uuid, f.size, f.media_type, f.declared_type, f.sha256, f.metadata, f.status,
       1, f.created_at, f.updated_at
FROM generate_series(1, {files}) AS n,
     (SELECT * FROM files WHERE bucket_id = (SELECT id FROM buckets WHERE name = '{bucket}') LIMIT 1) AS f
"""


class FileBench:
    """What the cases of files need: the bare server, buckets, and a large file to send."""

    def __init__(self, world):
        self.world, self.subject = world, world.subjects["Mainstay"]
        folder = world.folder / "bare-files"
        command = [world.tools.binaries / "bare_files"]
        environment = {"DATABASE_URL": world.database("mainstay_bench_files"), "FOLDER": str(folder)}
        self.bare = Server(command, environment, world.folder, world.options.pin)
        self.bare.start()
        self.folder, self.numbers = folder, 0
        self.client = self.subject.client()
        self.bucket(BUCKET)
        self.large = world.folder / "large"
        with open(self.large, "wb") as large:
            for _ in range(world.options.file_mb):
                large.write(os.urandom(PIECE))
        self.lists_are_seeded = False

    def token(self):
        """Access tokens do not outlive a long run."""
        return self.subject.login(ADMIN)["access_token"]

    def bucket(self, name):
        """A bucket without limits."""
        self.client.call("POST", "/api/v1/storage/buckets", {"name": name}, self.token(), expect=(201,))

    def server(self, variant):
        """Whose CPU and memory counts."""
        return self.bare if variant == BARE else self.subject.server

    def place(self, variant, kind, name):
        """Where a file is written to, and read from."""
        if variant == BARE:
            return self.bare.url(f"/files/{name}" if kind == "read" else f"/{kind}/{name}")
        return self.subject.server.url(f"/api/v1/storage/buckets/{BUCKET}/files/{name}")

    def fresh(self):
        """A name that nothing has yet."""
        self.numbers += 1
        return f"n{self.numbers}"

    def seed_lists(self):
        """A bucket with a million files, and one with a thousand."""
        if self.lists_are_seeded:
            return
        url = next(url for url in self.world.urls if url.endswith("/mainstay_bench"))
        for bucket, files in (("million", 1_000_000), ("thousand", 1000)):
            self.bucket(bucket)
            place = self.subject.server.url(f"/api/v1/storage/buckets/{bucket}/files/template")
            send(place, self.token(), SMALL)
            for statements in (SEED_BLOBS, SEED_FILES):
                self.world.tools.sql(url, statements.format(bucket=bucket, files=files))
        # Both: plans made for a few rows would be kept for a million.
        for table in ("files", "blobs"):
            self.world.tools.sql(url, f"VACUUM ANALYZE {table}")
        self.lists_are_seeded = True

    def stop(self):
        """Ends what the world does not know of."""
        self.bare.stop()


def bench(world):
    """Made when the first case of files runs."""
    if world.files is None:
        world.files = FileBench(world)
    return world.files


def head(url, method, token, length=0):
    """A connection with a request's head sent."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=300)
    lines = [f"{method} {parts.path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {length}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return connection


def answer(connection, url):
    """Reads an answer to its end; gives how many octets its body has."""
    buffer, seen, body = bytearray(PIECE), b"", 0
    while True:
        got = connection.recv_into(buffer)
        if got == 0:
            break
        if b"\r\n\r\n" in seen:
            body += got
            continue
        seen += bytes(buffer[:got])
        if b"\r\n\r\n" in seen:
            body = len(seen.split(b"\r\n\r\n", 1)[1])
    if not seen.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
        raise Failure(f"{url} answered {seen[:300]}")
    return body


def send(url, token, source):
    """PUTs octets, or a file without reading it into this process."""
    is_octets = isinstance(source, bytes)
    length = len(source) if is_octets else source.stat().st_size
    with head(url, "PUT", token, length) as connection:
        if is_octets:
            connection.sendall(source)
        else:
            with open(source, "rb") as file:
                connection.sendfile(file)
        answer(connection, url)


def fetch(url, token, length):
    """GETs a file, and counts its octets."""
    with head(url, "GET", token) as connection:
        got = answer(connection, url)
    if got != length:
        raise Failure(f"{url} gave {got} octets instead of {length}")


def together(works):
    """Runs all at once; a failure of one is a failure."""
    failures = []

    def run(work):
        try:
            work()
        except (Failure, OSError) as error:
            failures.append(str(error))

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failure(failures[0])


def timed(server, octets, works):
    """MB a second, CPU a MB, and how much memory grew."""
    server.reset_peak()
    memory, cpu, begin = server.memory(), server.cpu(), time.perf_counter()
    together(works)
    took = time.perf_counter() - begin
    return {
        "MB/s": octets / 1e6 / took, "CPU ms/MB": (server.cpu() - cpu) * 1e3 / (octets / 1e6),
        "RSS growth MB": server.memory("VmHWM") - memory,
    }


def measure_upload(world, variant):
    """One large file, or twenty at once that are as large together."""
    files, token = bench(world), None
    if variant != BARE:
        token = files.token()
    size = files.large.stat().st_size
    if variant != AT_ONCE:
        url = files.place(variant, "big", files.fresh())
        sample = timed(files.server(variant), size, [lambda: send(url, token, files.large)])
        remove(files, variant, url, token)
        return sample
    part = world.folder / "part"
    if not part.exists():
        with open(files.large, "rb") as large:
            part.write_bytes(large.read(size // TOGETHER))
    urls = [files.place(variant, "big", files.fresh()) for _ in range(TOGETHER)]
    works = [lambda url=url: send(url, token, part) for url in urls]
    return timed(files.server(variant), part.stat().st_size * TOGETHER, works)


def remove(files, variant, url, token):
    """A gigabyte a round would fill the disk."""
    if variant == BARE:
        (files.folder / url.rsplit("/", 1)[1]).unlink()
    else:
        files.client.call("DELETE", urlsplit(url).path, token=token, expect=(204,))


def measure_download(world, variant):
    """One large file, or that file twenty times at once."""
    files, name, token = bench(world), "large-to-read", None
    if variant != BARE:
        token = files.token()
    size = files.large.stat().st_size
    kept = files.place(variant, "big", name)
    if variant == BARE and not (files.folder / name).exists():
        send(kept, None, files.large)
    if variant == OURS:
        send(kept, token, files.large)
    url, times = files.place(variant, "read", name), TOGETHER if variant == AT_ONCE else 1
    return timed(files.server(variant), size * times, [lambda: fetch(url, token, size)] * times)


def measure_small_uploads(world, variant):
    """4 KiB, each under a key of its own."""
    files = bench(world)
    token = None if variant == BARE else files.token()
    script = world.folder / "put.lua"
    script.write_text(
        'local n = 0\nwrk.method = "PUT"\n'
        f'wrk.body = string.rep("four kibibytes..", {len(SMALL) // 16})\n'
        f'request = function() n = n + 1; return wrk.format(nil, wrk.path .. n) end\n'
    )
    url = files.place(variant, "small", files.fresh() + "-")
    options = world.options
    return {"req/s": world.tools.wrk(url, token, options.connections, options.seconds, script)[1]}


def measure_small_downloads(world, variant):
    """4 KiB, the same file again and again."""
    files = bench(world)
    token, name = None if variant == BARE else files.token(), files.fresh()
    send(files.place(variant, "small", name), token, SMALL)
    url, options = files.place(variant, "read", name), world.options
    return {"req/s": world.tools.wrk(url, token, options.connections, options.seconds)[1]}


def measure_prefix(world, variant):
    """100 keys under one prefix."""
    files = bench(world)
    files.seed_lists()
    bucket, token = variant.rsplit(" ", 1)[1], files.token()
    path = f"/api/v1/storage/buckets/{bucket}/files?prefix=f/00004&limit=100"
    page = files.client.call("GET", path, token=token)
    if len(page["data"]) != 100:
        raise Failure(f"a page of {bucket} has {len(page['data'])} files")
    options = world.options
    rate = world.tools.wrk(files.subject.server.url(path), token, options.connections, options.seconds)[1]
    return {"ms": options.connections * 1e3 / rate}

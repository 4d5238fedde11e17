"""See .ci/file-kills. Standard library only."""

import contextlib
import hashlib
import json
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path

from killable_server import Server

CLIENTS = 4
KEYS = 12  # of each client; few, so that files are often written over
LARGEST = 2_000_000
EMAIL, PASSWORD = "admin@example.com", "correct horse battery staple"
FILES = "/api/v1/storage/buckets/box/files"
GONE = None
# What stands on the bucket's row and beside it.
COUNTED = """
SELECT b.files + sum(u.files), b.used + sum(u.used) FROM buckets b JOIN bucket_usage u ON u.bucket_id = b.id
WHERE b.name = 'box' GROUP BY b.id
"""


class Client:
    """Writes, overwrites and deletes, and remembers what may be there: what was acknowledged last,
    and what nobody answered any more."""

    def __init__(self, number):
        self.keys = {f"c{number}/{key}": {GONE} for key in range(KEYS)}
        self.acknowledged = 0

    def run(self, server, token, stop):
        """Goes on until the server is killed."""
        while not stop.is_set():
            key = random.choice(list(self.keys))
            octets = GONE if random.random() < 0.2 else random.randbytes(random.randint(0, LARGEST))
            wanted = GONE if octets is GONE else hashlib.sha256(octets).hexdigest()
            before = self.keys[key]
            self.keys[key] = before | {wanted}
            try:
                status, answer = server.ask("DELETE" if octets is GONE else "PUT", f"{FILES}/{key}", octets, token)
            except OSError:
                return  # killed; whether this one was written nobody knows
            if status not in ((204, 404) if octets is GONE else (200, 201)):
                raise SystemExit(f"{status}: {answer!r}")
            self.keys[key] = {wanted}
            self.acknowledged += 1


def login(server):
    """An access token of the administrator."""
    status, answer = server.ask("POST", "/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert status == 200, answer
    return json.loads(answer)["access_token"]


def one_life(server, clients):
    """Works for a random time, and ends in the middle of something."""
    stop, token = threading.Event(), login(server)
    threads = [threading.Thread(target=client.run, args=(server, token, stop)) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(random.uniform(0.1, 1.0))
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def compare_with_clients(server, clients):
    """Each file is one of those that its client knows of, octet by octet."""
    token, there = login(server), 0
    for client in clients:
        for key, allowed in client.keys.items():
            status, octets = server.ask("GET", f"{FILES}/{key}", token=token)
            found = GONE if status == 404 else hashlib.sha256(octets).hexdigest()
            assert status in (200, 404) and found in allowed, (key, status, found, allowed)
            there += found is not GONE
    return there


def compare_rows_with_blobs(folder):
    """Each row has its octets, and each object a row."""
    objects = {path.name: path for path in Path(folder, "files", "box").rglob("*") if path.is_file()}
    with contextlib.closing(sqlite3.connect(f"{folder}/mainstay.db")) as database:
        blobs = {id.hex(): status for id, status in database.execute("SELECT id, status FROM blobs")}
        files = database.execute("SELECT blob, size, sha256 FROM files").fetchall()
        counted = database.execute(COUNTED).fetchone()
    names = {name.replace("-", ""): path for name, path in objects.items()}
    strays = {name for name, path in names.items() if name not in blobs and "tmp" not in str(path)}
    assert not strays, f"objects without a row: {strays}"
    for blob, size, sha256 in files:
        octets = names[blob.hex()].read_bytes()
        assert blobs[blob.hex()] == "kept" and len(octets) == size, blob.hex()
        assert hashlib.sha256(octets).digest() == sha256, blob.hex()
    kept = sum(status == "kept" for status in blobs.values())
    assert kept == len(files), f"{kept} blobs are kept for {len(files)} files"
    assert counted == (len(files), sum(size for _, size, _ in files)), counted
    return len(blobs) - kept


def main(binary, kills):
    """All lives, and what is left of them."""
    clients = [Client(number) for number in range(CLIENTS)]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, folder, {})
        for arguments in (["migrate", "up"], ["admin", "create", "--email", EMAIL, "--password-stdin"]):
            status, said = server.command(*arguments, stdin=PASSWORD + "\n")
            assert status == 0, said
        server.start()
        status, said = server.ask("POST", "/api/v1/storage/buckets", {"name": "box"}, login(server))
        assert status == 201, said
        for _ in range(kills):
            one_life(server, clients)
            server.start()
        there = compare_with_clients(server, clients)
        assert server.stop() == 0
        waiting = "not looked at" if "KILLS_DATABASE_URL" in os.environ else compare_rows_with_blobs(folder)
    acknowledged = sum(client.acknowledged for client in clients)
    print(
        f"{kills} kills, {acknowledged} acknowledged changes; {there} files are there, each as one of those that its "
        f"client knows; rows and octets agree, blobs that wait for the sweep: {waiting}"
    )


main(sys.argv[1], int(sys.argv[2]))

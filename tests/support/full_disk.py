"""See .ci/full-disk. Standard library only."""

import json
import os
import sys
from pathlib import Path

from killable_server import Server

EMAIL, PASSWORD = "admin@example.com", "correct horse battery staple"
FILES = "/api/v1/storage/buckets/box/files"


def problem(answer):
    """The code of a refusal."""
    status, body = answer
    assert status == 507, answer
    return json.loads(body)["code"]


def files_in(folder):
    """Files of any kind, those that are being written included."""
    return [path for path in Path(folder, "files").rglob("*") if path.is_file()]


def main(binary, folder):
    """`folder/files` is a small file system of its own."""
    server = Server(binary, folder, {})
    for arguments in (["migrate", "up"], ["admin", "create", "--email", EMAIL, "--password-stdin"]):
        status, said = server.command(*arguments, stdin=PASSWORD + "\n")
        assert status == 0, said
    server.start()
    _, answer = server.ask("POST", "/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})
    token = json.loads(answer)["access_token"]
    status, answer = server.ask("POST", "/api/v1/storage/buckets", {"name": "box"}, token)
    assert status == 201, answer
    small = os.urandom(100_000)
    put = lambda key, octets: server.ask("PUT", f"{FILES}/{key}", octets, token)

    assert put("small", small)[0] == 201
    before = files_in(folder)
    assert problem(put("large", os.urandom(20_000_000))) == "STORAGE_FULL"
    assert problem(put("small", os.urandom(20_000_000))) == "STORAGE_FULL"
    assert files_in(folder) == before, "something of what found no room was left"
    filler = Path(folder, "files", "filler")
    try:
        with open(filler, "wb") as file:
            while True:
                file.write(bytes(65536))
                file.flush()
    except OSError:
        pass
    assert problem(put("second", small)) == "STORAGE_FULL"
    assert server.ask("GET", "/health")[0] == 200
    assert server.ask("GET", f"{FILES}/small", token=token) == (200, small)
    filler.unlink()
    assert put("second", small)[0] == 201
    assert server.ask("GET", f"{FILES}/second", token=token) == (200, small)
    assert server.stop() == 0
    print("a full disk is 507, leaves nothing behind, harms no file, and is over when there is room")


main(sys.argv[1], sys.argv[2])

"""See .ci/replicas. Standard library, nginx and psql."""

import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from killable_server import Server, free_port

PASSWORD = "correct horse battery staple"
RACERS = 20
WRITERS = 6
REST = 11  # seconds; nginx asks a replica again ten seconds after it failed
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/test")


class Database:
    """A database of its own, dropped at the end."""

    def __init__(self):
        self.name = f"replicas_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {self.name} TEMPLATE template0")
        self.url = POSTGRES.rsplit("/", 1)[0] + "/" + self.name

    def run(self, statement, url=POSTGRES):
        done = subprocess.run(["psql", url, "-qAtc", statement], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def ask(self, statement):
        return self.run(statement, self.url)

    def drop(self):
        self.run(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


class Nginx:
    """nginx as deployed, in front of these ports."""

    def __init__(self, folder, ports):
        self.port = free_port()
        text = Path("deploy/nginx/nginx.conf").read_text(encoding="utf-8")
        # Where it may write and what it listens to, and nothing else, differs here.
        text = text.replace("/tmp/", f"{folder}/").replace("listen 8080;", f"listen 127.0.0.1:{self.port};")
        text = text.replace("/dev/stdout", f"{folder}/access.log")
        upstream = Path("deploy/nginx/upstream.conf").read_text(encoding="utf-8")
        for number, port in enumerate(ports, 1):
            upstream = upstream.replace(f"mainstay-{number}:8000", f"127.0.0.1:{port}")
        Path(folder, "nginx.conf").write_text(text, encoding="utf-8")
        Path(folder, "upstream.conf").write_text(upstream, encoding="utf-8")
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        arguments = [binary, "-c", f"{folder}/nginx.conf", "-p", folder, "-e", f"{folder}/error.log"]
        # Two failures rest a replica, and every request of them is told on stderr.
        log = open(f"{folder}/error.log", "ab")
        self.process = subprocess.Popen([*arguments, "-g", "daemon off;"], stderr=log)

    def ask(self, method, path, body=None, token=None, key=None):
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def wait(self):
        for _ in range(300):
            try:
                if self.ask("GET", "/health/ready")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.1)
        raise SystemExit("nginx or what is behind it does not get ready")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def served(ask):
    """The answer, asked for again while the servers say that they did nothing (503)."""
    for _ in range(20):
        status, body = ask()
        if status != 503:
            return status, body
        time.sleep(0.1)
    raise SystemExit("503 for good")


def race(ask):
    """What twenty at once are told."""
    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(lambda n: served(lambda: ask(n)), range(RACERS)))


def account(email):
    return {"email": email, "password": PASSWORD}


def races(front, database):
    """Register one address, refresh one token, write one thing under one key: one winner each."""
    told = race(lambda _: front.ask("POST", "/api/v1/auth/register", account("ada@example.com")))
    won = [status for status, _ in told].count(201)
    assert won == 1, [status for status, _ in told]
    assert database.ask("SELECT count(*) FROM users WHERE email = 'ada@example.com'") == "1"
    status, session = front.ask("POST", "/api/v1/auth/login", account("ada@example.com"))
    assert status == 200, session
    token = {"refresh_token": session["refresh_token"]}
    told = race(lambda _: front.ask("POST", "/api/v1/auth/refresh", token))
    assert all(status == 200 for status, _ in told), told
    assert len({body["refresh_token"] for _, body in told}) == 1, "two lineages go on"
    key = str(uuid.uuid4())
    once = account("once@example.com")
    told = race(lambda _: repeat_while_under_way(front, once, key))
    assert {status for status, _ in told} == {201}, told
    assert len({body["id"] for _, body in told}) == 1, "one key, two accounts"
    return session["access_token"]


def repeat_while_under_way(front, body, key):
    """As a client does that was told 409 `IDEMPOTENCY_IN_PROGRESS`."""
    for _ in range(100):
        status, answer = front.ask("POST", "/api/v1/auth/register", body, key=key)
        if answer.get("code") != "IDEMPOTENCY_IN_PROGRESS":
            return status, answer
        time.sleep(0.05)
    return status, answer


def write(front, number, ledger, broken, stop):
    """Registers people; what breaks off is sent again with its key, as the documentation says."""
    count = 0
    while not stop.is_set():
        email, key = f"w{number}.{count}@example.com", str(uuid.uuid4())
        count += 1
        for attempt in range(600):
            try:
                status, body = front.ask("POST", "/api/v1/auth/register", account(email), key=key)
            except (OSError, http.client.HTTPException):
                status, body = 0, {}
            if status == 201:
                ledger.append((email, body["id"]))
                break
            if attempt > 0 and body.get("code") == "EMAIL_TAKEN":
                break  # written by a replica that was killed before it remembered its answer
            if status not in (0, 503) and body.get("code") != "IDEMPOTENCY_IN_PROGRESS":
                raise SystemExit(f"{status}: {body}")
            if attempt == 0:
                broken.append(email)
            time.sleep(0.1)
        else:
            raise SystemExit(f"{email} was never served")


def read(front, token, counts, stop):
    """Reads may be asked of the other replica by nginx: none of them fails."""
    while not stop.is_set():
        status, body = front.ask("GET", "/api/v1/users/me", token=token)
        if status != 200:
            raise SystemExit(f"a read failed: {status} {body}")
        counts.append(1)


class Crew:
    """Threads whose failures are not lost."""

    def __init__(self):
        self.failed, self.threads = [], []

    def begin(self, work, *arguments):
        def run():
            try:
                work(*arguments)
            except BaseException as error:  # noqa: BLE001, told at the end
                self.failed.append(error)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def end(self):
        for thread in self.threads:
            thread.join()
        if self.failed:
            raise SystemExit(str(self.failed[0]))


def kill_under_load(front, replicas, token, database):
    ledger, broken, reads, stop, crew = [], [], [], threading.Event(), Crew()
    for number in range(WRITERS):
        crew.begin(write, front, number, ledger, broken, stop)
    crew.begin(read, front, token, reads, stop)
    for victim in (replicas[1], replicas[0]):
        time.sleep(random.uniform(0.8, 1.5))
        victim.kill()
        victim.start()
        # The other one must not go while this one still rests.
        time.sleep(REST)
    stop.set()
    crew.end()
    rows = database.ask("SELECT email, id FROM users WHERE email LIKE 'w%'").splitlines()
    there = dict(row.split("|") for row in rows)
    assert len(rows) == len(there), "an account is there twice"
    missing = [email for email, identity in ledger if there.get(email) != identity]
    assert not missing, f"acknowledged, and lost: {missing[:5]}"
    return len(ledger), len(broken), len(reads)


def start_together(replicas):
    """On an empty database, which one of them migrates."""
    crew = Crew()
    for replica in replicas:
        crew.begin(replica.start)
    crew.end()


def main(binary):
    database = Database()
    with tempfile.TemporaryDirectory() as folder:
        replicas, front = [], None
        for name in ("a", "b", "c"):
            Path(folder, name).mkdir()
            settings = {
                "DATABASE_URL": database.url,
                "MAINSTAY_SERVER__TRUSTED_PROXIES": "127.0.0.1",
                "MAINSTAY_SERVER__DRAIN_PAUSE": "100ms",
                # What a killed replica had claimed is given up after twice this and fifteen seconds.
                "MAINSTAY_SERVER__REQUEST_TIMEOUT": "2s",
            }
            replicas.append(Server(binary, f"{folder}/{name}", settings))
        try:
            start_together(replicas)
            steps = database.ask("SELECT count(*), count(DISTINCT version) FROM seaql_migrations")
            assert re.fullmatch(r"(\d+)\|\1", steps), steps
            assert replicas[2].stop() == 0
            front = Nginx(folder, [replica.port for replica in replicas[:2]])
            front.wait()
            token = races(front, database)
            written, broken, reads = kill_under_load(front, replicas, token, database)
            assert written > 0 and reads > 0
            assert [replica.stop() for replica in replicas[:2]] == [0, 0]
        finally:
            if front:
                front.stop()
            for replica in replicas:
                if replica.process and replica.process.poll() is None:
                    replica.kill()
            database.drop()
    print(
        f"three servers migrated once; of {RACERS} at once one registered, one lineage went on, one key made one "
        f"account; two kills under load: {written} acknowledged registrations, each there once, {broken} of them "
        f"sent more than once, {reads} reads, none failed"
    )


main(sys.argv[1])

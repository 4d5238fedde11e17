"""See .ci/job-kills. Standard library only."""

import json
import os
import random
import sys
import tempfile
import threading
import time

from killable_server import Server, free_port

CLIENTS, WORKERS, BATCH = 2, 2, 5
PAUSE = 0.1  # seconds between two orders of a client: workers on a slow machine must keep up
PATIENCE = 60  # seconds without a single effect, while jobs are left at the end


class Client:
    """Orders effects, and remembers which were acknowledged."""

    def __init__(self):
        self.acknowledged = []

    def run(self, server, stop):
        """Goes on however often the server is killed."""
        while not stop.is_set():
            try:
                status, answer = server.ask("POST", f"/api/v1/effects/{BATCH}")
            except OSError:
                time.sleep(0.02)  # killed; whether these were written nobody knows
                continue
            if status == 503:
                time.sleep(0.02)
                continue
            if status != 202:
                raise SystemExit(f"{status}: {answer!r}")
            self.acknowledged += json.loads(answer)
            time.sleep(PAUSE)


def processes(binary, folder):
    """A server that does no jobs, and workers that do."""
    settings = {"MAINSTAY_JOBS__IN_PROCESS": "false", "MAINSTAY_JOBS__LEASE": "2s"}
    settings |= {"MAINSTAY_MAIL__TIMEOUT": "1s", "MAINSTAY_JOBS__RETRY_DELAY": "100ms", "MAINSTAY_JOBS__RETRY_MAX_DELAY": "1s"}
    server = Server(binary, folder, settings)
    workers = []
    for _ in range(WORKERS):
        worker = Server(binary, folder, settings, "worker")
        worker.env |= {"MAINSTAY_SERVER__MANAGEMENT_PORT": str(worker.port), "PORT": str(free_port())}
        worker.env |= {"MAINSTAY_JOBS__CONCURRENCY": "8", "MAINSTAY_JOBS__POLL_INTERVAL": "50ms"}
        workers.append(worker)
    return server, workers


def ledger(server):
    """The keys of all effects."""
    status, answer = server.ask("GET", "/api/v1/effects")
    assert status == 200, answer
    return json.loads(answer)


def wait_for(server, acknowledged):
    """Until every acknowledged job has its effect."""
    left, end = None, 0
    while left is None or time.monotonic() < end:
        missing = acknowledged - set(ledger(server))
        if not missing:
            return
        if len(missing) != left:
            left, end = len(missing), time.monotonic() + PATIENCE
        time.sleep(0.5)
    raise SystemExit(f"{len(missing)} of {len(acknowledged)} have no effect, e.g. {list(missing)[:3]}")


def lives(binary, folder, kills):
    """All kills, and what is left of them."""
    server, workers = processes(binary, folder)
    status, said = server.command("migrate", "up")
    assert status == 0, said
    everybody = [server, *workers]
    for process in everybody:
        process.start()
    clients, stop = [Client() for _ in range(CLIENTS)], threading.Event()
    threads = [threading.Thread(target=client.run, args=(server, stop)) for client in clients]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(random.uniform(0.02, 0.3))
        victim = random.choice([server, *workers, *workers])
        victim.kill()
        victim.start()
    stop.set()
    for thread in threads:
        thread.join()
    acknowledged = {key for client in clients for key in client.acknowledged}
    wait_for(server, acknowledged)
    for worker in workers:
        assert worker.stop() == 0, "a worker did not stop in order"
    effects = ledger(server)
    assert len(effects) == len(set(effects)), "an effect came twice"
    assert server.stop() == 0
    with open(os.path.join(folder, "log"), encoding="utf-8") as log:
        again = sum(line == "again\n" for line in log)
    return len(acknowledged), len(effects), again


def main(binary, kills):
    """On the database of the environment, or on a file."""
    with tempfile.TemporaryDirectory() as folder:
        acknowledged, effects, again = lives(binary, folder, kills)
    kind = os.environ.get("KILLS_DATABASE_URL", "sqlite:").partition(":")[0]
    print(
        f"{kind}: {kills} kills, {acknowledged} acknowledged jobs, each with one effect ({effects} effects in all, "
        f"the rest of orders whose answer was lost); {again} jobs were done again, without another effect"
    )


main(sys.argv[1], int(sys.argv[2]))

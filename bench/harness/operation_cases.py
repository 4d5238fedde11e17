"""What logs, traces and replicas cost."""

import json
import os
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from .process import Server
from .subject import MAINSTAY_PATHS, Subject, mainstay_server
from .tools import Failure

SILENT, LOGGED, TRACED = "no log lines", "all log lines", "all log lines, traces of 10 %"
FILE, COLLECTOR = "to a file", "to a collector"
ONE, TWO = "one replica on one core", "two replicas on two cores"
# More than the aim, so that a miss is the shipping's.
LINES_PER_SECOND = 80_000


class Sink:
    """A collector that takes everything, as a process."""

    def __init__(self, world):
        self.server = Server([world.tools.binaries / "sink"], {}, world.folder)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()

    def url(self):
        """Where it listens."""
        return self.server.url("")

    def taken(self):
        """Its lines and requests so far."""
        with urllib.request.urlopen(self.server.url("/taken"), timeout=5) as answer:
            return json.load(answer)


def measure_lines(world, variant):
    """Access lines into a file that is rotated and compressed, or to a collector."""
    if variant == FILE:
        folder = world.folder / f"lines-{time.monotonic_ns()}"
        folder.mkdir()
        return world.tools.lines(folder)
    with Sink(world) as sink:
        told = world.tools.ship(sink.url(), LINES_PER_SECOND, world.options.seconds)
        return {"lines/s": sink.taken()["lines"] / told["seconds"], "MB": told["MB"]}


def environment(variant, sink):
    """What differs between the variants of one server."""
    if variant == SILENT:
        return {"LOG_LEVEL": "off"}
    traces = {"OTEL_EXPORTER_OTLP_ENDPOINT": sink.url(), "MAINSTAY_TRACES__SAMPLE_PERCENT": "10"}
    return traces if variant == TRACED else {}


def started(world, more, processor=None):
    """A further Mainstay on the database of the first."""
    server = mainstay_server(world, world.mainstay_url, True, more, processor)
    server.start()
    return Subject("Mainstay", server, MAINSTAY_PATHS)


def measure_logging(world, variant):
    """GET me of one user, closed loop, with the principal cache on."""
    with Sink(world) as sink:
        subject = started(world, environment(variant, sink))
        try:
            token = subject.login(subject.accounts()[0])["access_token"]
            subject.check_me(token)
            before = subject.server.cpu()
            requests, rate = world.tools.wrk(
                subject.url("me"), token, world.options.connections, world.options.seconds
            )
            sample = {"req/s": rate, "CPU µs/req": (subject.server.cpu() - before) * 1e6 / requests}
        finally:
            subject.server.stop()
        if (variant == TRACED) != (sink.taken()["requests"] > 0):
            raise Failure(f"{variant}: the collector got {sink.taken()}")
        return sample


@contextmanager
def postgres_on(processors):
    """PostgreSQL on these processors alone, as long as the block lasts; needs to be root, or to own it."""
    before = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and (folder / "comm").read_text().strip() == "postgres":
                pid = int(folder.name)
                before[pid] = os.sched_getaffinity(pid)
                os.sched_setaffinity(pid, processors)
        except PermissionError as error:
            raise Failure("replicas: PostgreSQL cannot be moved to other processors; be root") from error
        except (OSError, ProcessLookupError):
            continue  # It has ended meanwhile.
    try:
        yield
    finally:
        for pid, processors_before in before.items():
            try:
                os.sched_setaffinity(pid, processors_before)
            except OSError:
                continue


def measure_replicas(world, variant):
    """Logins of a whole machine, its PostgreSQL and its load generator too: with one core and one
    replica, or with two and a replica on each. One that shared its core with nobody would be compared
    with two that do."""
    more = {"MAINSTAY_HASHING__THREADS": "1"}
    cores = range(1 if variant == ONE else 2)
    with postgres_on(set(cores)):
        subjects = [started(world, more, processor) for processor in cores]
        try:
            return {"logins/s": logins(world, subjects, ",".join(map(str, cores)))}
        finally:
            for subject in subjects:
                subject.server.stop()


def logins(world, subjects, processors):
    """Logins a second of all of them together."""
    loads = [
        world.tools.start_load(
            subject.url("login"), processors, method="POST", clients=8, seconds=world.options.seconds,
            bodies=subject.login_bodies(world.folder), text="access_token",
        )
        for subject in subjects
    ]
    reports = [world.tools.finish_load(load) for load in loads]
    return sum(report["requests"] / report["seconds"] for report in reports)

"""What logs, traces and replicas cost."""

import json
import time
import urllib.request

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


def measure_replicas(world, variant):
    """Logins, of which each costs a core 20 ms: the load generator and PostgreSQL need little beside
    them, so that two cores are enough to tell."""
    more = {"MAINSTAY_HASHING__THREADS": "1"}
    subjects = [started(world, more, processor) for processor in range(1 if variant == ONE else 2)]
    try:
        loads = [
            world.tools.start_load(
                subject.url("login"), method="POST", clients=8, seconds=world.options.seconds,
                bodies=subject.login_bodies(world.folder), text="access_token",
            )
            for subject in subjects
        ]
        reports = [world.tools.finish_load(load) for load in loads]
        return {"logins/s": sum(report["requests"] / report["seconds"] for report in reports)}
    finally:
        for subject in subjects:
            subject.server.stop()

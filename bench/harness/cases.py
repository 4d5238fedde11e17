"""What is measured, against what, and the aims of the issue."""

import time

from . import file_cases as files
from . import operation_cases as operations
from .subject import ADMIN, bare_server, mainstay_server

OURS, OFF, LITE = "Mainstay", "Mainstay, cache off", "Mainstay on SQLite, cache off"
BARE, BARE_LITE = "bare", "bare on SQLite"
KERNEL, CRATE = "raw kernel", "argon2 crate"
CLIENTS = 16
READS_PER_SECOND = 500
JOBS_POSTGRES, JOBS_LITE = "worker on PostgreSQL", "worker on SQLite"
JOBS = 20_000


class Metric:
    """A figure of a case: its baseline, if it counts as a ratio, the aims by variant, and the
    variants to show if not all."""

    def __init__(self, name, baseline=None, aims=None, only=None):
        self.name, self.baseline, self.aims, self.only = name, baseline, aims or {}, only


class Case:
    """Variants measured one right after the other, once a round."""

    def __init__(self, name, variants, metrics, measure):
        self.name, self.variants, self.metrics, self.measure = name, variants, metrics, measure


def with_cpu(server, work):
    """Runs work that gives (requests, rate) and adds the CPU each request took."""
    before = server.cpu()
    requests, rate = work()
    return {"req/s": rate, "CPU µs/req": (server.cpu() - before) * 1e6 / requests}


def measure_me(world, variant):
    """GET me of one user, closed loop."""
    subject = world.subjects[variant]
    token = subject.login(subject.accounts()[0])["access_token"]
    subject.check_me(token)
    return with_cpu(subject.server, lambda: wrk(world, subject.url("me"), token))


def measure_list(world, variant):
    """20 users, latest first; an administrator asks."""
    subject = world.subjects[variant]
    token = subject.login(subject.accounts()[0] if variant == BARE else ADMIN)["access_token"]
    subject.check_list(token)
    return with_cpu(subject.server, lambda: wrk(world, subject.url("list"), token))


def measure_page(world, variant):
    """The first or the last page of all users; the cache is off so that only the list counts."""
    subject = world.subjects[OFF]
    token = subject.login(ADMIN)["access_token"]
    path = subject.paths["list"] if variant == "first page" else subject.deep_path
    answer = subject.client().call("GET", path, token=token)
    assert len(answer["data"]) == 20, answer
    return with_cpu(subject.server, lambda: wrk(world, subject.server.url(path), token))


def wrk(world, url, token):
    """A closed loop of as many connections as asked for."""
    return world.tools.wrk(url, token, world.options.connections, world.options.seconds)


def measure_login(world, variant):
    """Logins of 16 clients without pause, or what a kernel does on as many threads."""
    seconds = world.options.seconds
    if variant in (KERNEL, CRATE):
        which = "fast" if variant == KERNEL else "reference"
        return {"hashes/s": world.tools.kernel(which, world.options.hash_threads, seconds)}
    subject = world.subjects[variant]
    sample = with_cpu(subject.server, lambda: closed(world, subject, "login", subject.login_bodies(world.folder)))
    return {"hashes/s": sample["req/s"], "CPU µs/req": sample["CPU µs/req"]}


def measure_refresh(world, variant):
    """16 sessions, each exchanging its token for the next without pause."""
    subject = world.subjects[variant]
    bodies = subject.refresh_bodies(world.folder, CLIENTS)
    return with_cpu(subject.server, lambda: closed(world, subject, "refresh", bodies, chain="refresh_token"))


def closed(world, subject, call, bodies, **more):
    """POSTs without pause; every answer has to be 200 and carry a token."""
    report = world.tools.load(
        subject.url(call), method="POST", clients=CLIENTS, seconds=world.options.seconds, bodies=bodies,
        text="access_token", **more,
    )
    return report["requests"], report["requests"] / report["seconds"]


def measure_storm(world, variant):
    """16 clients log in without pause while 500 reads a second go on."""
    subject = world.subjects[variant]
    token = subject.login(subject.accounts()[0])["access_token"]
    subject.server.reset_peak()
    reads = world.tools.start_load(
        subject.url("me"), rate=READS_PER_SECOND, clients=32, seconds=world.options.seconds, text="email",
        header=f"Authorization: Bearer {token}",
    )
    logins = closed(world, subject, "login", subject.login_bodies(world.folder))
    latency = world.tools.finish_load(reads)["ms"]
    return {
        "read p50 ms": latency["p50"], "read p99 ms": latency["p99"], "logins/s": logins[1],
        "peak RSS MB": subject.server.memory("VmHWM"),
    }


def measure_overload(world, variant):
    """300 clients log in without pause: some are served, the others told when to come back."""
    subject = world.subjects[variant]
    health = world.tools.start_load(
        subject.url("health"), rate=50, clients=4, seconds=world.options.seconds, text="status"
    )
    report = world.tools.load(
        subject.url("login"), method="POST", clients=300, seconds=world.options.seconds,
        bodies=subject.login_bodies(world.folder), text="access_token", expect=(200, 503),
    )
    served = report["statuses"].get("200", 0)
    return {
        "liveness p99 ms": world.tools.finish_load(health)["ms"]["p99"],
        "logins/s": served / report["seconds"],
        "share of 503": report["statuses"].get("503", 0) / report["requests"],
    }


def measure_start(world, variant):
    """From exec to the first 200 on a migrated SQLite file, and the memory two seconds later."""
    if variant == BARE_LITE:
        server = bare_server(world, f"sqlite://{world.folder}/bare.db")
    else:
        server = mainstay_server(world, f"sqlite://{world.folder}/mainstay.db", True)
    try:
        took = server.start()
        time.sleep(2)
        return {"ms to first 200": took, "idle RSS MB": server.memory()}
    finally:
        server.stop()


def measure_jobs(world, variant):
    """Jobs that do nothing, all of them in the queue when one worker process begins."""
    name = f"mainstay_bench_jobs_{time.monotonic_ns()}"
    lite = variant == JOBS_LITE
    url = f"sqlite://{world.folder}/{name}.db" if lite else world.database(name)
    rate = world.tools.jobs(url, JOBS)
    if not lite:
        world.drop(name)
    return {"jobs/s": rate}


def measure_size(world, variant):
    """The release binary."""
    name = "bare" if variant == BARE else "mainstay"
    return {"MB": (world.tools.binaries / name).stat().st_size / 1e6}


def throughput(aims):
    """Requests a second against bare, and the steadier CPU per request beside it."""
    return [Metric("req/s", BARE, aims), Metric("CPU µs/req", BARE)]


def large(aims):
    """MB a second against bare, and what it costs; memory may grow by 32 MiB."""
    grown = ("<=", 32)
    return [Metric("MB/s", files.BARE, aims), Metric("CPU ms/MB", files.BARE),
            Metric("RSS growth MB", None, {OURS: grown, files.AT_ONCE: grown})]


SQLITE = "Mainstay on SQLite"

CASES = [
    Case("me", [BARE, BARE_LITE, OURS, OFF, LITE], throughput({OURS: (">=", 3.0), OFF: (">=", 1.2), LITE: (">=", 1.5)}),
         measure_me),
    Case("list", [BARE, OURS, OFF], throughput({OURS: (">=", 1.0)}), measure_list),
    Case("pages", ["last page", "first page"],
         [Metric("req/s", "last page", {"first page": ("<=", 1.5)}), Metric("CPU µs/req", "last page")], measure_page),
    Case("login", [KERNEL, CRATE, BARE, OURS],
         [Metric("hashes/s", KERNEL, {OURS: (">=", 0.95)}),
          Metric("hashes/s", CRATE, {OURS: (">=", 1.8)}, [OURS]), Metric("CPU µs/req", BARE)], measure_login),
    Case("storm", [BARE, OURS],
         [Metric("read p50 ms"), Metric("read p99 ms", None, {OURS: ("<=", 4)}), Metric("logins/s"),
          Metric("peak RSS MB", None, {OURS: ("<=", 80)})], measure_storm),
    Case("overload", [OURS],
         [Metric("liveness p99 ms", None, {OURS: ("<=", 50)}), Metric("logins/s"), Metric("share of 503")],
         measure_overload),
    Case("refresh", [BARE, OURS], throughput({OURS: (">=", 0.6)}), measure_refresh),
    Case("start", [BARE_LITE, SQLITE],
         [Metric("ms to first 200", None, {SQLITE: ("<=", 60)}), Metric("idle RSS MB", None, {SQLITE: ("<=", 25)})],
         measure_start),
    Case("upload", [files.BARE, OURS, files.AT_ONCE], large({OURS: (">=", 0.8)}), files.measure_upload),
    Case("download", [files.BARE, OURS, files.AT_ONCE], large({OURS: (">=", 0.8)}), files.measure_download),
    Case("small-up", [files.BARE, OURS], [Metric("req/s", files.BARE, {OURS: (">=", 0.5)})],
         files.measure_small_uploads),
    Case("small-down", [files.BARE, OURS], [Metric("req/s", files.BARE, {OURS: (">=", 0.7)})],
         files.measure_small_downloads),
    Case("prefix", [files.THOUSAND, files.MILLION],
         [Metric("ms", files.THOUSAND, {files.MILLION: ("<=", 1.5)})], files.measure_prefix),
    Case("jobs", [JOBS_POSTGRES, JOBS_LITE],
         [Metric("jobs/s", None, {JOBS_POSTGRES: (">=", 2000), JOBS_LITE: (">=", 3000)})], measure_jobs),
    Case("lines", [operations.FILE, operations.COLLECTOR],
         [Metric("ns/line", None, {operations.FILE: ("<=", 1500)}), Metric("ns/span"),
          Metric("lines/s", None, {operations.FILE: (">=", 500_000), operations.COLLECTOR: (">=", 50_000)}),
          Metric("lines dropped"), Metric("MB", None, {operations.COLLECTOR: ("<=", 16)})], operations.measure_lines),
    Case("logging", [operations.SILENT, operations.LOGGED, operations.TRACED],
         [Metric("req/s", operations.SILENT, {operations.LOGGED: (">=", 0.9), operations.TRACED: (">=", 0.85)}),
          Metric("CPU µs/req", operations.SILENT)], operations.measure_logging),
    Case("replicas", [operations.ONE, operations.TWO],
         [Metric("logins/s", operations.ONE, {operations.TWO: (">=", 1.7)})], operations.measure_replicas),
    Case("size", [BARE, OURS], [Metric("MB", None, {OURS: ("<=", 30)})], measure_size),
]


def bare_only(case):
    """The variants that need no Mainstay."""
    return [variant for variant in case.variants if variant in (BARE, BARE_LITE, KERNEL, CRATE)]

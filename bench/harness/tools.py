"""Programs the benchmark runs, and what they print."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Failure(Exception):
    """Something that makes the figures worthless; the message says what."""


def target_dir():
    """Where cargo puts what it builds."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Path(json.loads(answer.stdout)["target_directory"])


def build(packages):
    """Builds release binaries and gives the folder they are in."""
    command = ["cargo", "build", "--release"]
    for package in packages:
        command += ["-p", package]
    subprocess.run(command, cwd=ROOT, check=True)
    return target_dir() / "release"


class Tools:
    """wrk and our own programs, on the processors set aside for them."""

    def __init__(self, binaries, pin):
        self.binaries = binaries
        self.prefix = ["taskset", "-c", "1"] if pin else []
        if shutil.which("wrk") is None:
            raise Failure("wrk is missing; on Debian and Ubuntu it is in the package wrk: apt-get install wrk")

    def _run(self, command, environment=None, text=None):
        environment = {**os.environ, **(environment or {})}
        done = subprocess.run(command, capture_output=True, text=True, input=text, env=environment)
        if done.returncode != 0:
            raise Failure(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
        return done.stdout

    def sql(self, url, statements):
        """Runs SQL; gives the first column of the last row, if it is text."""
        return self._run([self.binaries / "sql"], {"DATABASE_URL": url}, statements).strip()

    def seed_bare(self, url, users, password):
        """Makes the bare server's tables anew."""
        self._run([self.binaries / "bare", "seed", str(users)], {"DATABASE_URL": url, "BENCH_PASSWORD": password})

    def jobs(self, url, jobs):
        """No-op jobs a second of one worker process."""
        return float(self._run([self.binaries / "jobs"], {"DATABASE_URL": url, "JOBS": str(jobs)}))

    def lines(self, folder):
        """What log lines cost, and how many a second reach a file."""
        return json.loads(self._run([self.binaries / "logs", "file", str(folder)]))

    def ship(self, url, lines, seconds):
        """Sends so many lines a second to a collector: how long it took, and MB of memory."""
        return json.loads(self._run([self.binaries / "logs", "ship", url, str(lines), str(seconds)]))

    def kernel(self, which, threads, seconds):
        """Hashes a second a kernel makes without any server."""
        command = [*self.prefix_for_kernel(), self.binaries / "kernel", which, str(threads), str(seconds)]
        return json.loads(self._run(command))["hashes_per_second"]

    def prefix_for_kernel(self):
        """A raw kernel takes the place of the server, so it runs where the server would."""
        return ["taskset", "-c", "0"] if self.prefix else []

    def wrk(self, url, token, connections, seconds, script=None):
        """Requests and requests a second of a closed loop; every answer has to be 2xx. A script
        in Lua makes the requests, if there is one."""
        command = [*self.prefix, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        if token:
            command += ["-H", f"Authorization: Bearer {token}"]
        if script:
            command += ["-s", script]
        output = self._run([*command, url])
        for complaint in ("Non-2xx or 3xx responses", "Socket errors"):
            if complaint in output:
                raise Failure(f"wrk on {url}:\n{output}")
        requests = int(re.search(r"(\d+) requests in", output).group(1))
        return requests, float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))

    def start_load(self, url, processors=None, **settings):
        """Starts the load generator, if asked for on these processors only; `finish_load` waits for it."""
        prefix = self.prefix if processors is None else ["taskset", "-c", processors]
        command = [*prefix, self.binaries / "load", url]
        for key, value in settings.items():
            for item in value if isinstance(value, (list, tuple)) else [value]:
                command.append(f"{key}={item}")
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def finish_load(process):
        """The report of a load generator; every answer has to be right."""
        output, errors = process.communicate()
        if process.returncode != 0:
            raise Failure(f"load failed: {errors.strip()}")
        report = json.loads(output)
        if report["wrong"] or report["network_errors"] or not report["requests"]:
            raise Failure(f"wrong answers: {output.strip()}")
        return report

    def load(self, url, **settings):
        """Runs the load generator to its end."""
        return self.finish_load(self.start_load(url, **settings))

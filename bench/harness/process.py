"""Servers as processes, and what the kernel says of them."""

import os
import resource
import socket
import subprocess
import time
from pathlib import Path

from .tools import Failure

TICKS = os.sysconf("SC_CLK_TCK")
# What the benchmark itself keeps busy; anything else is foreign.
OWN = {"bare", "bare_files", "mainstay", "postgres", "load", "wrk", "kernel", "sink", "logs", "jobs"}


def cpu_seconds(pid):
    """User and system time of a process, from /proc/PID/stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server on a port of its own, with its log in a file."""

    def __init__(self, command, environment, folder, pin=False, processor=None):
        self.port = free_port()
        if pin and processor is None:
            processor = 0
        prefix = [] if processor is None else ["taskset", "-c", str(processor)]
        self.command = prefix + [str(part) for part in command]
        self.environment = {**clean_environment(), **environment, "PORT": str(self.port), "HOST": "127.0.0.1"}
        self.log = open(folder / f"{Path(command[0]).name}-{self.port}.out", "wb")
        self.process = None

    def start(self):
        """Starts it; gives the milliseconds until the first 200 of /health."""
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            self.command, env=self.environment, cwd=Path(self.log.name).parent, stdout=self.log, stderr=self.log
        )
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - begin > 60:
                # The file goes with the temporary folder, so what it says goes into the message.
                said = Path(self.log.name).read_text(errors="replace")[-2000:]
                raise Failure(f"{' '.join(self.command)} did not start:\n{said}")
            time.sleep(0.0005)
        return (time.perf_counter() - begin) * 1e3

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return connection.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def url(self, path):
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def cpu(self):
        """Seconds of CPU used so far."""
        return cpu_seconds(self.process.pid)

    def memory(self, name="VmRSS"):
        """MB of memory: `VmRSS` now, `VmHWM` at its peak."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
        raise Failure(f"/proc tells no {name}")

    def reset_peak(self):
        """Lets the peak begin anew."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self):
        """Asks it to end, then makes it."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def clean_environment():
    """The environment without what would configure a server behind our back."""
    kept = ("PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH")
    return {name: value for name, value in os.environ.items() if name in kept}


class ForeignLoad:
    """How busy everybody else kept the machine."""

    def __init__(self):
        self.begin = self._read()

    @staticmethod
    def _read():
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        idle = fields[3] + fields[4]
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = children.ru_utime + children.ru_stime
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and (folder / "comm").read_text().strip() in OWN:
                    own += cpu_seconds(folder.name)
            except OSError:
                continue  # It has ended meanwhile.
        return sum(fields) / TICKS, idle / TICKS, own

    def share(self):
        """Percent of all processors that others used since the beginning."""
        now = self._read()
        total, idle, own = (after - before for after, before in zip(now, self.begin))
        return max(0.0, 100 * (total - idle - own) / total) if total else 0.0

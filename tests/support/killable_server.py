"""A server that is killed and started again, always on the same data."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time


def free_port():
    """A port nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`mainstay serve` on data in `folder`, with more settings if wanted; or another command that
    answers `/health/ready` on its port."""

    def __init__(self, binary, folder, settings, command="serve"):
        self.binary, self.command_name, self.port = binary, command, free_port()
        self.process = None
        self.log = open(os.path.join(folder, "log"), "ab")
        plain = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        self.env = plain | {
            "ENVIRONMENT": "local",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_LEVEL": "warn",
            "DATABASE_URL": os.environ.get("KILLS_DATABASE_URL", f"sqlite://{folder}/mainstay.db"),
            "SECRET_KEY": "kept over all of these lives of the server",
            "MAINSTAY_STORAGE__ROOT": f"{folder}/files",
            "MAINSTAY_HASHING__MEMORY_KIB": "64",
            "MAINSTAY_THROTTLE__ENABLED": "false",
            "MAINSTAY_JOBS__LEASE": "5s",
            "MAINSTAY_MAIL__TIMEOUT": "2s",
        } | settings

    def start(self):
        """Starts it and waits until it is ready."""
        self.process = subprocess.Popen([self.binary, self.command_name], env=self.env, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if self.ask("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit("the server did not get ready:\n" + open(self.log.name).read()[-2000:])

    def ask(self, method, path, body=None, token=None):
        """Status and body of an answer; octets are sent as they are, anything else as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None and not isinstance(body, bytes):
            headers["Content-Type"], body = "application/json", json.dumps(body)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def command(self, *arguments, stdin=None):
        """Runs another command of the binary on the same data; gives exit status and output."""
        done = subprocess.run(
            [self.binary, *arguments], env=self.env, input=stdin, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout + done.stderr

    def kill(self):
        """SIGKILL: nothing of it is told."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM; gives the exit status."""
        self.process.terminate()
        return self.process.wait(timeout=60)

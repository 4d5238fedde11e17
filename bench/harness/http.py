"""A JSON client for preparing and checking, not for measuring."""

import http.client
import json

from .tools import Failure


class Client:
    """Keeps one connection to a server open."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, method, path, body=None, token=None, expect=(200,)):
        """Sends JSON and gives JSON; any other status than expected is a failure. Text gives None."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status not in expect:
            raise Failure(f"{method} {path} answered {answer.status}: {text[:400]}")
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return json.loads(text) if is_json else None

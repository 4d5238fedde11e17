"""The servers under test, behind one face."""

import json
import time

from .http import Client
from .process import Server
from .tools import Failure

PASSWORD = "correct horse battery staple"
ADMIN = "admin@example.com"
SECRET_KEY = "a key for benchmarks, which guards nothing at all"
# Enough accounts that logins do not all wait for one row.
ACCOUNTS = 20


class Subject:
    """A running server: where its calls are, and how to log in."""

    def __init__(self, name, server, paths):
        self.name, self.server, self.paths = name, server, paths
        self.deep_path = None

    def url(self, call):
        """The address of a call."""
        return self.server.url(self.paths[call])

    def client(self):
        """A connection for preparing and checking."""
        return Client(self.server.port)

    def login(self, email):
        """Fresh tokens: access tokens do not outlive a long run."""
        return self.client().call("POST", self.paths["login"], {"email": email, "password": PASSWORD})

    def accounts(self):
        """Addresses of those who log in."""
        return [f"user{number}@example.com" for number in range(ACCOUNTS)]

    def login_bodies(self, folder):
        """A file of bodies for the load generator."""
        return write_bodies(folder, [{"email": email, "password": PASSWORD} for email in self.accounts()])

    def refresh_bodies(self, folder, clients):
        """As many refresh tokens as clients, each of a session of its own."""
        emails = self.accounts()
        tokens = [self.login(emails[number % len(emails)])["refresh_token"] for number in range(clients)]
        return write_bodies(folder, [{"refresh_token": token} for token in tokens])

    def check_me(self, token):
        """Whether the server tells who is asking."""
        answer = self.client().call("GET", self.paths["me"], token=token)
        if answer["email"] != self.accounts()[0]:
            raise Failure(f"{self.name}: me answers {answer}")

    def check_list(self, token):
        """Whether the server lists 20 users, and only to those who may."""
        answer = self.client().call("GET", self.paths["list"], token=token)
        if len(users_of(answer)) != 20:
            raise Failure(f"{self.name}: the list has {len(users_of(answer))} users")
        self.client().call("GET", self.paths["list"], expect=(401,))


def users_of(answer):
    """The users of a list, bare or with a page around it."""
    return answer if isinstance(answer, list) else answer["data"]


def write_bodies(folder, bodies):
    """One JSON body a line."""
    path = folder / f"bodies-{time.monotonic_ns()}"
    path.write_text("".join(json.dumps(body) + "\n" for body in bodies))
    return path


BARE_PATHS = {"me": "/me", "list": "/list", "login": "/login", "refresh": "/refresh", "health": "/health"}

MAINSTAY_PATHS = {
    "me": "/api/v1/users/me",
    "list": "/api/v1/users?limit=20",
    "login": "/api/v1/auth/login",
    "refresh": "/api/v1/auth/refresh",
    "register": "/api/v1/auth/register",
    "health": "/health",
}


def bare_server(world, url):
    """The bare server on a database that is seeded already."""
    environment = {"DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}
    return Server([world.tools.binaries / "bare"], environment, world.folder, world.options.pin)


def mainstay_environment(world, url, cache):
    """The full middleware stack as in production, except that nobody is throttled: a thousand
    logins a second from one address are just what throttling is there to stop."""
    return {
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET_KEY,
        "ENVIRONMENT": "staging",
        "LOG_LEVEL": "info",
        "MAINSTAY_LOG__FORMAT": "json",
        "MAINSTAY_LOG__FILE": str(world.folder / f"access-{time.monotonic_ns()}.log"),
        "MAINSTAY_CACHE__ENABLED": "true" if cache else "false",
        "MAINSTAY_THROTTLE__ENABLED": "false",
        # As many as the raw kernel gets.
        "MAINSTAY_HASHING__THREADS": str(world.options.hash_threads),
    }


def mainstay_server(world, url, cache, more=None, processor=None):
    """Mainstay on a database that is migrated already; `more` of the environment, and a processor
    of its own."""
    command = [world.tools.binaries / "mainstay", "serve"]
    environment = {**mainstay_environment(world, url, cache), **(more or {})}
    return Server(command, environment, world.folder, world.options.pin, processor)


def register_accounts(subject):
    """Makes the accounts that log in."""
    client = subject.client()
    for email in subject.accounts():
        body = {"email": email, "password": PASSWORD}
        user = client.call("POST", subject.paths["register"], body, expect=(201,))
        if user["email"] != email or user["status"] != "active":
            raise Failure(f"register answers {user}")


def find_last_page(subject):
    """Walks through the whole list, and gives the path of its last full page of 20."""
    client, token, pages = subject.client(), subject.login(ADMIN)["access_token"], []
    path = "/api/v1/users?limit=100"
    while path:
        answer = client.call("GET", path, token=token)
        cursor = answer["page"]["next_cursor"]
        path = f"/api/v1/users?limit=100&cursor={cursor}" if cursor else None
        pages.append(cursor)
        if len(pages) % 5000 == 0:
            # A long walk outlives an access token.
            token = subject.login(ADMIN)["access_token"]
    if len(pages) < 3:
        raise Failure("too few users for a last page")
    return f"/api/v1/users?limit=20&cursor={pages[-3]}"

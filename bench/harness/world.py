"""Databases made anew, servers started, accounts made."""

import subprocess
from urllib.parse import urlsplit, urlunsplit

from .subject import (
    ADMIN, BARE_PATHS, MAINSTAY_PATHS, PASSWORD, Subject, bare_server, find_last_page, mainstay_environment,
    mainstay_server, register_accounts,
)
from .process import clean_environment
from .tools import Failure

BARE_USERS = 1000

# UUIDv7 of a moment each, a microsecond timestamp to match, the same role for all.
SEED_USERS = """
INSERT INTO users (id, email, email_key, first_name, last_name, email_verified, status, search_text,
                   version, created_at, updated_at, last_login_at, roles)
SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
        || substr(md5(n::text), 4, 15))::uuid,
       'seed' || n || '@example.com', 'seed' || n || '@example.com', 'Ada', 'Lovelace', true, 'active',
       'seed' || n || '@example.com ada lovelace', 1,
       (1700000000000 + n) * 1000, (1700000000000 + n) * 1000, 0, 'user'
FROM generate_series(1, {users}) AS n
"""
SEED_ROLES = """
INSERT INTO user_roles (user_id, role)
SELECT id, 'user' FROM users WHERE email_key LIKE 'seed%' ON CONFLICT DO NOTHING
"""


class World:
    """Everything the cases need, and its end."""

    def __init__(self, tools, folder, options):
        self.tools, self.folder, self.options = tools, folder, options
        self.subjects = {}
        self.databases = []
        self.urls = []
        self.files = None
        self.mainstay_url = None

    def database(self, name):
        """The address of a PostgreSQL database made anew."""
        base = self.options.postgres
        # One statement at a time: together they would be a transaction, which cannot make databases.
        self.drop(name)
        self.tools.sql(base, f'CREATE DATABASE "{name}"')
        self.databases.append(name)
        self.urls.append(urlunsplit(urlsplit(base)._replace(path=f"/{name}")))
        return self.urls[-1]

    def drop(self, name):
        """Drops a PostgreSQL database, whoever is still connected."""
        self.tools.sql(self.options.postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def start(self):
        """Starts every server of this run."""
        self._start_bare("bare", self.database("mainstay_bench_bare"))
        self._start_bare("bare on SQLite", f"sqlite://{self.folder}/bare.db")
        if not self.options.bare_only:
            self._start_mainstay()

    def _start_bare(self, name, url):
        self.tools.seed_bare(url, BARE_USERS, PASSWORD)
        server = bare_server(self, url)
        self._run(Subject(name, server, BARE_PATHS))

    def _start_mainstay(self):
        postgres, sqlite = self.database("mainstay_bench"), f"sqlite://{self.folder}/mainstay.db"
        self.mainstay_url = postgres
        for url in (postgres, sqlite):
            self._mainstay_command(url, "migrate", "up")
            self._mainstay_command(url, "admin", "create", "--email", ADMIN, "--password-stdin")
        self._start_one_mainstay("Mainstay", postgres, True)
        self._start_one_mainstay("Mainstay, cache off", postgres, False)
        self._start_one_mainstay("Mainstay on SQLite, cache off", sqlite, False)
        register_accounts(self.subjects["Mainstay"])
        register_accounts(self.subjects["Mainstay on SQLite, cache off"])
        print(f"seeding {self.options.users:,} users and looking for their last page …", flush=True)
        for statements in (SEED_USERS.format(users=self.options.users), SEED_ROLES, "VACUUM ANALYZE"):
            self.tools.sql(postgres, statements)
        subject = self.subjects["Mainstay, cache off"]
        subject.deep_path = find_last_page(subject)

    def _start_one_mainstay(self, name, url, cache):
        server = mainstay_server(self, url, cache)
        self._run(Subject(name, server, MAINSTAY_PATHS))

    def _mainstay_command(self, url, *arguments):
        environment = {**clean_environment(), **mainstay_environment(self, url, False)}
        command = [self.tools.binaries / "mainstay", *arguments]
        done = subprocess.run(
            command, env=environment, cwd=self.folder, input=PASSWORD + "\n", capture_output=True, text=True
        )
        if done.returncode != 0:
            raise Failure(f"mainstay {' '.join(arguments)}: {done.stderr or done.stdout}")

    def _run(self, subject):
        subject.server.start()
        self.subjects[subject.name] = subject

    def stop(self):
        """Stops every server and leaves nothing behind."""
        if self.files:
            self.files.stop()
        for subject in self.subjects.values():
            subject.server.stop()
        for name in self.databases:
            self.drop(name)

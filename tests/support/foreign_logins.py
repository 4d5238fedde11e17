"""Logs in with every password whose hash another system made, and looks what became of it.

Usage: foreign_logins.py BASE DATABASE MADE, where MADE was printed by foreign_hashes.py and
imported as user0@example.com, user1@example.com and so on.
"""

import json
import sqlite3
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor


def login(base: str, email: str, password: str) -> int:
    body = json.dumps({"email": email, "password": password}).encode()
    request = urllib.request.Request(
        f"{base}/api/v1/auth/login", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def stored(database: str) -> dict[str, str]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT u.email, c.hash FROM users u JOIN password_credentials c ON c.user_id = u.id"
        )
        return dict(rows.fetchall())


def main() -> int:
    base, database, made = sys.argv[1:]
    with open(made, encoding="utf-8") as lines:
        accounts = {f"user{number}@example.com": json.loads(line) for number, line in enumerate(lines)}

    def answers(email: str) -> list[int]:
        password = accounts[email]["password"]
        return [login(base, email, text) for text in ("x" + password, password, password, "x" + password)]

    with ThreadPoolExecutor(4) as pool:
        got = dict(zip(accounts, pool.map(answers, accounts)))
    hashes = stored(database)
    failures = [
        f"{account['made_by']} {account['password']!r}: {got[email]}, now {hashes[email][:24]}…"
        for email, account in accounts.items()
        if got[email] != [401, 200, 200, 401] or not hashes[email].startswith("$argon2id$v=19$m=64,t=2,p=1$")
    ]
    print("\n".join(failures) or f"All {len(accounts)} foreign hashes let their owners in and are argon2id now.")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())

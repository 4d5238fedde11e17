"""See .ci/mail-kills. Needs aiosmtpd."""

import asyncio
import collections
import email
import random
import sys
import tempfile
import threading
import time

from aiosmtpd.controller import Controller
from killable_server import Server, free_port

CLIENTS = 4
PATIENCE = 60  # seconds for the mails that are left at the end


class Inbox:
    """Takes every mail, each after a moment in which its sender may die."""

    def __init__(self):
        self.ids = collections.defaultdict(list)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        for address in envelope.rcpt_tos:
            self.ids[address].append(message["Message-ID"])
        await asyncio.sleep(random.uniform(0, 0.05))
        return "250 taken"


def register(server, life, client, acknowledged, stop):
    number = 0
    while not stop.is_set():
        address = f"life{life}.client{client}.{number}@example.com"
        number += 1
        body = {"email": address, "password": "correct horse battery staple"}
        try:
            status, answer = server.ask("POST", "/api/v1/auth/register", body)
        except OSError:
            return  # killed; whether this one was written nobody knows
        if status != 201:
            raise SystemExit(f"{status}: {answer!r}")
        acknowledged.append(address)


def one_life(server, life, acknowledged):
    stop = threading.Event()
    arguments = lambda client: (server, life, client, acknowledged, stop)
    clients = [threading.Thread(target=register, args=arguments(n)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(random.uniform(0.2, 1.2))
    server.kill()
    stop.set()
    for client in clients:
        client.join()


def wait_for(server, inbox, acknowledged):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        missing = [address for address in acknowledged if address not in inbox.ids]
        if not missing:
            return
        time.sleep(0.2)
    raise SystemExit(f"{len(missing)} of {len(acknowledged)} got no mail, e.g. {missing[:3]}")


def main(binary, kills):
    inbox, acknowledged = Inbox(), []
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "MAINSTAY_MAIL__TRANSPORT": "smtp",
            "MAINSTAY_MAIL__HOST": "127.0.0.1",
            "MAINSTAY_MAIL__PORT": str(controller.port),
            "MAINSTAY_MAIL__TLS": "none",
        }
        server = Server(binary, folder, settings)
        for life in range(kills):
            server.start()
            one_life(server, life, acknowledged)
        server.start()
        wait_for(server, inbox, acknowledged)
        for address in random.sample(acknowledged, min(20, len(acknowledged))):
            body = {"email": address, "password": "correct horse battery staple"}
            status, _ = server.ask("POST", "/api/v1/auth/login", body)
            assert status == 200, (address, status)
        assert server.stop() == 0
    controller.stop()
    mixed = {address: ids for address, ids in inbox.ids.items() if len(set(ids)) > 1}
    assert not mixed, f"one mail under several ids: {mixed}"
    twice = sum(len(ids) > 1 for ids in inbox.ids.values())
    print(
        f"{kills} kills, {len(acknowledged)} acknowledged registrations, each with its mail; "
        f"{twice} came more than once, under the same Message-ID"
    )


main(sys.argv[1], int(sys.argv[2]))

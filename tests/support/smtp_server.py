"""A real mail server that misbehaves on demand, for tests/api/mail.

    smtp_server.py MODE [--cert FILE --key FILE] [--login NAME:PASSWORD]

Prints its port on the first line, then every mail it accepted as one line of JSON.
"""

import argparse
import asyncio
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


def tell(what):
    print(json.dumps(what), flush=True)


class Handler:
    """Accepts mails, or not, by its mode."""

    def __init__(self, mode):
        self.mode = mode
        self.greeted = 0
        self.stalled = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "refuse":
            return "550 5.1.1 there is no such mailbox"
        self.greeted += 1
        if self.mode == "greylist" and self.greeted <= 2:
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        tell(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "data": envelope.content.decode(),
                "tls": session.ssl is not None,
                "login": session.authenticated,
            }
        )
        if self.mode == "stall" and not self.stalled:
            self.stalled = True
            await asyncio.sleep(3600)
        return "250 OK"


class Dropping(SMTP):
    """Hangs up in the middle of the first mail."""

    dropped = False

    async def smtp_DATA(self, arg):
        if Dropping.dropped:
            return await super().smtp_DATA(arg)
        Dropping.dropped = True
        await self.push("354 go on")
        self.transport.abort()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["accept", "refuse", "greylist", "stall", "drop"])
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--login")
    given = parser.parse_args()
    handler = Handler(given.mode)
    options = {"hostname": "localhost"}
    if given.cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.cert, given.key)
        options |= {"tls_context": context, "require_starttls": True}
    if given.login:
        name, password = given.login.encode().split(b":")

        def judge(server, session, envelope, mechanism, data):
            right = data.login == name and data.password == password
            # What is not handled is answered with 535.
            return AuthResult(success=right, handled=right)

        options |= {"authenticator": judge, "auth_required": True, "auth_require_tls": bool(given.cert)}
    kind = Dropping if given.mode == "drop" else SMTP
    server = await asyncio.get_running_loop().create_server(
        lambda: kind(handler, **options), host="127.0.0.1", port=0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

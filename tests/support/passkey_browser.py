"""Registers and uses passkeys in headless Chromium with its virtual authenticator.

Usage: passkey_browser.py CHROMIUM BASE. BASE is a server whose passkeys are for its own origin.
Speaks the DevTools protocol over pipes, so that nothing but Python and Chromium is needed.
Prints what was found as JSON; anything unexpected ends it with an error.
"""

import json
import os
import subprocess
import sys
import tempfile

STEPS = """
(async () => {
  const api = async (path, body, token, method = "POST") => {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    const result = text ? JSON.parse(text) : {};
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return result;
  };
  const auth = "/api/v1/auth";
  const account = { email: "ada@example.com", password: "correct horse battery staple" };
  await api(`${auth}/register`, account);
  const { access_token } = await api(`${auth}/login`, account);
  const make = await api(`${auth}/passkeys/registration/options`, null, access_token);
  const creation = PublicKeyCredential.parseCreationOptionsFromJSON(make);
  const created = await navigator.credentials.create({ publicKey: creation });
  const passkey = created.toJSON();
  const registered = await api(`${auth}/passkeys`, { name: "Chromium", passkey }, access_token);
  const use = async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  };
  const alone = await api(`${auth}/passkeys/login`, {
    passkey: await use(await api(`${auth}/passkeys/login/options`)),
  });
  const asked = await api(`${auth}/login`, account);
  const question = await api(`${auth}/passkeys/second-factor/options`, { mfa_token: asked.mfa_token });
  const second = await api(`${auth}/mfa/verify`, {
    mfa_token: asked.mfa_token, method: "passkey", passkey: await use(question),
  });
  const again = await api(`${auth}/passkeys/reauthenticate/options`, null, second.access_token);
  await api(`${auth}/reauthenticate`, { method: "passkey", passkey: await use(again) }, second.access_token);
  const me = await api("/api/v1/users/me", null, alone.access_token, "GET");
  let excluded = "made a second one";
  try {
    const more = await api(`${auth}/passkeys/registration/options`, null, access_token);
    await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(more) });
  } catch (error) {
    excluded = error.name;
  }
  return JSON.stringify({
    email: me.email, codes: registered.recovery_codes.length, methods: asked.methods, excluded,
    algorithm: passkey.response.publicKeyAlgorithm,
  });
})()
"""


class Browser:
    """Chromium, spoken to over its debugging pipe."""

    def __init__(self, chromium, profile):
        read_theirs, self.write = os.pipe()
        self.read, write_theirs = os.pipe()

        def hand_over():
            os.dup2(read_theirs, 3)
            os.dup2(write_theirs, 4)

        # Chromium expects the pipe at 3 and 4; whatever is there now is moved out of the way.
        if {read_theirs, write_theirs} & {3, 4}:
            read_theirs, write_theirs = os.dup(read_theirs), os.dup(write_theirs)
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--no-first-run",
            "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={profile}",
        ]
        self.process = subprocess.Popen(
            [chromium, *flags], preexec_fn=hand_over, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.session, self.number, self.rest = None, 0, b""

    def call(self, method, **params):
        """One command and its answer; events in between are skipped."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def receive(self):
        while b"\0" not in self.rest:
            chunk = os.read(self.read, 1 << 16)
            if not chunk:
                raise RuntimeError("Chromium hung up")
            self.rest += chunk
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)


def main():
    chromium, base = sys.argv[1:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(chromium, profile)
        try:
            print(run(browser, base))
        finally:
            browser.process.kill()
            browser.process.wait()


def run(browser, base):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.call("WebAuthn.enable")
    browser.call("WebAuthn.addVirtualAuthenticator", options={
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    })
    browser.call("Page.enable")
    # The pages of an API may do nothing; here one stands in for a front end.
    browser.call("Page.setBypassCSP", enabled=True)
    browser.call("Page.navigate", url=f"{base}/api/v1/health")
    while browser.receive().get("method") != "Page.loadEventFired":
        pass
    found = browser.call("Runtime.evaluate", expression=STEPS, awaitPromise=True, userGesture=True)
    if "exceptionDetails" in found:
        raise RuntimeError(found["exceptionDetails"]["exception"].get("description", found))
    return found["result"]["value"]


main()

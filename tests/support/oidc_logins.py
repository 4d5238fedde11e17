"""A browser, a front end and an attacker at a server whose people come from panva's provider.

    oidc_logins.py BASE MAILS

BASE is where Mainstay is; MAILS is the folder that it writes mails to.
"""

import http.client
import json
import pathlib
import re
import sys
import time
import urllib.parse

BASE, MAILS = sys.argv[1], pathlib.Path(sys.argv[2])
API = f"{BASE}/api/v1"
PASSWORD = "a tall pine by the lake"


class Browser:
    """Keeps cookies by host and port, and follows nobody by itself."""

    def __init__(self):
        self.cookies = {}

    def send(self, method, url, form=None, body=None, bearer=None):
        address = urllib.parse.urlsplit(url)
        headers = {}
        jar = self.cookies.setdefault(address.netloc, {})
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        data = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            data = urllib.parse.urlencode(form)
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        connection.request(method, f"{address.path}?{address.query}".rstrip("?"), data, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")
                key, _, content = cookie.partition("=")
                if content and "1970" not in rest:
                    jar[key] = content
                else:
                    jar.pop(key, None)
        text = answer.read().decode()
        where = answer.getheader("Location")
        connection.close()
        return answer.status, text, where and urllib.parse.urljoin(url, where)

    def at_provider(self, url, who, deny=False):
        """Logs in and consents, or declines; the URL that leads back."""
        status, text, where = self.send("GET", url)
        for _ in range(12):
            if where and where.startswith(BASE):
                return where
            if where:
                url = where
                status, text, where = self.send("GET", url)
                continue
            assert status == 200, (status, text[:400])
            if deny:
                url = re.search(r'href="([^"]*/abort)"', text)[1]
                status, text, where = self.send("GET", url)
                continue
            prompt = re.search(r'name="prompt" value="(\w+)"', text)[1]
            url = re.search(r'action="([^"]+)"', text)[1]
            form = {"prompt": prompt, "login": who, "password": "x"}
            status, text, where = self.send("POST", url, form=form)
        raise AssertionError(f"the provider leads nowhere: {url}")


def begin(browser, provider="basic"):
    status, text, where = browser.send("GET", f"{API}/auth/oauth/{provider}/authorize")
    assert status == 302, (status, text)
    return where


def sign_in(who, provider="basic", browser=None):
    browser = browser or Browser()
    status, text, _ = browser.send("GET", browser.at_provider(begin(browser, provider), who))
    return status, json.loads(text)


def refused(answer, status, code):
    got, problem = answer[0], answer[1] if isinstance(answer[1], dict) else json.loads(answer[1])
    assert (got, problem["code"]) == (status, code), (got, problem)


def me(answer):
    status, tokens = answer
    assert status == 200, answer
    status, text, _ = Browser().send("GET", f"{API}/users/me", bearer=tokens["access_token"])
    assert status == 200, text
    return json.loads(text)


def post(path, body, bearer=None):
    status, text, _ = Browser().send("POST", f"{API}/auth/{path}", body=body, bearer=bearer)
    return status, json.loads(text or "{}")


def local(email):
    """Somebody with a password here: their tokens."""
    assert post("register", {"email": email, "password": PASSWORD})[0] == 201
    return post("login", {"email": email, "password": PASSWORD})


def somebody_new_gets_an_account_and_finds_it_again():
    first = me(sign_in("ada"))
    assert (first["email"], first["email_verified"]) == ("ada@example.com", True), first
    assert (first["first_name"], first["last_name"]) == ("Ada", "Lovelace"), first
    assert me(sign_in("ada"))["id"] == first["id"]
    # By another client, another algorithm and another way to prove the client: the same person.
    assert me(sign_in("ada", "post"))["id"] == first["id"]


def an_address_that_is_not_plainly_verified_opens_nothing():
    for who in ["bob", "carol", "fay"]:
        refused(sign_in(who), 403, "PROVIDER_EMAIL_UNVERIFIED")
    local("bob@example.com")
    refused(sign_in("bob"), 403, "PROVIDER_EMAIL_UNVERIFIED")


def an_account_that_nobody_proved_is_claimed():
    attacker = local("dan@example.com")
    dan = me(sign_in("dan"))
    assert dan["email_verified"] is True
    refused(post("login", {"email": "dan@example.com", "password": PASSWORD}), 401, "INVALID_CREDENTIALS")
    refresh = {"refresh_token": attacker[1]["refresh_token"]}
    refused(post("refresh", refresh), 401, "INVALID_REFRESH_TOKEN")


def mailed(address):
    """The token of the newest mail to an address."""
    for path in sorted(MAILS.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        text = path.read_text(errors="replace").replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
        found = re.search(r"#token=([\w-]+)", text)
        if address in text and found:
            return found[1]
    raise AssertionError(f"no mail to {address}")


def an_account_that_was_proved_is_linked_and_keeps_its_password():
    erin = me(local("erin@example.com"))
    for _ in range(100):
        try:
            token = mailed("erin@example.com")
            break
        except (AssertionError, FileNotFoundError):
            time.sleep(0.1)
    assert post("verify-email", {"token": token})[0] == 204
    assert me(sign_in("erin"))["id"] == erin["id"]
    assert post("login", {"email": "erin@example.com", "password": PASSWORD})[0] == 200


def whoever_is_logged_in_links_any_identity_and_is_found_by_it():
    owner = local("owner@example.com")
    browser = Browser()
    bearer = owner[1]["access_token"]
    status, text, _ = browser.send("POST", f"{API}/auth/oauth/basic/link", body={}, bearer=bearer)
    assert status == 200, text
    back = browser.at_provider(json.loads(text)["authorization_url"], "fay")
    status, text, _ = browser.send("GET", back)
    assert status == 200 and json.loads(text)["identity"]["provider"] == "basic", text
    assert me(sign_in("fay"))["id"] == me(owner)["id"]


def an_answer_counts_once_and_in_its_own_browser():
    browser = Browser()
    back = browser.at_provider(begin(browser), "ada")
    assert browser.send("GET", back)[0] == 200
    refused(browser.send("GET", back), 403, "OAUTH_STATE_INVALID")
    # The victim's browser has begun nothing, or something else.
    for begun in [False, True]:
        attacker, victim = Browser(), Browser()
        back = attacker.at_provider(begin(attacker), "ada")
        if begun:
            begin(victim)
        refused(victim.send("GET", back), 403, "OAUTH_STATE_INVALID")
    refused(Browser().send("GET", f"{back}&state=x"), 422, "VALIDATION_FAILED")


def a_code_of_one_login_does_not_finish_another():
    def parts(browser):
        back = browser.at_provider(begin(browser), "ada")
        return urllib.parse.urlsplit(back), dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))

    attacker, victim = Browser(), Browser()
    _, stolen = parts(attacker)
    address, own = parts(victim)
    query = urllib.parse.urlencode({**own, "code": stolen["code"]})
    answer = victim.send("GET", address._replace(query=query).geturl())
    refused(answer, 403, "OAUTH_ANSWER_INVALID")
    # An answer must name its sender where the provider says that it does (RFC 9207).
    for issuer in [None, "http://evil.example"]:
        browser = Browser()
        address, own = parts(browser)
        own.pop("iss")
        query = urllib.parse.urlencode({**own, **({"iss": issuer} if issuer else {})})
        answer = browser.send("GET", address._replace(query=query).geturl())
        refused(answer, 403, "OAUTH_ANSWER_INVALID")


def whoever_declines_is_let_in_nowhere():
    browser = Browser()
    back = browser.at_provider(begin(browser), "ada", deny=True)
    refused(browser.send("GET", back), 403, "OAUTH_DENIED")


def a_client_that_cannot_prove_itself_is_told_nothing():
    refused(sign_in("ada", "wrong"), 503, "UNAVAILABLE")


for case in [
    somebody_new_gets_an_account_and_finds_it_again,
    an_address_that_is_not_plainly_verified_opens_nothing,
    an_account_that_nobody_proved_is_claimed,
    an_account_that_was_proved_is_linked_and_keeps_its_password,
    whoever_is_logged_in_links_any_identity_and_is_found_by_it,
    an_answer_counts_once_and_in_its_own_browser,
    a_code_of_one_login_does_not_finish_another,
    whoever_declines_is_let_in_nowhere,
    a_client_that_cannot_prove_itself_is_told_nothing,
]:
    case()
    print(f"ok: {case.__name__.replace('_', ' ')}")

"use strict";
// The token travels in the fragment: browsers never send it, so no log can hold it. Nothing is
// done before somebody presses the button: scanners of mails open links, too.
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const pages = {
  "/verify-email": {
    call: "verify-email", title: "Confirm your address", button: "Confirm",
    text: "If you did not make an account here, close this page.",
    done: "Your address is confirmed.",
  },
  "/reset-password": {
    call: "reset-password", title: "Choose a new password", button: "Set password", secret: true,
    text: "You will be logged out everywhere.", done: "Your password is set. You can log in with it.",
  },
  "/change-email": {
    call: "change-email/confirm", title: "Confirm your new address", button: "Confirm",
    text: "Your account moves to this address.", done: "Your account has its new address.",
  },
  "/sign-in": {
    title: "Sign in",
    text: "Open this link in the app that you want to sign in to, or type the code of the mail there.",
  },
  "/accept-invitation": {
    call: "accept-invitation", title: "Welcome", button: "Take up the account", secret: true,
    text: "Choose a password for your account.", done: "Your account is ready. You can log in.",
  },
};
const page = pages[location.pathname] ?? pages["/verify-email"];
const element = (id) => document.getElementById(id);

element("title").textContent = page.title;
element("text").textContent = page.text;
element("button").textContent = page.button;
element("secret").hidden = !page.secret;
element("form").hidden = !page.call;
document.title = page.title;

function explain(problem) {
  const fields = (problem.errors ?? []).map((error) => `${error.field}: ${error.message}`);
  return [problem.detail, ...fields].join("\n");
}

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  element("answer").textContent = "…";
  const body = page.secret ? { token, new_password: element("password").value } : { token };
  const response = await fetch(`/api/v1/auth/${page.call}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    element("answer").textContent = explain(await response.json());
    return;
  }
  history.replaceState(null, "", location.pathname);
  element("form").hidden = true;
  element("text").textContent = "";
  element("answer").textContent = page.done;
});

"use strict";
// The token travels in the fragment: browsers never send it, so no log can hold it.
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const form = document.getElementById("setup");
const answer = document.getElementById("answer");

function explain(problem) {
  const fields = (problem.errors ?? []).map((error) => `${error.field}: ${error.message}`);
  return [problem.detail, ...fields].join("\n");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  answer.textContent = "…";
  const response = await fetch("/api/v1/auth/setup", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, email: form.email.value, password: form.password.value }),
  });
  const body = await response.json();
  if (response.ok) {
    form.hidden = true;
    answer.textContent = `${body.email} is an administrator now. Log in at /api/v1/auth/login.`;
  } else {
    answer.textContent = explain(body);
  }
});

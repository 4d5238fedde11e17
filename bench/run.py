#!/usr/bin/env python3
"""Mainstay against a bare actix-web and sqlx server, interleaved. See bench/README.md.

Standard library only. All traffic goes to 127.0.0.1.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness.cases import CASES, bare_only  # noqa: E402
from harness.process import ForeignLoad  # noqa: E402
from harness.report import Results, table  # noqa: E402
from harness.tools import Failure, Tools, build  # noqa: E402
from harness.world import World  # noqa: E402


def arguments():
    """The command line."""
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="each round runs every case once (5)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one measurement (5)")
    parser.add_argument("--connections", type=int, default=64, help="connections of wrk (64)")
    parser.add_argument("--users", type=int, default=1_000_000, help="users in Mainstay's PostgreSQL (a million)")
    parser.add_argument("--file-mb", type=int, default=1024, help="MiB of the large file (1024)")
    parser.add_argument("--hash-threads", type=int, default=0, help="threads of the raw kernels; as Mainstay's")
    parser.add_argument("--cases", default=",".join(names), help="some of " + ",".join(names))
    parser.add_argument("--bare-only", action="store_true", help="leave Mainstay out, to try the harness")
    parser.add_argument("--pin", action="store_true", help="servers on processor 0, load on 1")
    parser.add_argument("--binaries", type=Path, help="take the programs in this folder instead of building them")
    parser.add_argument(
        "--postgres",
        default=os.environ.get("BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
        help="a PostgreSQL that may make databases; or BENCH_POSTGRES_URL",
    )
    options = parser.parse_args()
    # Mainstay's default: one core is left to those who are logged in.
    options.hash_threads = options.hash_threads or max(1, (os.cpu_count() or 1) - 1)
    unknown = set(options.cases.split(",")) - set(names)
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    return options


def run_round(world, cases, results):
    """Every variant of every case, once."""
    for case in cases:
        for variant in case.variants:
            sample = case.measure(world, variant)
            results.add(case.name, variant, sample)
            figures = ", ".join(f"{name} {value:,.2f}" for name, value in sample.items())
            print(f"  {case.name:9} {variant:30} {figures}", flush=True)


def measure(options, folder):
    """All rounds; gives the table and how busy others kept the machine."""
    packages = ["mainstay-bench"] if options.bare_only else ["mainstay-server", "mainstay-bench"]
    binaries = options.binaries.resolve() if options.binaries else build(packages)
    world = World(Tools(binaries, options.pin), folder, options)
    cases = [case for case in CASES if case.name in options.cases.split(",")]
    if options.bare_only:
        for case in cases:
            case.variants = bare_only(case)
    results, foreign = Results(), []
    try:
        world.start()
        for number in range(1, options.rounds + 1):
            load = ForeignLoad()
            print(f"round {number} of {options.rounds}", flush=True)
            run_round(world, cases, results)
            foreign.append(load.share())
    finally:
        world.stop()
    return table(results, cases), foreign


def main():
    """Prints the table; 1 if anything answered wrongly."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-", ignore_cleanup_errors=True) as folder:
        try:
            text, foreign = measure(options, Path(folder))
        except Failure as failure:
            print(f"bench: {failure}", file=sys.stderr)
            return 1
    shares = ", ".join(f"{share:.0f} %" for share in foreign)
    print(f"\n{options.rounds} rounds of {options.seconds} s, {options.connections} connections, "
          f"{os.cpu_count()} processors, {options.hash_threads} hashing threads.")
    print(f"Others kept the machine busy: {shares} of all processors, by round.\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

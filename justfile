# `just` lists the recipes.
_default:
    @just --list --unsorted

# Start the server on http://127.0.0.1:8000, with SQLite under ./data
run *args:
    cargo run -- {{args}}

# Every test; databases that are not named by TEST_POSTGRES_URL or TEST_MYSQL_URL are skipped aloud
test *args:
    cargo test --workspace {{args}}

# Everything CI does
check:
    .ci/run

# Format
fmt:
    cargo fmt --all

# Lint, with every warning an error
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# The measures of DESIGN: aim, figure, PASS or MISS
aesthetics:
    python3 scripts/aesthetics.py

# Benchmarks against a bare server, interleaved; see bench/README.md
bench *args:
    python3 bench/run.py {{args}}

# Regenerate docs/openapi.json
openapi:
    cargo run -q -- openapi > target/openapi.json
    mv target/openapi.json docs/openapi.json

# Regenerate everything that is made from code
generate: openapi
    cargo run -q -- errors > target/errors.md
    mv target/errors.md docs/errors.md
    cargo run -q -- env-example > target/env.example
    mv target/env.example .env.example
    cargo run -q -- config reference | python3 scripts/config_table.py --write

# The crates' documentation
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Install the pre-commit hook
hook:
    install -m 755 scripts/pre-commit "$(git rev-parse --git-path hooks)/pre-commit"

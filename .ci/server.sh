# Sourced: starts a server on SQLite in a folder of its own, and stops it at the end.

# start_server BINARY: sets BASE, DATABASE_URL and server_dir, and waits until it is ready.
start_server() {
    server_dir=$(mktemp -d)
    trap stop_server EXIT
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    export BASE="http://127.0.0.1:$port" DATABASE_URL="sqlite://$server_dir/mainstay.db"
    unset SECRET_KEY REDIS_URL CORS_ORIGINS PUBLIC_URL
    ENVIRONMENT=local HOST=127.0.0.1 PORT=$port "$1" serve >"$server_dir/log" 2>&1 &
    server_pid=$!
    for _ in $(seq 300); do
        curl -fsS "$BASE/health/ready" >/dev/null 2>&1 && return
        kill -0 "$server_pid" 2>/dev/null || break
        sleep 0.2
    done
    echo "the server did not get ready" >&2
    tail -n 50 "$server_dir/log" >&2
    return 1
}

stop_server() {
    local status=$?
    if [ -n "${server_pid:-}" ] && kill "$server_pid" 2>/dev/null; then
        wait "$server_pid" || true
    fi
    if [ "$status" != 0 ] && [ -f "$server_dir/log" ]; then
        echo "--- the server's last lines:" >&2
        tail -n 30 "$server_dir/log" >&2
    fi
    rm -rf "$server_dir"
    exit "$status"
}

# field NAME: the text of a member of the JSON object on standard input.
field() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# login EMAIL PASSWORD: an access token.
login() {
    curl -fsS "$BASE/api/v1/auth/login" -H 'Content-Type: application/json' \
        -d "{\"email\":\"$1\",\"password\":\"$2\"}" | field access_token
}

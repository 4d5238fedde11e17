# Sourced by .ci/run: makes sure that PostgreSQL and MariaDB answer and exports their URLs.
# On a machine of its own (root, Debian) it installs and starts them and makes a role for the
# tests; elsewhere it takes what is there or fails.

ci_name=mainstay_ci

postgres_answers() {
    psql "$1" -Atc 'SELECT 1' >/dev/null 2>&1
}

mysql_answers() {
    local rest=${1#mysql://} user host port password=""
    user=${rest%%@*}
    rest=${rest#*@}
    host=${rest%%[:/]*}
    port=$(sed -n 's#^[^/]*:\([0-9]*\)/.*#\1#p' <<<"$rest")
    case $user in *:*) password=${user#*:} user=${user%%:*} ;; esac
    MYSQL_PWD=$password mariadb -h "$host" -P "${port:-3306}" -u "$user" \
        -e "USE \`${rest##*/}\`" >/dev/null 2>&1
}

start_postgres() {
    if command -v pg_lsclusters >/dev/null; then
        pg_lsclusters -h | awk '$4 != "online" { print $1, $2 }' | while read -r version cluster; do
            pg_ctlcluster "$version" "$cluster" start || true
        done
    fi
}

start_mysql() {
    service mariadb start >/dev/null 2>&1 || service mysql start >/dev/null 2>&1 || true
}

make_postgres_role() {
    su postgres -c psql >/dev/null <<SQL
DO \$\$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$ci_name') THEN
        CREATE ROLE $ci_name LOGIN CREATEDB PASSWORD '$ci_name';
    END IF;
END \$\$;
SELECT 'CREATE DATABASE $ci_name OWNER $ci_name'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$ci_name') \gexec
SQL
}

make_mysql_role() {
    mariadb <<SQL
CREATE DATABASE IF NOT EXISTS $ci_name CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '$ci_name'@'127.0.0.1' IDENTIFIED BY '$ci_name';
CREATE USER IF NOT EXISTS '$ci_name'@'localhost' IDENTIFIED BY '$ci_name';
GRANT ALL ON *.* TO '$ci_name'@'127.0.0.1';
GRANT ALL ON *.* TO '$ci_name'@'localhost';
SQL
}

wait_for() {
    for _ in $(seq 30); do
        "$@" && return
        sleep 1
    done
    return 1
}

# find ENGINE URL…: the first URL that answers.
find_database() {
    local engine=$1 url
    shift
    for url in "$@"; do
        if "${engine}_answers" "$url"; then
            printf '%s' "$url"
            return
        fi
    done
    return 1
}

use_database() {
    local engine=$1 variable=$2 standard=$3 own=$4
    if [ -n "${!variable:-}" ]; then
        wait_for "${engine}_answers" "${!variable}" || fail "$variable is set, but nothing answers there"
        export "${variable?}"
        return
    fi
    local url
    if ! url=$(find_database "$engine" "$standard" "$own"); then
        "start_$engine"
        if ! url=$(wait_for find_database "$engine" "$standard"); then
            may_install || fail "no $engine answers; start one or set $variable"
            "make_${engine}_role"
            url=$(wait_for find_database "$engine" "$own") || fail "no $engine answers; set $variable"
        fi
    fi
    export "$variable=$url"
}

need psql postgresql
need mariadb mariadb-server
use_database postgres TEST_POSTGRES_URL postgres://postgres@127.0.0.1:5432/test \
    "postgres://$ci_name:$ci_name@127.0.0.1:5432/$ci_name"
use_database mysql TEST_MYSQL_URL mysql://root@127.0.0.1:3306/test \
    "mysql://$ci_name:$ci_name@127.0.0.1:3306/$ci_name"
printf 'PostgreSQL: %s\nMariaDB: %s\n' "${TEST_POSTGRES_URL##*@}" "${TEST_MYSQL_URL##*@}"

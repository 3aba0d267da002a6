# Sourced by the other scripts, from the checkout's root: words, search path, and what is installed.
# shellcheck shell=bash

# What is needed.
POSTGRES_MAJOR=15
NODE_MAJOR=20

# Node, if the machine's own is too old (script/bootstrap --tests), and cargo's tools.
NODE_HOME=$PWD/.cache/node
if [ -x "$NODE_HOME/node_modules/.bin/node" ]; then
  PATH=$NODE_HOME/node_modules/.bin:$PATH
fi
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
export PATH

if [ -t 2 ]; then
  bold=$'\e[1m' plain=$'\e[0m'
else
  bold='' plain=''
fi

# What is being done, to a person.
say() {
  printf '%s==> %s%s\n' "$bold" "$*" "$plain" >&2
}

# What went wrong and what to do about it; ends the script.
fail() {
  printf '%serror:%s %s\n' "$bold" "$plain" "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Builds targets with the features that the whole workspace and its tests need (an example brings in those of the tests), as
# `cargo build --workspace --all-targets` does. With fewer, which `--package` asks for, cargo compiles nearly all of it anew.
build() {
  cargo build --locked --workspace --example embedded "$@"
}

# In continuous integration, or with nobody at the terminal, nothing is asked.
may_ask() {
  [ "${CI:-}" != true ] && [ -t 0 ] && [ -t 2 ]
}

# The newest installed PostgreSQL server's major version; 0 if there is none.
postgres_major() {
  local newest=0 program version
  for program in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres \
    /opt/homebrew/opt/postgresql@*/bin/postgres /usr/local/opt/postgresql@*/bin/postgres \
    /home/linuxbrew/.linuxbrew/opt/postgresql@*/bin/postgres; do
    [ -n "$program" ] && [ -x "$program" ] || continue
    version=$("$program" --version 2>/dev/null | sed -nE 's/.*\(PostgreSQL\) ([0-9]+).*/\1/p')
    [ "${version:-0}" -gt "$newest" ] && newest=$version
  done
  echo "$newest"
}

have_redis() {
  have redis-server || have valkey-server || [ -x /usr/bin/redis-server ] || [ -x /opt/homebrew/bin/redis-server ]
}

# The major version of the Node on the search path; 0 if there is none.
node_major() {
  local version
  version=$(node --version 2>/dev/null | sed -nE 's/^v([0-9]+).*/\1/p')
  echo "${version:-0}"
}

# shellcheck shell=bash
# What the shell scripts share. Sourced. The set-up itself is Python, in machine/: a shell is not on every machine.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for those that source this
BUILT=$ROOT/target/kernel # jars, the kernel's jar, logs
# The Python environment: .venv, or on Binder the one it brings along.
PREFIX=${LOWERBOUND_PREFIX:-$ROOT/.venv}
PYTHON=${LOWERBOUND_PYTHON:-python3}

# shellcheck source=environment/kernel/utf8.sh
. "$ROOT/environment/kernel/utf8.sh"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# A step's output goes into a log; only when it fails the end of it is shown.
quietly() { # LOG SENTENCE COMMAND...
  local log=$1 sentence=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "$sentence (all of it: ${log#"$ROOT"/})"
  fi
}

# The JDK's package on Debian and Ubuntu: the oldest that will do, of those there are.
debian_jdk() {
  local version
  for version in 17 21 25; do
    if apt-cache show "openjdk-$version-jdk-headless" >/dev/null 2>&1; then break; fi
  done
  echo "openjdk-$version-jdk-headless"
}

# The command that installs a missing thing, on this system.
how_to_install() { # DEBIAN_PACKAGE HOMEBREW_PACKAGE
  if command -v apt-get >/dev/null; then
    echo "sudo apt-get install $1"
  elif command -v dnf >/dev/null; then
    case $1 in
      python3-venv) echo "sudo dnf install python3" ;;
      *) echo "sudo dnf install $1" ;;
    esac
  else
    echo "brew install $2"
  fi
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# One hash of the files and folders given, and of the words on standard input.
hash_of() {
  { cat
    find "$@" -type f | LC_ALL=C sort | while IFS= read -r file; do
      printf '%s\n' "${file#"$ROOT"/}"
      cat "$file"
    done
  } | sha256 | cut -d ' ' -f 1
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

# A Python that will do: the one on the path, or, for who may not run that, the one of this installation.
find_python() {
  local install
  if new_enough "$PYTHON"; then return; fi
  if new_enough "$PREFIX/bin/python"; then
    PYTHON=$PREFIX/bin/python
    return
  fi
  install=$(how_to_install python3-venv python)
  command -v "$PYTHON" >/dev/null || fail "Python is missing. Install Python 3.10 or newer: $install"
  fail "Python here is $("$PYTHON" -V 2>&1 | cut -d ' ' -f 2); Lowerbound needs 3.10 or newer: $install" \
    "(or set LOWERBOUND_PYTHON to one that is installed)"
}

# The set-up, or a part of it: see machine/__main__.py.
machine() {
  find_python
  "$PYTHON" -B "$ROOT/environment/machine" "$@" || exit
}

set_up() { # [MORE_REQUIREMENTS...]
  set -- set-up "$@"
  machine "$@"
  # Kernels start in the notebook's folder, where a relative name would mean another place.
  if [ -d "${LOWERBOUND_DATA:-}" ]; then LOWERBOUND_DATA=$(cd "$LOWERBOUND_DATA" && pwd) && export LOWERBOUND_DATA; fi
  # This environment's kernelspec comes before one of the same name in the user's home.
  export JUPYTER_PREFER_ENV_PATH=1
  # nbgrader calls programs of the environment by their bare names.
  export PATH=$PREFIX/bin:$PATH
}

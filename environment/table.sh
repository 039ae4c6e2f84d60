# shellcheck shell=bash
# What the commands for the full tables share: sourced by table05, table06, table10.

# table CLASS SCRIPT ARGUMENT…: the class's main method, at full size; the script's own head is its help.
table() {
  local class=$1 script=$2 here
  shift 2
  here=$(cd "$(dirname "$script")" && pwd)
  if [ "${1:-}" = --help ]; then
    sed -n '2,3s/^# //p' "$script"
    exit 0
  fi
  if [ ! -d "$here/../target/kernel/jars" ]; then
    echo "Set up first: ./environment/lab --data" >&2
    exit 1
  fi
  export LOWERBOUND_SIZE=${LOWERBOUND_SIZE:-full} LOWERBOUND_MEMORY=${LOWERBOUND_MEMORY:-12g}
  cd "$here/.." || exit
  exec environment/kernel/launch.py command "$class" "$@"
}

# shellcheck shell=bash
# Sourced by all that starts a JVM. Where the locale is not UTF-8 (LC_ALL=C on a server, in a container),
# Java cannot open, nor be started from, a folder whose name has other letters than English; whoever set
# that locale did not mean that. Numbers do not follow the locale in any case.
if [ "$(locale charmap 2>/dev/null || echo UTF-8)" != UTF-8 ]; then
  for utf8 in $(locale -a 2>/dev/null | grep -iE '^(C|en_US)\.utf-?8$'); do
    export LC_ALL=$utf8
    break
  done
  unset utf8
fi

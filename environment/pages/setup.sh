# shellcheck shell=bash
# What the site needs beyond Python: MathJax and the search, from npm, into target/site-npm. Sourced after ../setup.sh.

PAGES=$ROOT/target/site-npm

check_node() {
  local install
  install=$(how_to_install "nodejs npm" node)
  command -v node >/dev/null || fail "Node.js is missing; the site's equations are set with it. Install it: $install"
  command -v npm >/dev/null || fail "npm is missing; MathJax comes with it. Install it: $install"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] ||
    fail "Node.js here is $(node --version); the site needs 18 or newer: $install"
}

set_up_pages() {
  local stamp from=$ROOT/environment/pages
  check_node
  stamp=$(hash_of "$from/package.json" "$from/package-lock.json" </dev/null)
  if [ "$(cat "$PAGES/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  mkdir -p "$PAGES"
  say "Fetching MathJax and the search ..."
  cp "$from/package.json" "$from/package-lock.json" "$PAGES/"
  quietly "$PAGES/npm.log" "npm could not fetch MathJax and the search. A first set-up needs the network." \
    npm ci --prefix "$PAGES" --ignore-scripts --no-audit --no-fund --no-update-notifier
  echo "$stamp" >"$PAGES/stamp"
}

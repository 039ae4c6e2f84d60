# shellcheck shell=bash
# Our side of the benchmark, built once: sourced by run and gpu, after setup.sh.

build_our_side() {
  local native stamp java=java
  native=$(machine native)
  stamp=$({ echo "$native"; if [ -f "$BUILT/gpu" ]; then echo gpu; fi; } | hash_of "$ROOT/pom.xml" "$ROOT/src/main" "$ROOT/src/test/java/org/lowerbound/bench")
  if [ "$(cat "$WORK/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  local profile=()
  if [ -f "$BUILT/gpu" ]; then profile=(-Pgpu); fi
  say "Building our side ..."
  quietly "$WORK/build.log" "Our side could not be built." \
    mvn -B -ntp -q -f "$ROOT/pom.xml" ${profile[@]+"${profile[@]}"} "-Djavacpp.platform.extension=$native" test-compile \
    dependency:build-classpath -Dmdep.includeScope=test "-Dmdep.outputFile=$WORK/classpath"
  if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; fi
  machine libtorch
  local paths=()
  if [ -d "$BUILT/libtorch" ]; then
    paths=(-Dorg.bytedeco.javacpp.pathsFirst=true "-Djava.library.path=$BUILT/libtorch" \
      "-Dorg.bytedeco.javacpp.cachedir=$BUILT/javacpp")
  fi
  # The JVM as the kernel starts it, with memory for the batches that are kept.
  printf '%s\n' "$java" ${paths[@]+"${paths[@]}"} -Xmx1g -XX:+UseSerialGC "-Dorg.bytedeco.javacpp.platform.extension=$native" \
    -cp "$ROOT/target/test-classes:$ROOT/target/classes:$(cat "$WORK/classpath")" >"$WORK/java.txt"
  rm -rf "${WORK:?}/real" "${WORK:?}/built-in"
  echo "$stamp" >"$WORK/stamp"
}

#!/usr/bin/env bash
# Every test of Takt: unit tests, the program as a whole, both compilers, sanitizers, the proof, fuzzing.
# Groups of unit tests and scripts run side by side, one on each core.
# The last line says how many passed and failed; the exit code is 0 only when none failed.
#
#   ./test.sh              all of it
#   ./test.sh whole        one part: unit whole sanitize proof fuzz
set -uo pipefail
cd "$(dirname "$0")"
. tests/setup.sh
passed=0 failed=0
parts=${*:-unit whole sanitize proof fuzz}
log=$(mktemp) logs=$(mktemp -d)
trap 'rm -rf "$log" "$logs"' EXIT

wanted() { case " $parts " in *" $1 "*) return 0;; *) return 1;; esac; }
good() { passed=$((passed + 1)); echo "ok   $1"; }
bad()  { failed=$((failed + 1)); echo "FAIL $1"; }
step() { echo; echo "== $1 ($(date +%H:%M:%S))"; }

# one thing that must succeed; its output is shown when it does not
must() {
  local name=$1; shift
  if timeout 600 "$@" >"$log" 2>&1; then good "$name"; else bad "$name"; tail -30 "$log"; fi
}

# side_by_side COMMAND: for each name on stdin, `COMMAND name` into $logs/name.log, its exit code into $logs/name.code;
# as many at once as there are cores
side_by_side() {
  rm -rf "$logs" && mkdir -p "$logs"
  command=$1 logs=$logs xargs -P "$(nproc)" -I{} bash -c '
    name=$(basename "$1") code=0
    SECONDS=0
    timeout 1500 $command "$1" >"$logs/$name.log" 2>&1 || code=$?
    echo $code >"$logs/$name.code"
    echo "$SECONDS s $name" >>"$logs/times"' - {}
  echo "slowest: $(sort -rn "$logs/times" | head -6 | paste -sd, | sed 's/,/, /g')"
}

# the exit code that side_by_side kept, "none" when that never ran to its end; there is a log in either case
code_of() {
  [ -e "$logs/$1.log" ] || : >"$logs/$1.log"
  cat "$logs/$1.code" 2>/dev/null || echo none
}

# cmocka's own lines are counted, one for each test
unit_tests() {
  local group code ok notok passes=0 fails=0 groups
  groups=$("$1" --list) || { bad "$1 --list"; return; }
  side_by_side "$1" <<<"$groups"
  for group in $groups; do
    code=$(code_of "$group")
    ok=$(grep -c '^\[       OK \]' "$logs/$group.log")
    notok=$(grep -cE '^\[  FAILED  \] [a-z_0-9]+$' "$logs/$group.log")
    # a group that ran no test has not passed
    if [ "$notok" = 0 ] && { [ "$code" != 0 ] || [ "$ok" = 0 ]; }; then notok=1; fi
    passes=$((passes + ok)) fails=$((fails + notok))
    [ "$notok" = 0 ] && continue
    grep -E '^\[  FAILED  \]|ERROR|error:|SUMMARY|Assertion' "$logs/$group.log" | head -40
    echo "$group: exit code $code; its last lines:"
    tail -15 "$logs/$group.log"
  done
  passed=$((passed + passes)) failed=$((failed + fails))
  echo "$1: $passes passed, $fails failed"
}

# scripts print "ok ..." and "FAIL ..." lines
whole_tests() {
  local script name code
  printf '%s\n' "$@" | grep -v '/check\.sh$' | side_by_side bash
  for script in "$@"; do
    name=$(basename "$script")
    [ "$name" = check.sh ] && continue
    code=$(code_of "$name")
    passed=$((passed + $(grep -c '^ok ' "$logs/$name.log"))) failed=$((failed + $(grep -c '^FAIL ' "$logs/$name.log")))
    grep -v '^ok ' "$logs/$name.log"
    echo "$script: $(grep -c '^ok ' "$logs/$name.log") passed, $(grep -c '^FAIL ' "$logs/$name.log") failed"
    if [ "$code" != 0 ] && ! grep -q '^FAIL ' "$logs/$name.log"; then bad "$script ended with $code"; fi
  done
}

# the other compiler builds in a folder of links to the same sources
other_compiler() {
  mkdir -p build/clang
  for f in premake5.lua app base engine examples policies robots scheduler stream study viewer tests assets layouts; do [ -e "$f" ] && ln -sfn "../../$f" "build/clang/$f"; done
  (cd build/clang && CC=clang build release takt && CC=clang build debug takt)
}

# read whole before it runs: the file may be edited meanwhile
main() {
  install_packages || { bad packages; echo "$passed passed, $failed failed"; return 1; }

  step "release build"
  if build release takt takt-test; then good "release build, gcc"; else bad "release build, gcc"; echo "$passed passed, $failed failed"; return 1; fi
  if wanted unit; then step "unit tests"; unit_tests build/takt-test; fi

  if wanted whole; then
    step "other builds for the same digests"
    if build debug takt; then good "debug build, gcc"; else bad "debug build, gcc"; fi
    if other_compiler; then good "release and debug build, clang"; else bad "release and debug build, clang"; fi
    step "the program as a whole"
    whole_tests tests/whole/*.sh
  fi

  if wanted sanitize; then
    step "address and undefined behaviour sanitizers"
    if build sanitize takt takt-test; then
      good "sanitize build"
      unit_tests build/takt-test-sanitize
      TAKT=build/takt-sanitize whole_tests tests/whole/exit_codes.sh tests/whole/ends.sh
    else
      bad "sanitize build"
    fi
  fi

  if wanted proof; then step "the built-in proof"; must "takt validate" build/takt validate; tail -3 "$log"; fi

  if wanted fuzz && [ -x tests/fuzz/run.sh ]; then step "fuzzing, briefly"; must "fuzz targets" tests/fuzz/run.sh 20; fi

  echo
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
main; exit

#!/usr/bin/env bash
# Build every fuzzer (README beside this) and run each for some seconds, two at a time.
#
#   tests/fuzz/run.sh 20
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-20}
out=build/fuzz
flags="-std=gnu17 -g -O1 -ffp-contract=off -fno-strict-aliasing -fsanitize=address,undefined -fno-sanitize-recover=all -I."
libraries="-lyaml -lexpat -lmsgpackc -lzstd -luv -lpthread -lm"
mkdir -p $out/o

# the rooms once, with coverage, then the fuzzers
compile() {
  local object=$out/o/${1//\//_}.o
  [ "$object" -nt "$1" ] || clang $flags -fsanitize=fuzzer-no-link -c "$1" -o "$object"
}
export -f compile; export out flags
printf '%s\n' base/*.c scheduler/*.c stream/*.c engine/layout/*.c robots/*.c | xargs -P "$(nproc)" -I{} bash -c 'compile {}' || exit 1
objects=$(printf '%s\n' base/*.c scheduler/*.c stream/*.c engine/layout/*.c robots/*.c | sed "s|/|_|g; s|^|$out/o/|; s|$|.o|")
for target in tests/fuzz/fuzz_*.c; do
  name=$(basename "$target" .c)
  clang $flags -fsanitize=fuzzer "$target" $objects $libraries -o $out/"$name" || exit 1
done
clang $flags tests/fuzz/stream_seeds.c tests/crowd.c $objects $libraries -lcmocka -o $out/stream_seeds || exit 1
mkdir -p $out/seeds
$out/stream_seeds $out/seeds >/dev/null || exit 1
for kind in wire command recording; do mkdir -p $out/seeds/$kind; mv $out/seeds/$kind-* $out/seeds/$kind/; done

run_one() {
  local name=$1 seeds="" more=""
  mkdir -p "$out/$name.corpus"
  case $name in
    fuzz_layout) seeds="tests/layouts/good tests/layouts/bad"; more="-dict=tests/fuzz/layout.dict";;
    fuzz_robot_yaml) seeds="tests/robots/bad assets/robots/optimus-gen2";;
    fuzz_urdf) seeds="tests/urdf/bad assets/robots/optimus-gen2";;
    fuzz_tree) seeds="tests/layouts/good";;
    fuzz_shop) seeds="tests/fuzz/shops";;
    fuzz_line) seeds="tests/fuzz/lines";;
    fuzz_grasp) seeds="tests/fuzz/grasps";;
    *) seeds="$out/seeds/${name#fuzz_}";;
  esac
  "$out/$name" -max_len=16384 -timeout=5 -rss_limit_mb=512 -max_total_time="$seconds" -artifact_prefix="$out/" $more "$out/$name.corpus" $seeds >"$out/$name.log" 2>&1
  local code=$?
  if [ $code = 0 ]; then echo "ok   $name: $(grep -oE 'Done [0-9]+ runs' "$out/$name.log")"; else echo "FAIL $name"; tail -25 "$out/$name.log"; fi
  return $code
}
export -f run_one; export seconds
basename -a -s .c tests/fuzz/fuzz_*.c | xargs -P "$(nproc)" -I{} bash -c 'run_one {}'

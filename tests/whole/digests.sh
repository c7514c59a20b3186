# One digest: over runs, workers, compilers and levels, on every layout we ship.
. "$(dirname "$0")/check.sh"

digest() { timeout 120 "$@" --json -q 2>/dev/null | python3 -c "import json,sys; print(json.load(sys.stdin)['digest'])" 2>/dev/null; }

first=$(digest $takt run "$work/line.yaml")
different=0
for _ in $(seq 20); do [ "$(digest $takt run "$work/line.yaml")" = "$first" ] || different=$((different + 1)); done
same "20 runs, one digest" 0 "$different"
same "another seed, another digest" "different" "$([ "$(digest $takt run "$work/line.yaml" --seed 2)" = "$first" ] && echo same || echo different)"

for layout in layouts/*.yaml layouts/lines/*.yaml; do
  [ -e "$layout" ] || continue
  # an hour of events; where every step of a thousand walkers is made, a minute
  length=1h; grep -q '^run:.*fidelity: motion' "$layout" && length=1min
  a=$(digest $takt run "$layout" --for $length --warmup 0 --replications 3 --threads 1)
  if [ -z "$a" ]; then fail "$layout runs"; continue; fi
  same "$layout: 1 and 2 workers" "$a" "$(digest $takt run "$layout" --for $length --warmup 0 --replications 3 --threads 2)"
  b=$(digest $takt run "$layout" --for $length --warmup 0)
  for other in build/takt-debug build/clang/build/takt build/clang/build/takt-debug; do
    [ -x "$other" ] || { fail "$other is built"; continue; }
    same "$layout: $other" "$b" "$(digest $other run "$layout" --for $length --warmup 0)"
  done
done

# Runs at body fidelity: one digest on any number of threads and lanes and from every build; recorded, replayed, seen.
. "$(dirname "$0")/check.sh"

cat >"$work/bodies.yaml" <<'LAYOUT'
takt: 1
name: bodies
floor: {size: [9, 7]}
parts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}
stations:
  from: {kind: source, makes: box, every: 6 s, at: [1.5, 2], size: [1, 1], facing: 0}
  to: {kind: sink, at: [6.5, 2], size: [1, 1], facing: 180}
  rest: {kind: dock, at: [4, 5.5], size: [2, 1], facing: 270, slots: 2}
flow: [{path: from -> to, by: robots}]
robots: {crew: {model: optimus-gen2, count: 2, home: rest}}
run: {for: 60 s, fidelity: body}
LAYOUT

digest() { timeout 120 "$@" --json -q 2>/dev/null | python3 -c "import json,sys; print(json.load(sys.stdin)['digest'])" 2>/dev/null; }

first=$(digest $takt run "$work/bodies.yaml" --threads 1)
if [ -n "$first" ]; then ok "a line of two bodies runs"; else fail "a line of two bodies runs"; fi
same "two threads" "$first" "$(digest $takt run "$work/bodies.yaml" --threads 2)"
for lanes in 1 4 8; do same "TAKT_LANES=$lanes" "$first" "$(TAKT_LANES=$lanes digest $takt run "$work/bodies.yaml")"; done
for other in build/takt-debug build/clang/build/takt build/clang/build/takt-debug; do
  [ -x "$other" ] || { fail "$other is built"; continue; }
  same "$other" "$first" "$(digest $other run "$work/bodies.yaml")"
done

# pushed, slipping, stopped robots are the same bits too
cat >"$work/upset.yaml" <<'LAYOUT'
takt: 1
name: upset
floor: {size: [22, 7], zones: {wet: {kind: slippery, area: [[5, 0], [8, 0], [8, 4], [5, 4]], friction: 0.25}, up: {kind: ramp, area: [[10, 0], [13, 0], [13, 4], [10, 4]], towards: 0, slope: 6},
        down: {kind: ramp, area: [[15, 0], [18, 0], [18, 4], [15, 4]], towards: 180, slope: 6}}}
parts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}
stations:
  from: {kind: source, makes: box, every: 6 s, at: [1.5, 2], size: [1, 1], facing: 0}
  to: {kind: sink, at: [20, 2], size: [1, 1], facing: 180}
  rest: {kind: dock, at: [4, 5.5], size: [2, 1], facing: 270, slots: 2}
flow: [{path: from -> to, by: robots}]
robots: {crew: {model: optimus-gen2, count: 2, home: rest}}
events:
  - {at: 0.5 s, do: push, what: crew-1, impulse: 15, direction: 90}
  - {at: 8 s, do: push, what: crew-2, impulse: 35, direction: 20}
  - {at: 14 s, do: push, what: crew-1, impulse: 55, direction: 0}
  - {at: 20 s, do: spill, area: [[2.5, 0], [4.5, 0], [4.5, 4], [2.5, 4]], friction: 0.08, for: 20 s}
  - {at: 45 s, do: estop, what: floor, category: kneel}
  - {at: 52 s, do: resume, what: floor}
  - {at: 70 s, do: estop, what: floor, category: freeze}
  - {at: 75 s, do: resume, what: floor}
run: {for: 100 s, fidelity: body}
LAYOUT
first=$(digest $takt run "$work/upset.yaml" --threads 1)
if [ -n "$first" ]; then ok "a line whose robots are thrown off runs"; else fail "a line whose robots are thrown off runs"; fi
same "thrown off, two threads" "$first" "$(digest $takt run "$work/upset.yaml" --threads 2)"
for lanes in 1 4; do same "thrown off, TAKT_LANES=$lanes" "$first" "$(TAKT_LANES=$lanes digest $takt run "$work/upset.yaml")"; done
for other in build/takt-debug build/clang/build/takt build/clang/build/takt-debug; do
  [ -x "$other" ] && same "thrown off, $other" "$first" "$(digest $other run "$work/upset.yaml")"
done
$takt run "$work/upset.yaml" --record "$work/upset.takt" --json >"$work/upset.json" 2>"$work/err"
exits "falls are replayed" 0 "" $takt replay "$work/upset.takt"
same "somebody fell" "True" "$(json "$work/upset.json" "d['robots']['crew']['falls']['mean'] > 0")"

# a fleet that becomes another revision: the walkers slow down, on any number of threads alike
sed '/^run:/d' "$work/bodies.yaml" >"$work/update.yaml"
cat >>"$work/update.yaml" <<'UPDATE'
events: [{at: 20 s, do: update, what: crew, revision: feb-2024, share: 50 %, every: 10 s}]
run: {for: 60 s, fidelity: body}
UPDATE
first=$(digest $takt run "$work/update.yaml" --threads 1)
same "updated, two threads" "$first" "$(digest $takt run "$work/update.yaml" --threads 2)"
same "updated, TAKT_LANES=1" "$first" "$(TAKT_LANES=1 digest $takt run "$work/update.yaml")"
$takt run "$work/update.yaml" --record "$work/update.takt" --json >"$work/update.json" 2>"$work/err"
exits "an update is replayed" 0 "" $takt replay "$work/update.takt"
$takt run "$work/bodies.yaml" --json >"$work/whole.json" 2>/dev/null
same "the slower revision carries less far" "True" "$(python3 -c "
import json
a, b = (json.load(open('$work/%s.json' % n))['robots']['crew']['distance_m']['mean'] for n in ('whole', 'update'))
print(b < a)")"

# a copy of the model with a heavier trunk is another robot: more power, the same line
$takt run "$work/bodies.yaml" --json >"$work/one.json" 2>/dev/null
mkdir -p "$work/optimus-gen2" && cp assets/robots/optimus-gen2/robot.yaml "$work/optimus-gen2/"
python3 - "$work/optimus-gen2/optimus-gen2.urdf" <<'HEAVY'
import re, sys
text = open("assets/robots/optimus-gen2/optimus-gen2.urdf").read()
masses = re.findall(r'<mass value="([0-9.]+)"', text)
heavy = max(masses, key=float)
open(sys.argv[1], "w").write(text.replace('<mass value="%s"' % heavy, '<mass value="%s"' % (float(heavy) + 8), 1))
HEAVY
sed -i '/^calibration/,/^$/d' "$work/optimus-gen2/robot.yaml"   # the motors stay as they are written
$takt run "$work/bodies.yaml" --json >"$work/two.json" 2>"$work/err"
same "eight kilograms more draw more" "True" "$(python3 -c "
import json
a, b = (json.load(open('$work/%s.json' % n))['robots']['crew']['energy_kwh']['mean'] for n in ('one', 'two'))
print(b > 1.02 * a)")"
rm -r "$work/optimus-gen2"

# what was recorded is run again to the same digests, and shows the skeleton of the robot that is asked for
$takt run "$work/bodies.yaml" --record "$work/bodies.takt" >/dev/null 2>"$work/err"
exits "the recording is replayed" 0 "" $takt replay "$work/bodies.takt"
$takt view "$work/bodies.takt" --frame 20 --select R1 --zoom 110 --out "$work/body.png" >/dev/null 2>"$work/err"
same "a picture of it" "PNG" "$(head -c 4 "$work/body.png" | tail -c 3)"

# one layout at three fidelities: a row of each, the same again, and no width where nothing is drawn
for k in 1 2; do timeout 120 $takt check "$work/bodies.yaml" --fidelities >"$work/fidelities$k" 2>"$work/err" || fail "check --fidelities" "$(cat "$work/err")"; done
same "check --fidelities: three rows" "event motion body" "$(sed -nE 's/^  (event|motion|body) .*/\1/p' "$work/fidelities1" | tr '\n' ' ' | sed 's/ $//')"
same "check --fidelities: the same again" "$(cat "$work/fidelities1")" "$(cat "$work/fidelities2")"
same "check --fidelities: nothing is drawn" 4 "$(grep -o 'each time' "$work/fidelities1" | wc -l)"
sed 's/fidelity: body/fidelity: body, warmup: 30 s/; s/every: 6 s/every: exponential(6 s)/' "$work/bodies.yaml" >"$work/drawn.yaml"
timeout 120 $takt check "$work/drawn.yaml" --fidelities >"$work/fidelities" 2>"$work/err"
same "check --fidelities: intervals where something is drawn" 4 "$(grep -oE '%  *\+- +[0-9.]+' "$work/fidelities" | wc -l)"
sed 's/model: optimus-gen2/speed: 1 m\/s/' "$work/bodies.yaml" >"$work/typed.yaml"
exits "check --fidelities: a fleet without a model runs at event only" 0 "at body fidelity a fleet of robots needs a model" $takt check "$work/typed.yaml" --set run.fidelity=event --fidelities

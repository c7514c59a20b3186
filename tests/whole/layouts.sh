# The layouts we ship and the schema: sound, refused where they should be, quick about it.
. "$(dirname "$0")/check.sh"
python=python3; [ -x /usr/bin/python3 ] && python=/usr/bin/python3

$takt check --schema >"$work/schema.json" 2>"$work/err"
exits "the schema takes our layouts and refuses others" 0 "" $python tests/layouts/check_schema.py "$work/schema.json" layouts/*.yaml layouts/lines/*.yaml tests/layouts/good/*.yaml
for layout in layouts/*.yaml layouts/lines/*.yaml; do exits "$layout is sound" 0 "" $takt check --strict "$layout"; done

# each runs at each fidelity, or says why it does not; a goal may be missed in half a minute
for layout in layouts/*.yaml; do
  for fidelity in event motion body; do
    long=30s; [ "$layout $fidelity" = "layouts/warehouse-1000.yaml body" ] && long=5s
    code=0; timeout 120 $takt run "$layout" --fidelity $fidelity --for $long --warmup 0 --json -q >"$work/out" 2>"$work/err" || code=$?
    if [ $code -le 1 ] || { [ $code = 3 ] && grep -q "fidelity a fleet of robots needs a model" "$work/err"; }; then ok "$layout at $fidelity"
    else fail "$layout at $fidelity" "exit code $code: $(head -3 "$work/err")"; fi
  done
done

# two on their way handed one job to and fro at one instant for ever
code=0; timeout -s KILL 100 $takt run layouts/gearbox-cell.yaml --policy lookahead --fidelity motion --for 75min --warmup 0 --seed 2 --replications 1 -q >/dev/null 2>"$work/err" || code=$?
if [ $code -le 1 ]; then ok "two who change jobs come to an end"; else fail "two who change jobs come to an end" "exit code $code"; fi

# nobody waits for ever where ways are narrow: the fourth hour makes as much as the first one, but for chance
rate() {
  code=0; timeout 100 $takt run "$@" --fidelity motion --for 1h --replications 1 --json -q >"$work/rate.json" 2>/dev/null || code=$?
  if [ $code = 124 ]; then echo late; return; fi
  python3 -c 'import json, sys; print(json.load(sys.stdin)["kpi"]["throughput_per_h"]["mean"])' <"$work/rate.json"
}
steady() {
  name=$1; shift
  first=$(rate "$@" --warmup 10min); fourth=$(rate "$@" --warmup 3h)
  if [ "$first" = late ] || [ "$fourth" = late ]; then fail "$name: no jam" "took too long"; return; fi
  if python3 -c 'import sys; first, fourth = map(float, sys.argv[1:]); sys.exit(not (first > 0 and fourth > 0.85 * first))' "$first" "$fourth"; then ok "$name: no jam"
  else fail "$name: no jam" "the first hour makes $first, the fourth $fourth"; fi
}
# (twelve jam in a third of all runs: docs/robots-at-motion-fidelity.md)
for seed in 1 2 3 4; do
  steady "eleven at the narrow aisle, seed $seed" layouts/narrow-aisle.yaml --seed $seed --set robots.carriers.count=11
  steady "eight at the belt, seed $seed" layouts/cell-sorting.yaml --seed $seed
done

# bombs: a clear error in a moment, whatever the text declares
printf 'takt: 1\nrobots: {crew: {count: 1000000000}}\nparts: {a: {}}\nstations: {raw: {kind: source, makes: a}, out: {kind: sink}}\nflow: [raw -> out]\n' >"$work/many.yaml"
python3 -c "print('takt: 1\nx: ' + '['*100000)" >"$work/deep.yaml"
python3 -c "print('takt: 1\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b]')" >"$work/alias.yaml"
python3 -c "print('takt: 1\nname: ' + 'x'*5000000)" >"$work/big.yaml"
sed 's/capacity: 3/capacity: 1e400/' "$work/line.yaml" >"$work/huge.yaml"
sed 's/for: 10 h/for: nan/' "$work/line.yaml" >"$work/nan.yaml"
for bomb in many deep alias big huge nan; do
  start=$(date +%s%N)
  exits "bomb refused: $bomb" 3 "$bomb.yaml" $takt run "$work/$bomb.yaml"
  took=$((($(date +%s%N) - start) / 1000000))
  # a tenth of a second is the limit; a busy machine gets some more
  if [ $took -lt 400 ]; then ok "bomb $bomb is quick"; else fail "bomb $bomb is quick" "$took ms"; fi
done

printf 'takt: 1\nparts: {a: {}}\nstations: {raw: {kind: source, makes: a}, m: {kind: machine, time: 1 s}}\nflow: [raw -> m]\n' >"$work/stuck.yaml"
exits "a line without a way out is found before it runs" 3 "m" $takt check "$work/stuck.yaml"

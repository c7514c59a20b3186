# Output that cannot be written, a reader that leaves, Ctrl-C in the middle.
. "$(dirname "$0")/check.sh"
long="--for 800000h"

got=0; $takt run "$work/line.yaml" --json >/dev/full 2>"$work/err" || got=$?
same "full disk: exit 4" 4 "$got"
same "full disk: said" 1 "$(grep -c 'could not write' "$work/err")"

# a disk that is full at once, and one that fills up under the recording: there the numbers come all the same
shift="layouts/cell-sorting.yaml --for 20min --warmup 0 --json"
exits "full disk for a recording" 4 "No space left" $takt run $shift --record /dev/full
got=0; (ulimit -f 300; exec $takt run $shift --set 'goals={made: ">= 0"}' --record "$work/full.takt") >"$work/out" 2>"$work/err" || got=$?
same "disk fills up under a recording: exit 4" 4 "$got"
same "disk fills up under a recording: said once" 1 "$(grep -c 'cannot write the recording' "$work/err")"
same "disk fills up under a recording: results are kept" "True" "$(json "$work/out" "d['complete'] and d['kpi']['made']['mean'] > 0")"
exits "disk filled up: what was written replays" 0 "" $takt replay "$work/full.takt"

# a reader that is gone before the first byte
got=$( { bash -c 'sleep 1; exec "$0" run "$1" --json' $takt "$work/line.yaml" 2>/dev/null; echo $? >"$work/code"; } | true; cat "$work/code")
same "broken pipe: exit 4" 4 "$got"

# interrupt COMMAND...: Ctrl-C after a second
interrupt() {
  "$@" >"$work/out" 2>"$work/err" &
  local pid=$!
  sleep 1
  kill -INT $pid
  wait $pid
}
got=0; interrupt $takt run "$work/line.yaml" $long --json || got=$?
same "Ctrl-C: exit 130" 130 "$got"
same "Ctrl-C: what was done is printed" "interrupted False True" "$(json "$work/out" "d['ended'], d['complete'], d['kpi']['made']['mean'] > 0" | tr -d "(),'")"
same "Ctrl-C: near the exact value" "True" "$(json "$work/out" "abs(d['kpi']['throughput_per_h']['mean']/3000 - 1) < 0.01")"

# a billion arrivals in a simulated second: the answer comes between two of them
printf 'takt: 1\nparts: {p: {}}\nstations: {in: {kind: source, makes: p, every: 0.000001 ms}, out: {kind: sink}}\nflow: [in -> out]\nrun: {for: 1 h}\n' >"$work/dense.yaml"
got=0; interrupt $takt run "$work/dense.yaml" --json -q || got=$?
same "Ctrl-C where much happens at once" "130 interrupted True" "$got $(json "$work/out" "d['ended'], d['kpi']['made']['mean'] > 0" | tr -d "(),'")"

got=0; interrupt $takt run "$work/line.yaml" $long --json --replications 4 --threads 2 || got=$?
same "Ctrl-C with workers: exit 130" 130 "$got"
same "Ctrl-C with workers: marked" "interrupted False" "$(json "$work/out" "d['ended'], d['complete']" | tr -d "(),'")"
sleep 0.2
same "no worker is left behind" 0 "$(pgrep -f "run $work/line.yaml" | wc -l)"
got=0; interrupt $takt run "$work/line.yaml" --for 3000h --json --replications 5000 --threads 2 || got=$?
same "Ctrl-C in many replications keeps the finished ones" "130 True" "$got $(json "$work/out" "0 < d['kpi']['made']['n'] < 5000")"

# a worker that dies
$takt run "$work/line.yaml" $long --json --replications 4 --threads 2 >"$work/out" 2>"$work/err" &
pid=$!
sleep 0.5
child=$(pgrep -P $pid | head -1)
kill -SEGV "$child"
sleep 0.3
kill -INT $pid
got=0; wait $pid || got=$?
same "a dead worker: exit 5" 5 "$got"
same "a dead worker is reported" 1 "$(grep -c 'died' "$work/err")"

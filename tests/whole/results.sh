# `takt run --json`: the shape of the document and the laws its numbers obey.
. "$(dirname "$0")/check.sh"

$takt run "$work/line.yaml" --json >"$work/one.json" 2>"$work/err"
same "stderr is silent" "" "$(cat "$work/err")"
same "one document" "time True 1" "$(json "$work/one.json" "d['ended'], d['complete'], d['replications']" | tr -d "(),'")"
same "window and warm-up" "36000.0 3600.0" "$(json "$work/one.json" "str(float(d['simulated_s'])) + ' ' + str(float(d['warmup_s']))")"
same "one run: no sd, interval from batches" "None batch means" "$(json "$work/one.json" "str(d['kpi']['throughput_per_h']['sd']) + ' ' + d['kpi']['throughput_per_h']['ci95_from']")"
same "shares sum to 1" "True" "$(json "$work/one.json" "all(abs(sum(s[c]['mean'] for c in 'working starved blocked setup down waiting_robot stopped off_shift'.split())-1) < 1e-12 for n, s in d['stations'].items() if n in ('s1', 's2'))")"
same "throughput is made over the window" "True" "$(json "$work/one.json" "abs(d['kpi']['throughput_per_h']['mean'] - d['kpi']['made']['mean']/10) < 1e-9")"
same "Little's law holds" "True" "$(json "$work/one.json" "abs(d['kpi']['wip']['mean']/(d['kpi']['throughput_per_h']['mean']/3600)/d['kpi']['lead_time_s']['mean'] - 1) < 0.01")"
same "every kpi is there" "throughput_per_h wip lead_time_s oee made scrapped lost missorted spoiled makespan_s energy_kwh interventions mtbi_s late tardiness_s cost cost_per_good" "$(json "$work/one.json" "' '.join(d['kpi'])")"

# two exponential stations with three places between them: (b+2)/(b+3) of a station's rate
$takt run "$work/line.yaml" --json --for 100h --replications 20 >"$work/many.json"
same "the interval holds the exact value within 0.5 %" "True" "$(json "$work/many.json" "abs(d['kpi']['throughput_per_h']['mean']/3000 - 1) < 0.005")"
same "sd and interval over replications" "20 True" "$(json "$work/many.json" "str(d['kpi']['made']['n']) + ' ' + str(d['kpi']['made']['ci95'][0] < d['kpi']['made']['mean'] < d['kpi']['made']['ci95'][1])")"
same "sums over replications" "7200000.0 72000.0" "$(json "$work/many.json" "str(float(d['simulated_s'])) + ' ' + str(float(d['warmup_s']))")"

# replication 1 is the single run
$takt run "$work/line.yaml" --json --replications 2 --threads 2 >"$work/two.json"
same "replication 1 is the single run" "True" "$(python3 - "$work" <<'P'
import json, sys
w = sys.argv[1]
a, b = json.load(open(w + '/one.json')), json.load(open(w + '/two.json'))
m1 = a['kpi']['made']['mean']; m2 = b['kpi']['made']
# of two values with mean m and deviation s one is m - s/sqrt 2 or m + s/sqrt 2
print(min(abs(m2['mean'] - m2['sd']/2**.5 - m1), abs(m2['mean'] + m2['sd']/2**.5 - m1)) < 1e-6)
P
)"

# a run that ends for lack of parts
sed 's/makes: part}/makes: part, limit: 50}/; s/run: .*/run: {for: 10 h}/' "$work/line.yaml" >"$work/ends.yaml"
$takt run "$work/ends.yaml" --json >"$work/ends.json"
same "ends for lack of parts" "parts 50" "$(json "$work/ends.json" "d['ended'] + ' %d' % d['kpi']['made']['mean']")"
same "makespan is the end of the window" "True" "$(json "$work/ends.json" "abs(d['kpi']['makespan_s']['mean'] - d['simulated_s']) < 1e-6")"

# warm-up found: positive, less than half of the run
$takt run "$work/line.yaml" --json --warmup auto --for 20h >"$work/auto.json"
same "warm-up found by MSER-5" "True" "$(json "$work/auto.json" "0 <= d['warmup_s'] <= 36000")"

# the digest of every second
$takt run "$work/line.yaml" --json --for 100s --warmup 0 --digest >"$work/seconds.json"
same "digest of every second" "True" "$(json "$work/seconds.json" "len(d['second_digests']) in (100, 101) and len(set(d['second_digests'])) > 50")"

# many short replications are quick
start=$(date +%s%N)
$takt run "$work/ends.yaml" --json --replications 2000 >"$work/short.json"
took=$((($(date +%s%N) - start) / 1000000))
if [ "$took" -lt 4000 ]; then ok "2000 short replications ($took ms)"; else fail "2000 short replications" "took $took ms"; fi
same "all of them counted" "2000" "$(json "$work/short.json" "d['kpi']['makespan_s']['n']")"

# the readable table
$takt run "$work/line.yaml" >"$work/table.txt"
same "table is at most 100 columns" "0" "$(awk 'length > 100' "$work/table.txt" | wc -l)"
same "table says what holds the line back" "1" "$(grep -c 'What holds the line back' "$work/table.txt")"
same "no colours in a file" "0" "$(grep -c $'\033' "$work/table.txt")"

# OEE counts a batch once: five parts share its ten seconds
cat >"$work/batch.yaml" <<'Y'
takt: 1
parts: {part: {}}
stations:
  raw: {kind: source, makes: part}
  b:   {kind: machine, time: 10 s, batch: 5}
  p:   {kind: machine, time: 4 s, servers: 2}
  out: {kind: sink}
flow: [raw -> b -> p -> out]
run: {for: 10 h, warmup: 1 h}
Y
$takt run "$work/batch.yaml" --json >"$work/batch.json"
same "OEE of a batch is its working share" "True" "$(json "$work/batch.json" "abs(d['stations']['b']['oee']['mean'] - d['stations']['b']['working']['mean']) < 1e-3 and abs(d['kpi']['oee']['mean'] - 5/9) < 1e-3")"

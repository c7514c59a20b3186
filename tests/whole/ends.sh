# Every way a run ends is said, with its exit code.
. "$(dirname "$0")/check.sh"

# rework into a machine that can only give to the one that is full: sooner or later both wait for each other
cat >"$work/lock.yaml" <<'Y'
takt: 1
name: Two machines that hold each other
parts: {part: {}}
stations:
  raw: {kind: source, makes: part}
  m1:  {kind: machine, time: 1 s}
  m2:  {kind: machine, time: 1 s, rework: {share: 0.5, to: m1}}
  out: {kind: sink}
flow: [raw -> m1 -> m2 -> out]
run: {for: 10 h}
Y
exits "deadlock: exit 1 and said" 1 "deadlock" $takt run "$work/lock.yaml" --json
same "deadlock: ended, and the cycle is named" "deadlock True" "$(json "$work/out" "d['ended'] + ' ' + str('m1' in d['ended_why'] and 'm2' in d['ended_why'])")"
exits "deadlock in one of many replications" 1 "deadlock" $takt run "$work/lock.yaml" --replications 4 --threads 2
exits "deadlock in the table" 1 "" $takt run "$work/lock.yaml"
same "deadlock in the table, said" 1 "$(grep -c 'DEADLOCK' "$work/out")"

# an unlimited source before an unbounded buffer never lets time pass
sed 's/capacity: 3/order: fifo/; s/raw -> s1 -> b1/raw -> b1 -> s1/' "$work/line.yaml" >"$work/flood.yaml"
exits "a flood is refused" 3 "raw" $takt run "$work/flood.yaml"

# a run that ends by itself before the warm-up is over has no window, and says null
sed 's/makes: part}/makes: part, limit: 5}/' "$work/line.yaml" >"$work/soon.yaml"
exits "ends before the warm-up" 0 "" $takt run "$work/soon.yaml" --json
same "no window, no numbers" "parts None" "$(json "$work/out" "d['ended'] + ' ' + str(d['kpi']['throughput_per_h']['mean'])")"

same "no parts left, and said" "nothing is left to do: every part has left the line" "$(json "$work/out" "d['ended_why']")"

# shares of a shift: off shift is a cause like the others
sed 's/kind: machine/kind: machine, shift: day/; s/^run:.*/run: {for: 48 h}\nshifts: {day: {start: 06:00, end: 14:00, breaks: [[10:00, 30 min]]}}/' "$work/line.yaml" >"$work/shift.yaml"
exits "a line with a shift" 0 "" $takt run "$work/shift.yaml" --json
same "off shift is 16.5 of 24 hours" "True" "$(json "$work/out" "abs(d['stations']['s1']['off_shift']['mean'] - 16.5/24) < 1e-12")"

# A run with eight modelled robots is recorded, replayed, cut and drawn.
. "$(dirname "$0")/check.sh"
layout=layouts/cell-sorting.yaml

exits "recorded" 0 "" $takt run $layout --for 20min --warmup 0 --set 'goals={made: ">= 0"}' --json --record "$work/a.takt"
with=$(json "$work/out" "d['digest']")
exits "not recorded" 0 "" $takt run $layout --for 20min --warmup 0 --set 'goals={made: ">= 0"}' --json
same "a recording changes nothing" "$(json "$work/out" "d['digest'], d['kpi']")" "$($takt run $layout --for 20min --warmup 0 --set 'goals={made: ">= 0"}' --json --record "$work/b.takt" >"$work/b.json"; json "$work/b.json" "d['digest'], d['kpi']")"
same "the digest too" "$with" "$(json "$work/out" "d['digest']")"
exits "replayed, every digest equal" 0 "" $takt replay "$work/a.takt"

# --record and --explain each tell what they tell alone
run="$takt run $layout --for 20min --warmup 0 -q"
$run --explain 10min >"$work/alone.txt"
$run --record "$work/alone.takt" >/dev/null
$run --explain 10min --record "$work/told.takt" >"$work/both.txt"
same "--explain beside --record" "$(grep -v ' events in ' "$work/alone.txt")" "$(grep -v ' events in ' "$work/both.txt")"
why() { timeout 60 $takt view "$1" --frame 15min --select R1 --page why --out "$2"; }
why "$work/alone.takt" "$work/why-a.png" && why "$work/told.takt" "$work/why-b.png"
if cmp -s "$work/why-a.png" "$work/why-b.png"; then ok "--record beside --explain: the decisions are in it"; else fail "--record beside --explain" "other decisions"; fi

# one byte of a digest or of the layout is noticed, a cut file is read as far as it goes
size=$(stat -c %s "$work/a.takt")
head -c $((size * 2 / 3)) "$work/a.takt" >"$work/cut.takt"
got=0; timeout 60 $takt replay "$work/cut.takt" >"$work/out" 2>"$work/err" || got=$?
if [ "$got" = 0 ] || [ "$got" = 1 ]; then ok "a cut recording is replayed as far as it goes (exit $got)"; else fail "a cut recording" "exit $got" "$(cat "$work/err")"; fi
exits "what is no recording" 4 "" $takt replay "$work/line.yaml"

# pictures without a display
unset DISPLAY WAYLAND_DISPLAY
exits "a picture of the recording" 0 "" timeout 60 $takt view "$work/a.takt" --frame 10min --out "$work/a.png"
same "it is a PNG" "PNG" "$(head -c 4 "$work/a.png" | tail -c 3)"
exits "the same picture again" 0 "" timeout 60 $takt view "$work/a.takt" --frame 10min --out "$work/b.png"
if cmp -s "$work/a.png" "$work/b.png"; then ok "pictures are repeatable"; else fail "pictures are repeatable" "they differ"; fi
exits "a picture of another moment" 0 "" timeout 60 $takt view "$work/a.takt" --frame 15min --out "$work/c.png"
if cmp -s "$work/a.png" "$work/c.png"; then fail "moments differ" "same picture at 10 and 15 min"; else ok "moments differ"; fi

# other programs' formats: every second of everybody once; records that say how long they are
$takt run layouts/cell-sorting.yaml --for 10min --warmup 0 --record "$work/e.takt" >/dev/null 2>&1
$takt replay export --perfetto "$work/e.takt" --out "$work/e.json"
same "perfetto: tracks without gaps or overlaps over the whole run" "600.0 True" "$(python3 - "$work/e.json" <<'P'
import collections, json, sys
tracks = collections.defaultdict(list)
names = set()
for e in json.load(open(sys.argv[1]))['traceEvents']:
  if e['ph'] == 'X': tracks[e['pid'], e['tid']].append((e['ts'], e['ts'] + e['dur']))
  if e['ph'] == 'M' and e['name'] == 'thread_name': names.add((e['pid'], e['tid']))
whole = all(abs(a[1] - b[0]) < 1e-6 for t in tracks.values() for a, b in zip(t, t[1:]))
print(max(t[-1][1] for t in tracks.values()) / 1e6, whole and set(tracks) == names)
P
)"
$takt replay export --foxglove "$work/e.takt" --out "$work/e.mcap"
same "foxglove: whole records, JSON messages in order, three topics" "True True [1, 2, 3]" "$(python3 - "$work/e.mcap" <<'P'
import json, struct, sys
b = open(sys.argv[1], 'rb').read()
at, ok, time, topics = 8, b[:8] == b[-8:] == b'\x89MCAP0\r\n', 0, set()
while at < len(b) - 8:
  op, size = b[at], struct.unpack('<Q', b[at + 1:at + 9])[0]
  if op == 4: topics.add(struct.unpack('<H', b[at + 9:at + 11])[0])
  if op == 5:
    t = struct.unpack('<Q', b[at + 15:at + 23])[0]
    ok = ok and t >= time
    time = t
    json.loads(b[at + 31:at + 9 + size])
  at += 9 + size
print(ok, at == len(b) - 8, sorted(topics))
P
)"
exits "one format at a time" 2 "one format" $takt replay export --csv "$work/e.takt" --perfetto "$work/e.takt"
exits "bytes do not go to the terminal" 2 "--out" $takt replay export --foxglove "$work/e.takt"

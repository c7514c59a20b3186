# A run with eight modelled robots is recorded, replayed, cut and drawn.
. "$(dirname "$0")/check.sh"
layout=layouts/cell-sorting.yaml

exits "recorded" 0 "" $takt run $layout --for 20min --warmup 0 --set 'goals={made: ">= 0"}' --json --record "$work/a.takt"
with=$(json "$work/out" "d['digest']")
exits "not recorded" 0 "" $takt run $layout --for 20min --warmup 0 --set 'goals={made: ">= 0"}' --json
same "a recording changes nothing" "$(json "$work/out" "d['digest'], d['kpi']")" "$($takt run $layout --for 20min --warmup 0 --set 'goals={made: ">= 0"}' --json --record "$work/b.takt" >"$work/b.json"; json "$work/b.json" "d['digest'], d['kpi']")"
same "the digest too" "$with" "$(json "$work/out" "d['digest']")"
exits "replayed, every digest equal" 0 "" $takt replay "$work/a.takt"

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

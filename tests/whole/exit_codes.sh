# What the program says and how it ends, for right and wrong use.
. "$(dirname "$0")/check.sh"

exits "help" 0 "" $takt help
exits "version" 0 "" $takt --version
exits "no command" 2 "" $takt
exits "unknown command, nearest word" 2 "did you mean 'run'" $takt rnu
exits "command of a later day" 2 "not built yet" $takt test x.lua
exits "run without a layout" 2 "missing" $takt run
exits "unknown option, nearest word" 2 "did you mean --replications" $takt run "$work/line.yaml" --replicatons 3
exits "option without value" 2 "--for wants T" $takt run "$work/line.yaml" --for
exits "number outside its limits" 2 "outside" $takt run "$work/line.yaml" --replications 0
exits "no number" 2 "not a whole number" $takt run "$work/line.yaml" --seed x1
exits "time with a wrong unit" 2 "--for" $takt run "$work/line.yaml" --for 8parsec
exits "one name too many" 2 "too many" $takt run "$work/line.yaml" other.yaml
exits "an option given twice" 2 "--for is given twice" $takt run "$work/line.yaml" --for 1h --for 2h
exits "a path set twice" 2 "stations.s1.time is given twice" $takt run "$work/line.yaml" --set stations.s1.time=5s --set stations.s1.time=6s
exits "a flag given twice is a flag" 0 "" $takt run "$work/line.yaml" -q -q
exits "a short option is named as it is typed" 2 "did you mean -q?" $takt run "$work/line.yaml" -qv
exits "--digest without --json" 2 "--json" $takt run "$work/line.yaml" --digest
exits "--explain after the end" 2 "after the end of the run" $takt run "$work/line.yaml" --explain 9000h
for c in "run" "live" "sweep --vary stations.s1.servers=1,2" "compare $work/line.yaml"; do exits "${c%% *}: a time that is none, said of the option" 2 "--for: 'soon'" $takt $c "$work/line.yaml" --for soon; done
exits "sweep: no such policy, nearest word" 2 "did you mean nearest" $takt sweep "$work/line.yaml" --policy nerest --db "$work/o.db"
exits "sweep: no such fidelity, nearest word" 2 "did you mean body" $takt sweep "$work/line.yaml" --fidelity bdoy --db "$work/o.db"
exits "sweep: a value twice" 2 "5 s is given twice" $takt sweep "$work/line.yaml" --vary "stations.s1.time=5 s,5 s" --db "$work/o.db"
exits "sweep: varied and set" 2 "stations.s1.servers is varied" $takt sweep "$work/line.yaml" --vary stations.s1.servers=1,2 --set stations.s1.servers=3 --db "$work/o.db"
exits "sweep: a range beyond all numbers" 2 "goes down, or holds more" $takt sweep "$work/line.yaml" --vary stations.s1.servers=-9223372036854775807..9223372036854775807 --db "$work/o.db"
exits "replay export: two formats" 2 "one format" $takt replay export --csv a.takt --foxglove a.takt
exits "validate --write makes no document" 2 "leave out --json" $takt validate --only M/M/1 --write "$work" --json
exits "bench: two formats" 2 "not both" $takt bench --json --csv
exits "view: a picture or a film" 2 "one at a time" $takt view a.takt --frame 1 --out x.png --video x.y4m
exits "view: nobody listens, and it says how long it waits" 124 "No run at $work/none yet; waiting, 30 s at most" timeout 2 $takt view "$work/none" --frame 1 --out "$work/x.png"
printf 'a token of its own' >"$work/token"; printf 'a token of another' >"$work/other"; chmod 600 "$work/token" "$work/other"
$takt live "$work/line.yaml" --listen 0.0.0.0:0 --token-file "$work/token" --paused -q >"$work/live.out" 2>&1 & live=$!
for i in $(seq 50); do grep -q "takt view" "$work/live.out" && break; sleep 0.1; done
at=127.0.0.1:$(sed -n 's/.* at 0.0.0.0:\([0-9]*\);.*/\1/p' "$work/live.out")
exits "view: a time that has not come" 124 "waiting for 9.0 s, 30 s at most" timeout 3 $takt view "$at" --token-file "$work/token" --frame 9 --out "$work/x.png"
exits "view: turned away is not called absent" 124 "turned us away: the token" timeout 2 $takt view "$at" --token-file "$work/other" --frame 9 --out "$work/x.png"
kill -INT $live; wait $live
printf 'takt: 1\nfloor: {size: [9, 9]}\nparts: {p: {}}\nstations:\n  a: {kind: source, makes: p, every: 1 s, at: [1, 2]}\n  m: {kind: machine, time: 1 s, at: [4, 2]}\n  b: {kind: sink, at: [4, 2]}\nflow: [a -> m -> b]\nrun: {for: 1 h, warmup: 1 h}\nevents: [{at: 3 h, do: fail, what: m}, {at: 2 h, do: fail, what: m}]\n' >"$work/doubt.yaml"
exits "check: an event after the end" 1 "doubt.yaml:10:10: warning: values that cannot stand together: events: at 10800 s the run is over, which ends at 7200 s" $takt check --strict "$work/doubt.yaml"
exits "check: two stations in one place" 1 "doubt.yaml:7:3: warning: values that cannot stand together: stations.b: stands where m stands" $takt check --strict "$work/doubt.yaml"
same "check: and nothing else" 2 "$($takt check "$work/doubt.yaml" 2>&1 | grep -c 'warning:')"
for v in "info" "walk" "jog --speed 2 --way 12" "reach"; do exits "robot ${v%% *}: a picture that cannot be written is named" 4 "$work/no/x.png" $takt robot optimus-gen2 $v --png "$work/no/x.png"; done
exits "live: a port alone" 2 "a port without a host: 127.0.0.1:7077" $takt live "$work/line.yaml" --listen 7077
exits "view: a host alone" 2 "a host without a port: localhost:7077" $takt view localhost --frame 1 --out "$work/x.png"
exits "live: no such folder is no lack of permission" 4 "no such file or directory" $takt live "$work/line.yaml" --listen "$work/no/live" --speed 0 --exit
exits "no such fidelity" 2 "event, motion or body" $takt run "$work/line.yaml" --fidelity fine
exits "--db in a folder that is not there" 4 "cannot be opened" $takt run "$work/line.yaml" --db "$work/no/x.db"
exits "set without a value" 2 "PATH=VALUE" $takt run "$work/line.yaml" --set run.for
for o in --strict --fidelities "--set run.for=1h"; do exits "the schema takes no $o" 2 "--schema takes no" $takt check --schema $o; done
exits "missing layout" 4 "nowhere.yaml" $takt run "$work/nowhere.yaml"
exits "a folder is no layout" 4 "" $takt run "$work"
sed 's/kind: sink/kind: snik/' "$work/line.yaml" >"$work/bad.yaml"
exits "wrong layout says file, line and column" 3 "bad.yaml:9:" $takt run "$work/bad.yaml"
exits "all faults are reported" 3 "s1" $takt run "$work/line.yaml" --set stations.s1.time=-3s
exits "override of a value that is not there" 3 "" $takt run "$work/line.yaml" --set stations.s9.time=3s
exits "good run" 0 "" $takt run "$work/line.yaml"
exits "goal met" 0 "" $takt run "$work/line.yaml" --set 'goals={made: ">= 1"}'
exits "goal not met" 1 "" $takt run "$work/line.yaml" --set 'goals={made: ">= 1e9"}'
exits "goal not met is said with --json" 1 "goal not met" $takt run "$work/line.yaml" --json --set 'goals={made: ">= 1e9"}'
for c in run check live view replay validate schedule bench; do exits "takt $c --help" 0 "" $takt $c --help; done

# what a command reads it never writes over
printf '2 2\n0 3 1 4\n1 2 0 5\n' >"$work/shop.jsp"
$takt run "$work/line.yaml" --for 60s -q --record "$work/run.takt" >/dev/null
cp assets/robots/optimus-gen2/*.urdf "$work/body.urdf"
printf '{"mapFile": "m", "agentFile": "a", "taskFile": "t", "teamSize": 1}' >"$work/p.json"
printf 'type octile\nheight 1\nwidth 2\nmap\n..\n' >"$work/m"; printf '1\n0\n' >"$work/a"; printf '1\n1\n' >"$work/t"
for f in line.yaml shop.jsp run.takt body.urdf p.json m a t; do cp "$work/$f" "$work/$f.before"; done
cd "$work" || exit
over() { local file=$1; shift; exits "$* writes over nothing" 2 "would write over" "$@"; same "$file is as it was" "" "$(cmp "$file" "$file.before" 2>&1)"; }
case $takt in /*) ;; *) takt=$OLDPWD/$takt ;; esac
over line.yaml $takt run line.yaml --record line.yaml
over line.yaml $takt run line.yaml --db ./line.yaml
over line.yaml $takt sweep line.yaml --vary stations.s1.servers=1,2 --db o.db --report line.yaml
over shop.jsp $takt schedule shop.jsp --gantt shop.jsp
over run.takt $takt view run.takt --frame 10 --out run.takt
over run.takt $takt view run.takt --video run.takt
over run.takt $takt replay export --csv run.takt --out run.takt
over body.urdf $takt robot body.urdf info --png body.urdf
over body.urdf $takt robot body.urdf walk --png body.urdf
for f in p.json m a t; do over $f $takt traffic p.json --steps 5 --out $f; done
exits "two outputs in one file" 2 "name one file" $takt run line.yaml --record x.takt --db x.takt

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

# The traffic coordinator as a command: a plan that is replayed by rules of its own, files that are wrong, Ctrl-C.
. "$(dirname "$0")/check.sh"

# a hall of 16 x 12 with pillars, 40 robots, 400 tasks of 1 to 4 errands
python3 - "$work" <<'P'
import json, sys
x = 7
def draw(n):
    global x
    x = 16807 * x % 2147483647
    return x % n
w, h, d = 16, 12, sys.argv[1]
rows = ["".join("@" if i % 4 == 2 and j % 3 == 1 else "." for i in range(w)) for j in range(h)]
open(d + "/hall.map", "w").write("type octile\nheight %d\nwidth %d\nmap\n%s\n" % (h, w, "\n".join(rows)))
free = [j * w + i for j in range(h) for i in range(w) if rows[j][i] == "."]
for i in range(len(free) - 1, 0, -1):
    k = draw(i + 1)
    free[i], free[k] = free[k], free[i]
open(d + "/hall.agents", "w").write("# robots\n40\n" + "".join("%d\n" % c for c in free[:40]))
open(d + "/hall.tasks", "w").write("400\n" + "".join(",".join(str(free[draw(len(free))]) for _ in range(1 + draw(4))) + "\n" for _ in range(400)))
json.dump({"mapFile": "hall.map", "agentFile": "hall.agents", "teamSize": 40, "taskFile": "hall.tasks", "numTasksReveal": 1.5, "version": "2024 LoRR"}, open(d + "/hall.json", "w"))
P
hall="$work/hall.json"

# replay PLAN: every move and every task by the rules, in other words than ours
cat >"$work/replay.py" <<'P'
import json, sys
d = sys.argv[1]; plan = json.load(open(sys.argv[2]))
lines = open(d + "/hall.map").read().split("\n"); w = int(lines[2].split()[1]); rows = lines[4:]
tasks = [list(map(int, l.split(","))) for l in open(d + "/hall.tasks").read().split("\n")[1:] if l]
at = [r * w + c for r, c, _ in plan["start"]]; n = len(at); face = [0] * n
orders = [dict(tuple(map(int, e.split(":"))) for e in s.split(",") if e) for s in plan["actualSchedule"]]
paths = [p.split(",") for p in plan["actualPaths"]]
has = [None] * n; done = {}; finished = 0
for t in range(plan["makespan"]):
    to = list(at)
    for i in range(n):
        a = paths[i][t]
        if a == "F": to[i] += (1, w, -1, -w)[face[i]]
        face[i] = (face[i] + {"F": 0, "W": 0, "R": 1, "C": 3}[a]) % 4
        assert abs(to[i] % w - at[i] % w) + abs(to[i] // w - at[i] // w) <= 1 and rows[to[i] // w][to[i] % w] == ".", "wall"
    assert len(set(to)) == n, "two in a cell"
    where = {c: i for i, c in enumerate(at)}
    for i in range(n):
        j = where.get(to[i], i)
        assert j == i or to[j] != at[i], "swap"
    at = to
    known = 60 + finished
    change = {i: o[t + 1] for i, o in enumerate(orders) if t + 1 in o}
    for i in change:
        assert has[i] is None or not done.get(has[i]), "given up after its first errand"
        has[i] = None
    for i, k in change.items():
        if k < 0: continue
        assert k < known and k not in has and done.get(k, 0) < len(tasks[k]), "task not free"
        has[i] = k
    for i in range(n):
        k = has[i]
        if k is None or at[i] != tasks[k][done.get(k, 0)]: continue
        done[k] = done.get(k, 0) + 1
        if done[k] == len(tasks[k]): finished += 1; has[i] = None
print(finished == plan["numTaskFinished"], finished > 100)
P
exits "traffic" 0 "" $takt traffic "$hall" --steps 150 --out "$work/plan.json" --json
cp "$work/out" "$work/first.json"
same "the plan holds when it is replayed" "True True" "$(python3 "$work/replay.py" "$work" "$work/plan.json" 2>&1 | tail -1)"
same "one number of tasks in both" "True" "$(json "$work/plan.json" "d['numTaskFinished']==$(json "$work/first.json" "d['tasks_finished']")")"
exits "on one thread" 0 "" $takt traffic "$hall" --steps 150 --threads 1 --out "$work/one.json" --json
same "the same on one thread" "True" "$(json "$work/one.json" "all(d[k]==json.load(open('$work/plan.json'))[k] for k in ('actualPaths','actualSchedule'))")"
exits "one step at a time" 0 "" $takt traffic "$hall" --steps 150 --window 0 --out "$work/plan.json"
same "that plan holds too" "True True" "$(python3 "$work/replay.py" "$work" "$work/plan.json" 2>&1 | tail -1)"
exits "a plan that cannot be written" 4 "" $takt traffic "$hall" --steps 5 --out "$work/none/plan.json"

# what is wrong is said with its place
bad() { sed "$2" "$work/hall.$1" >"$work/bad.$1"; sed "s/hall\\.$1/bad.$1/" "$hall" >"$work/bad.json"; }
bad map 7q;                       exits "a map cut short" 3 "the map ends after 3 of its 12 rows" $takt traffic "$work/bad.json" --steps 5
bad map '5s/.$//';                exits "a row too short" 3 "bad.map:5:16" $takt traffic "$work/bad.json" --steps 5
bad map '6s/^./x/';               exits "a cell that is none" 3 "bad.map:6:1" $takt traffic "$work/bad.json" --steps 5
bad map '2s/12/120000000/';       exits "a map too large" 3 "accepted" $takt traffic "$work/bad.json" --steps 5
bad map '1s/type/kind/';          exits "no map" 3 "'type octile' is expected" $takt traffic "$work/bad.json" --steps 5
bad map '1s/octile/tile/';        exits "a map of another type" 3 "bad.map:1:1: not valid syntax: 'type octile'" $takt traffic "$work/bad.json" --steps 5
bad map '2s/ //';                 exits "a word of the head run together" 3 "bad.map:2:1" $takt traffic "$work/bad.json" --steps 5
bad map '4s/$/s/';                exits "a word of the head with a tail" 3 "bad.map:4:1" $takt traffic "$work/bad.json" --steps 5
bad map '8s/.*/@@@@@@@@@@@@@@@@/'; exits "a robot on a wall" 3 "on a wall" $takt traffic "$work/bad.json" --steps 5
bad agents '3s/.*/18/';           exits "a robot on a pillar" 3 "bad.agents:3:1" $takt traffic "$work/bad.json" --steps 5
bad agents '3{h;p;x}';            exits "two robots in a cell" 3 "bad.agents:4" $takt traffic "$work/bad.json" --steps 5
bad agents 20q;                   exits "robots missing" 3 "the file ends after 18 of 40 robots" $takt traffic "$work/bad.json" --steps 5
bad agents '2s/40/30/';           exits "fewer robots than the team" 3 "teamSize says 40" $takt traffic "$work/bad.json" --steps 5
bad agents '$p';                  exits "more robots than it says" 3 "bad.agents:43:1: not valid syntax: the file goes on after its 40 robots" $takt traffic "$work/bad.json" --steps 5
bad tasks '$p';                   exits "more tasks than it says" 3 "bad.tasks:402:1: not valid syntax: the file goes on after its 400 tasks" $takt traffic "$work/bad.json" --steps 5
bad agents '5s/.*/-3/';           exits "a cell below 0" 3 "bad.agents:5:1" $takt traffic "$work/bad.json" --steps 5
bad tasks '4s/.*/5,900/';         exits "an errand outside" 3 "bad.tasks:4:3" $takt traffic "$work/bad.json" --steps 5
bad tasks '4s/.*/18/';            exits "an errand on a pillar" 3 "on a wall" $takt traffic "$work/bad.json" --steps 5
bad tasks '4s/.*/5;6/';           exits "errands without a comma" 3 "bad.tasks:4:2" $takt traffic "$work/bad.json" --steps 5
bad tasks 9q;                     exits "tasks missing" 3 "the file ends after 8 of 400 tasks" $takt traffic "$work/bad.json" --steps 5
sed 's/"teamSize": 40/"teamSize": 4e9/' "$hall" >"$work/bad.json";        exits "a team too large" 3 "teamSize" $takt traffic "$work/bad.json" --steps 5
sed 's/"teamSize": 40, //' "$hall" >"$work/bad.json";                     exits "no team" 3 "the key 'teamSize' is missing" $takt traffic "$work/bad.json" --steps 5
sed "s/hall.map/$(printf '%0600d' 0)/" "$hall" >"$work/bad.json";        exits "a path too long" 3 "mapFile: a path of" $takt traffic "$work/bad.json" --steps 5
sed 's/2024/2023/' "$hall" >"$work/bad.json";                             exits "another league" 3 "2024 LoRR" $takt traffic "$work/bad.json" --steps 5
sed 's/hall.map/none.map/' "$hall" >"$work/bad.json";                     exits "no such map" 4 "none.map" $takt traffic "$work/bad.json" --steps 5
sed 's/numTasksReveal/numTaskReveal/' "$hall" >"$work/bad.json";          exits "a key misspelt is said" 0 "did you mean numTasksReveal" $takt traffic "$work/bad.json" --steps 5
python3 -c "print('['*100000)" >"$work/deep.json";                        exits "hostile JSON" 3 "" $takt traffic "$work/deep.json" --steps 5
exits "no such problem" 4 "none.json" $takt traffic "$work/none.json"
exits "steps below 1" 2 "--steps" $takt traffic "$hall" --steps 0

# a million cells, and a wall through them
python3 - "$work" <<'P'
import sys
d, n = sys.argv[1], 1000
row = "." * n
open(d + "/big.map", "w").write("type octile\nheight %d\nwidth %d\nmap\n%s" % (n, n, (row + "\n") * n))
open(d + "/cut.map", "w").write("type octile\nheight %d\nwidth %d\nmap\n%s" % (n, n, (row + "\n") * 500 + "@" * n + "\n" + (row + "\n") * 499))
open(d + "/big.agents", "w").write("3\n0\n999\n1999\n")
open(d + "/big.tasks", "w").write("3\n999999\n5,999000\n700000\n")
P
printf '{"mapFile": "big.map", "agentFile": "big.agents", "teamSize": 3, "taskFile": "big.tasks"}' >"$work/big.json"
exits "a million cells" 0 "" $takt traffic "$work/big.json" --steps 20
exits "an option that is not used there is said" 0 "--against is not used" $takt traffic "$work/big.json" --steps 1 --against 0.5
sed 's/big.map/cut.map/' "$work/big.json" >"$work/cut.json"
exits "errands behind a wall" 3 "cannot be reached" $takt traffic "$work/cut.json" --steps 20

# Ctrl-C
$takt traffic "$hall" --steps 1000000 --json --out "$work/plan.json" >"$work/out" 2>"$work/err" &
pid=$!
sleep 1
kill -INT $pid
got=0; wait $pid || got=$?
same "Ctrl-C: 130, what was done so far, marked" "130 False True" "$got $(json "$work/out" "d['complete'], d['steps']>0" | tr -d "(),'")"
same "and its plan holds" "True" "$(python3 "$work/replay.py" "$work" "$work/plan.json" 2>&1 | tail -1 | cut -d' ' -f1)"

# The optimiser as a command: the same answer twice, files that are wrong, Ctrl-C, the page.
. "$(dirname "$0")/check.sh"

# a shop of 14 jobs on 14 machines by a small rule of its own
python3 - >"$work/shop.jsp" <<'P'
x = 7
def draw(n):
    global x
    x = 16807 * x % 2147483647
    return x % n
print("14 14")
for j in range(14):
    row = list(range(14))
    for i in range(13, 0, -1):
        k = draw(i + 1)
        row[i], row[k] = row[k], row[i]
    print(*("%d %d" % (m, 1 + draw(99)) for m in row))
P
exits "schedule" 0 "" $takt schedule "$work/shop.jsp" --iterations 100000 --seed 3 --json
cp "$work/out" "$work/first.json"
exits "on one thread" 0 "" $takt schedule "$work/shop.jsp" --iterations 100000 --seed 3 --json --threads 1
same "the same on one thread" "True" "$(python3 -c "
import json,sys
a,b=(json.load(open(f)) for f in sys.argv[1:])
print(all(a[k]==b[k] for k in a if k!='time_s'))" "$work/first.json" "$work/out")"
same "every operation once, the bound below" "True" "$(json "$work/first.json" "len({(o['job'],o['op']) for o in d['operations']})==196 and d['lower_bound']<=d['makespan']==max(o['end'] for o in d['operations'])")"
same "optimal only where the bound is met" "True" "$(json "$work/first.json" "d['optimal']==(d['lower_bound']==d['makespan'])")"
exits "a page" 0 "" $takt schedule "$work/shop.jsp" --time 0.2s --gantt "$work/gantt.html"
same "the page needs nothing from elsewhere" "1 0" "$(grep -c '<svg id="chart"' "$work/gantt.html") $(grep -cE 'https?://|src=' "$work/gantt.html")"
exits "a page that cannot be written" 4 "" $takt schedule "$work/shop.jsp" --time 0.1s --gantt "$work/none/gantt.html"

head -5 "$work/shop.jsp" >"$work/cut.jsp"
exits "cut short: file and line" 3 "cut.jsp:5" $takt schedule "$work/cut.jsp"
exits "no such file" 4 "none.jsp" $takt schedule "$work/none.jsp"
exits "another kind of file" 2 ".jsp" $takt schedule "$work/line.yaml"

# Ctrl-C
$takt schedule "$work/shop.jsp" --time 100s --seed 2 --iterations 1000000000 --json >"$work/out" 2>"$work/err" &
pid=$!
sleep 1
kill -INT $pid
got=0; wait $pid || got=$?
same "Ctrl-C: 130, the best so far, marked" "130 False 196" "$got $(json "$work/out" "d['complete'], len(d['operations'])" | tr -d "(),'")"

# assembly lines
printf '<number of tasks>\n4\n<task times>\n1 3\n2 4\n3 5\n4 2\n<precedence relations>\n1,2\n1,3\n3,4\n<end>\n' >"$work/line.alb"
exits "stations for a takt" 0 "" $takt schedule "$work/line.alb" --takt 7 --json
same "two stations of 7" "2 7 True" "$(json "$work/out" "d['stations'], d['takt'], d['optimal']" | tr -d "(),'")"
exits "takt for stations" 0 "" $takt schedule "$work/line.alb" --stations 3 --json
same "three stations need 6" "3 6 True" "$(json "$work/out" "d['stations'], d['takt'], d['optimal']" | tr -d "(),'")"
exits "a task longer than the takt" 3 "longer than the takt" $takt schedule "$work/line.alb" --takt 4
for o in "--seed 4" "--threads 1" "--iterations 9" "--gantt $work/x.html"; do exits "assembly lines take no ${o%% *}" 2 "${o%% *} is for job shops" $takt schedule "$work/line.alb" --takt 7 $o; done
sed 's/relations/relation/' "$work/line.alb" >"$work/near.alb"
exits "precedences are not passed over for a letter" 3 "near.alb:8:1" $takt schedule "$work/near.alb" --takt 7
exits "neither takt nor stations" 2 "--takt" $takt schedule "$work/line.alb"
sed 's/^3,4$/3,4\n4,1/' "$work/line.alb" >"$work/circle.alb"
exits "a circle of precedences" 3 "circle" $takt schedule "$work/circle.alb" --takt 9

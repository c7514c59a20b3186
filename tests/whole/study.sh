# `takt run --db`, `takt sweep`, `takt compare`: what is kept, what is run again, what is said.
. "$(dirname "$0")/check.sh"

sql() { python3 -c "import sqlite3, sys; print(' '.join(str(x) for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]) for x in row))" "$1" "$2"; }
vary="--vary stations.s1.servers=1,2,3 --replications 3 --for 2h"

# a sweep, and the same again: nothing is run twice
$takt sweep "$work/line.yaml" $vary --db "$work/a.db" >"$work/a.txt"
same "three variants, three runs each" "9" "$(sql "$work/a.db" "select count(*) from run")"
same "tables are STRICT" "1 1 1" "$(sql "$work/a.db" "select strict from pragma_table_list where name in ('config', 'run', 'number')")"
same "every number of a run is a row" "True" "$(python3 -c "print($(sql "$work/a.db" "select count(distinct path) from number") > 20)")"
ids=$(sql "$work/a.db" "select group_concat(id) from (select id from run order by id)")
$takt sweep "$work/line.yaml" $vary --db "$work/a.db" >"$work/again.txt"
same "the same again runs nothing" "$ids" "$(sql "$work/a.db" "select group_concat(id) from (select id from run order by id)")"
same "and says the same" "$(head -4 "$work/a.txt")" "$(head -4 "$work/again.txt")"
$takt sweep "$work/line.yaml" --vary stations.s1.servers=1,2,3 --replications 5 --for 2h --db "$work/a.db" >/dev/null
same "more replications: only those that are missing" "15 $ids" "$(sql "$work/a.db" "select count(*), (select group_concat(id) from (select id from run where replication <= 3 order by id)) from run")"

# one process or two, shards or not: the same digests
$takt sweep "$work/line.yaml" $vary --db "$work/one.db" --threads 1 >/dev/null
$takt sweep "$work/line.yaml" $vary --db "$work/two.db" --threads 2 >/dev/null
for k in 1 2; do $takt sweep "$work/line.yaml" $vary --db "$work/shards.db" --shard $k/2 >/dev/null; done
q="select group_concat(d) from (select config || run.digest d from run order by 1)"
same "processes change no digest" "$(sql "$work/one.db" "$q")" "$(sql "$work/two.db" "$q")"
same "shards make the whole" "$(sql "$work/one.db" "$q")" "$(sql "$work/shards.db" "$q")"

# run --db gives the row that the sweep has
$takt run "$work/line.yaml" --set stations.s1.servers=2 --for 2h --replications 3 --db "$work/run.db" >/dev/null
same "a run is the sweep's row" "3" "$(python3 - "$work" <<'P'
import sqlite3, sys
w = sys.argv[1]
q = 'select config, replication, digest, throughput_per_h, lead_time_s from run'
a, b = (set(sqlite3.connect(w + f).execute(q)) for f in ('/one.db', '/run.db'))
print(len(a & b))
P
)"

# killed in the middle, gone on with: the whole, and no run twice
$takt sweep "$work/line.yaml" ${vary/2h/400h} --db "$work/cut.db" >/dev/null 2>&1 & pid=$!
for i in $(seq 100); do [ "$(sql "$work/cut.db" "select count(*) from run" 2>/dev/null || echo 0)" -ge 2 ] 2>/dev/null && break; sleep 0.05; done
kill -INT $pid 2>/dev/null; wait $pid; code=$?
same "Ctrl-C ends with 130, or it was done" "True" "$([ $code = 130 ] || [ $code = 0 ] && echo True)"
$takt sweep "$work/line.yaml" ${vary/2h/400h} --db "$work/cut.db" >/dev/null
same "gone on with" "9 9" "$(sql "$work/cut.db" "select count(*), count(distinct config || replication) from run")"

# comparing: paired by run, and the same numbers whichever way they come in
$takt compare "$work/line.yaml" "$work/line.yaml" --set-b stations.s1.servers=2 --for 2h --replications 3 --json >"$work/c.json"
$takt compare "$work/one.db:1" "$work/one.db:2" --json >"$work/d.json"
same "layouts and databases agree" "True" "$(python3 - "$work" <<'P'
import json, sys
a, b = (json.load(open(sys.argv[1] + f))['numbers'] for f in ('/c.json', '/d.json'))
print(all(a[k]['change'] == b[k]['change'] for k in a) and set(a) == set(b))
P
)"
same "a layout against itself changes nothing" "True" "$($takt compare "$work/line.yaml" "$work/line.yaml" --for 2h --replications 3 --json | python3 -c "import json, sys; print(all(n['change']['mean'] in (0, None) for n in json.load(sys.stdin)['numbers'].values()))")"
$takt run "$work/line.yaml" --for 2h --replications 3 --json >"$work/r1.json"
$takt run "$work/line.yaml" --set stations.s1.servers=2 --for 2h --replications 3 --json >"$work/r2.json"
same "results of run --json: Welch" "False" "$($takt compare "$work/r1.json" "$work/r2.json" --json | python3 -c "import json, sys; print(json.load(sys.stdin)['paired'])")"
exits "results are not changed" 2 "is a result" $takt compare "$work/r1.json" "$work/line.yaml" --set-a stations.s1.servers=2
exits "results are not run" 2 "these are results" $takt compare "$work/one.db:1" "$work/r1.json" --for 2h

# the report holds what it says and nothing of elsewhere
$takt sweep "$work/line.yaml" $vary --db "$work/one.db" --report "$work/r.html" >/dev/null
same "one page, nothing loaded from elsewhere" "True" "$(python3 - "$work/r.html" <<'P'
import sys, html.parser
t = open(sys.argv[1]).read()
class P(html.parser.HTMLParser):
  stack = []; ok = True
  def handle_starttag(self, tag, attrs):
    if tag not in ('meta', 'br'): self.stack.append(tag)
  def handle_startendtag(self, tag, attrs): pass
  def handle_endtag(self, tag): self.ok = self.ok and self.stack and self.stack.pop() == tag
p = P(); p.feed(t)
print(p.ok and not p.stack and 'http' not in t and 'src=' not in t and 'servers' in t and '<svg' in t)
P
)"

# wrong use
exits "a path that is none" 3 "there is no" $takt sweep "$work/line.yaml" --vary stations.s9.servers=1,2 --db "$work/x.db"
exits "a value that is none" 3 "that was variant 2" $takt sweep "$work/line.yaml" --vary stations.s1.servers=1,many --db "$work/x.db"
exits "no values" 2 "PATH=VALUE" $takt sweep "$work/line.yaml" --vary stations.s1.servers
exits "an empty value" 2 "a value is missing" $takt sweep "$work/line.yaml" --vary stations.s1.servers=1,,2
exits "a range that goes down" 2 "goes down" $takt sweep "$work/line.yaml" --vary stations.s1.servers=5..1
exits "too many variants" 2 "variants" $takt sweep "$work/line.yaml" --vary stations.s1.servers=1..9999 --vary run.seed=1..9999
exits "a shard that is none" 2 "--shard" $takt sweep "$work/line.yaml" $vary --shard 3/2
echo "no database" >"$work/text.db"
exits "no SQLite file" 4 "text.db" $takt sweep "$work/line.yaml" $vary --db "$work/text.db"
python3 -c "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('create table t (x)'); c.commit()" "$work/other.db"
exits "somebody else's database" 3 "another program" $takt sweep "$work/line.yaml" $vary --db "$work/other.db"
exits "which variant?" 2 "say which" $takt compare "$work/one.db" "$work/one.db"
exits "no such variant" 2 "there is no 9" $takt compare "$work/one.db:9" "$work/one.db:1"
echo '{"takt": 1, "kpi": {"wip": {"mean": "much", "n": 1}}}' >"$work/text.json"
exits "a mean that is no number" 3 "kpi.wip: no result of takt run" $takt compare "$work/text.json" "$work/r1.json"
for sd in '"some"' -1 '[1]' 1e999; do
  echo "{\"takt\": 1, \"kpi\": {\"wip\": {\"mean\": 2, \"sd\": $sd, \"n\": 3}}}" >"$work/sd.json"
  exits "an sd of $sd" 3 "kpi.wip: no result of takt run" $takt compare "$work/sd.json" "$work/r1.json"
done
echo '{"takt": 1, "kpi": {"wip": {"mean": 2, "n": 3}}}' >"$work/sd.json"
exits "no sd" 3 "kpi.wip: no result of takt run" $takt compare "$work/sd.json" "$work/r1.json"
echo '{"takt": 1, "kpi": {"wip": {"mean": 2, "sd": null, "ci95": null, "n": 1}}}' >"$work/sd.json"
exits "an sd that is not known" 0 "" $takt compare "$work/sd.json" "$work/r1.json"
echo '{"takt": 1, "kpi": {"wip": 7}}' >"$work/seven.json"
exits "no number with its interval" 3 "it holds no numbers" $takt compare "$work/seven.json" "$work/r1.json"
exits "no result" 3 "no result of takt run" $takt compare "$work/c.json" "$work/r1.json"

# What the README shows is what the program does. UPDATE=1 puts the table of now into the README.
. "$(dirname "$0")/check.sh"

awk '/^```yaml/ {on=1; next} /^```/ {on=0} on' README.md >"$work/readme.yaml"
exits "the layout of the README is sound" 0 "" $takt check --strict "$work/readme.yaml"
exits "it runs" 0 "" $takt run "$work/readme.yaml" --json
one=$(json "$work/out" "'%.0f %s' % (d['kpi']['throughput_per_h']['mean'], d['bottleneck'][0]['name'])")
exits "it runs with two robots" 0 "" $takt run "$work/readme.yaml" --set robots.crew.count=2 --json
two=$(json "$work/out" "'%.0f %s' % (d['kpi']['throughput_per_h']['mean'], d['bottleneck'][0]['name'])")
same "the robot holds it back, then the press" "crew press" "${one#* } ${two#* }"
same "throughput as the README says" "1" "$(grep -c "from ${one% *} to ${two% *} an hour" README.md)"

# the table of the first layout, but for how fast this machine was
$takt run layouts/cell-sorting.yaml >"$work/table.txt" 2>/dev/null
if [ -n "${UPDATE:-}" ]; then
  python3 - "$work/table.txt" <<'P'
import re, sys
text, table = open("README.md").read(), open(sys.argv[1]).read()
open("README.md", "w").write(re.sub(r"```\nBattery cell sorting.*?```", lambda m: "```\n" + table + "```", text, flags=re.S))
P
fi
sed -n '/^Battery cell sorting/,/^```/p' README.md | grep -v '^```' | grep -v ' events in ' >"$work/shown.txt"
grep -v ' events in ' "$work/table.txt" >"$work/now.txt"
if cmp -s "$work/shown.txt" "$work/now.txt"; then ok "the table of the README"; else fail "the table of the README" "$(diff "$work/shown.txt" "$work/now.txt" | head -5)"; fi

# every file that it links is there
missing=0
for link in $(grep -oE '\]\([a-z./-]+\)' README.md | tr -d '()]' | sort -u); do [ -e "$link" ] || { missing=1; echo "     no $link"; }; done
same "every link of the README" 0 "$missing"

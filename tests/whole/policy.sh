# Policies: each rule by its name, one of somebody else's from a shared library, and what is wrong with such a one.
. "$(dirname "$0")/check.sh"
. tests/setup.sh
hall="layouts/parcel-hall.yaml --for 10min --warmup 2min -q"

build release patient >/dev/null || { echo "FAIL the example policy builds"; exit 1; }
for p in nearest fifo idle-first spt edd atc lookahead build/patient.so; do
  $takt run $hall --policy $p --json >"$work/a" 2>"$work/err"
  $takt run $hall --policy $p --json >"$work/b" 2>"$work/err"
  same "$p: the same twice" "$(json "$work/a" "d['digest']")" "$(json "$work/b" "d['digest']")"
  same "$p: carries parcels" True "$(json "$work/a" "d['kpi']['made']['mean'] > 300")"
done
$takt run $hall --policy lookahead --json >"$work/a"
$takt run $hall --policy nearest --json >"$work/b"
same "lookahead carries more than nearest" True "$(json "$work/a" "d['kpi']['made']['mean'] > 1.05 * $(json "$work/b" "d['kpi']['made']['mean']")")"

exits "no such library" 4 "nothing.so" $takt run $hall --policy ./nothing.so
cat >"$work/old.c" <<'C'
#include "scheduler/policy.h"
static int32_t none(void *self, const struct policy_view *v, struct policy_pair *p, int32_t n) { (void)self; (void)v; (void)p; (void)n; return 0; }
static const struct policy old = {.version = 0, .name = "old", .decide = none};
const struct policy *takt_policy(void) { return &old; }
C
${CC:-gcc} -shared -fPIC -I. -o "$work/old.so" "$work/old.c"
exits "a library for another version" 3 "made for version 0 of the interface" $takt run $hall --policy "$work/old.so"
sed 's/.version = 0/.version = POLICY_VERSION/; s/return 0; }/p[0] = (struct policy_pair){0, 0}; p[1] = p[0]; return v->robots.idle > 0 ? 2 : 0; }/' "$work/old.c" >"$work/twice.c"
${CC:-gcc} -shared -fPIC -I. -o "$work/twice.so" "$work/twice.c"
exits "a robot twice is named" 3 "is given" $takt run $hall --policy "$work/twice.so"
sed 's/"old"/"half", .create = make/; s/.version = 0/.version = POLICY_VERSION/; s/^static const/static void *make(int32_t a, int32_t b) { (void)a; (void)b; return (void *)1; }\n&/' "$work/old.c" >"$work/half.c"
${CC:-gcc} -shared -fPIC -I. -o "$work/half.so" "$work/half.c"
exits "create without destroy" 3 "one of create and destroy" $takt run $hall --policy "$work/half.so"
sed 's/.version = 0/.version = POLICY_VERSION, .horizon = -1/' "$work/old.c" >"$work/past.c"
${CC:-gcc} -shared -fPIC -I. -o "$work/past.so" "$work/past.c"
exits "a horizon in the past" 3 "horizon is not a time" $takt run $hall --policy "$work/past.so"
echo "no library at all" >"$work/text.so"
exits "a file that is no library" 3 "text.so: file too short" $takt run $hall --policy "$work/text.so"
for size in 20 100 700 3000 8000; do
  head -c $size build/patient.so >"$work/cut.so"
  exits "a library cut short after $size bytes" 3 "cut.so: " $takt run $hall --policy "$work/cut.so"
done
echo 'int nothing;' | ${CC:-gcc} -shared -fPIC -x c -o "$work/empty.so" -
exits "a library without a policy" 3 "no function takt_policy" $takt run $hall --policy "$work/empty.so"
exits "why, by a policy of one's own" 0 "" $takt run $hall --policy build/patient.so --explain 5min
same "by its name" 1 "$(grep -c 'costs in s, by patient' "$work/out")"

# the policy of the page, as somebody would copy it
sed -n '/^```c$/,/^```$/p' docs/policy.md | grep -v '^```' >"$work/first.c"
same "the page's policy is 50 lines at most" True "$([ "$(wc -l <"$work/first.c")" -le 50 ] && echo True)"
exits "the page's policy compiles without a warning" 0 "" ${CC:-gcc} -O2 -Wall -Wextra -Werror -shared -fPIC -I. -o "$work/first.so" "$work/first.c"
exits "and runs" 0 "" $takt run $hall --policy "$work/first.so" --explain 5min
same "and says why" True "$(grep -q '= walk .* + work .*takes it' "$work/out" && echo True)"

# A recording never loads code: who wants its policy names it.
$takt run $hall --policy build/patient.so --record "$work/patient.takt" >/dev/null
exits "a recording by a library" 3 "a recording never loads code" $takt replay "$work/patient.takt"
exits "the same, with the library" 0 "" $takt replay "$work/patient.takt" --policy build/patient.so
$takt run $hall --policy nearest --record "$work/nearest.takt" >/dev/null
exits "a library for a recording without" 2 "whose jobs were given by a library" $takt replay "$work/nearest.takt" --policy build/patient.so

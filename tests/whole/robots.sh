# Our robots' URDFs are what their generator writes.
. "$(dirname "$0")/check.sh"
. tests/setup.sh

for which in gen2 v3; do
  python3 assets/robots/make_urdf.py $which >"$work/$which.urdf" 2>"$work/err"
  if cmp -s "$work/$which.urdf" assets/robots/optimus-$which/optimus-$which.urdf; then ok "optimus-$which.urdf is what make_urdf.py writes"
  else fail "optimus-$which.urdf is what make_urdf.py writes" "$(head -3 "$work/err")"; fi
done

# what a model says of itself
$takt robot optimus-gen2 info --json --png "$work/figure.png" >"$work/info.json" 2>"$work/err"
same "info: mass, height, drives" "56.0 1.73 40 50" "$(json "$work/info.json" "round(d['mass_kg'], 3), round(d['height_m'], 3), d['drives_count'], d['degrees_of_freedom']")"
same "info: each drive is counted once" "40" "$(json "$work/info.json" "sum(c['count'] for c in d['drives'].values())")"
same "info: joints that follow have no drive" "10" "$(json "$work/info.json" "sum('follows' in j and 'drive' not in j for j in d['joints'].values())")"
same "info: a picture" "PNG" "$(head -c 4 "$work/figure.png" | tail -c 3)"
exits "info: a picture that cannot be written" 4 "" $takt robot optimus-gen2 info --png /nowhere/figure.png
exits "info: a robot that is not there" 3 "no URDF" $takt robot nobody info
exits "info: its help" 0 "" $takt robot optimus-gen2 info --help

# a heavier shank in a copy shows; a robot without robot.yaml says that its drives are guessed
mkdir -p "$work/own" && sed 's/<mass value="2.4248"/<mass value="3.4248"/' assets/robots/optimus-gen2/optimus-gen2.urdf >"$work/own/own.urdf"
$takt robot "$work/own" info --json >"$work/own.json" 2>"$work/err"
same "info: a changed mass" "58.0 True" "$(json "$work/own.json" "round(d['mass_kg'], 3), d['drives_guessed']")"
if grep -q "guessed from the effort limits" "$work/err"; then ok "info: guessed drives are said"; else fail "info: guessed drives are said" "$(head -3 "$work/err")"; fi

# the library by itself, linked from base and robots alone: what the feet carry is what the body needs
if build release humanoid >"$work/make" 2>&1; then ok "humanoid.c builds on base and robots alone"
else fail "humanoid.c builds on base and robots alone" "$(tail -3 "$work/make")"; fi
for model in assets/robots/optimus-gen2 assets/robots/optimus-v3/optimus-v3.urdf "$work/own"; do
  build/humanoid "$model" 1.2 >"$work/humanoid" 2>"$work/err"
  left=$(sed -n 's/.*body differ by \([^ ]*\) N and N m$/\1/p' "$work/humanoid")
  if python3 -c "import sys; sys.exit(not 0 <= float('${left:-nan}') < 1e-9)"; then ok "humanoid: $(basename "$model"), ${left} N left"
  else fail "humanoid: $(basename "$model") is held by its floor" "$(tail -3 "$work/humanoid" "$work/err")"; fi
done
exits "humanoid: no such robot" 3 "is not there" build/humanoid nowhere

# walking: 500 W at 1.4 m/s is fitted, the rest comes out of the body; what a body cannot do is named
$takt robot optimus-gen2 walk --json --png "$work/walk.png" >"$work/walk.json" 2>"$work/err"
same "walk: the calibration" "True" "$(json "$work/walk.json" "abs(d['power_w'] - 500) < 0.1 and 0.8 <= d['km_factor'] <= 1.35 and d['limits'] == []")"
same "walk: the plan is the dynamics'" "True" "$(json "$work/walk.json" "d['zmp_error_m'] < 1e-3 and abs(d['sticking_w']) < 5e-3 * d['mechanical_w']")"
same "walk: a picture" "PNG" "$(head -c 4 "$work/walk.png" | tail -c 3)"
$takt robot optimus-gen2 walk --speed 1 --json >"$work/level.json" 2>"$work/err"
$takt robot "$work/own" walk --speed 1 --json -q >"$work/heavy.json" 2>"$work/err"
$takt robot optimus-gen2 walk --speed 1 --slope 5 --floor 0.1 --json >"$work/ramp.json" 2>"$work/err"
same "walk: a heavier shank costs" "True" "$(json "$work/heavy.json" "d['mechanical_w'] > $(json "$work/level.json" "d['mechanical_w']") + 1")"
same "walk: a slippery ramp costs and is named" "True" "$(json "$work/ramp.json" "d['power_w'] > $(json "$work/level.json" "d['power_w']") + 20 and 'friction' in d['limits']")"
exits "walk: faster than legs can swing" 3 "no such walk" $takt robot optimus-gen2 walk --speed 3.5
exits "walk: a style that is none" 2 "did you mean flat" $takt robot optimus-gen2 walk --foot flatt
exits "walk: its help" 0 "" $takt robot optimus-gen2 walk --help

# jogging: a third of the stride in flight, within the band of power, cheaper than walking from 1.8 to 2.2 m/s on; never on a wet floor
$takt robot optimus-gen2 jog --json --png "$work/jog.png" >"$work/jog.json" 2>"$work/err"
same "jog: 900 to 1100 W at 2.5 m/s" "True" "$(json "$work/jog.json" "900 < d['power_w'] < 1100 and 0.25 <= d['duty_factor'] <= 0.37 and d['flight_share'] > 0.25")"
same "jog: the plan is the dynamics'" "True" "$(json "$work/jog.json" "d['zmp_error_m'] < 1e-3 and abs(d['sticking_w']) < 5e-3 * d['mechanical_w']")"
same "jog: walk or run" "True" "$(json "$work/jog.json" "1.8 <= d['walk_run_speed_m_s'] <= 2.2")"
same "jog: docs/jogging.md tells the program's power" "$(json "$work/jog.json" "round(d['power_w'])")" "$(sed -n 's/^| 2.5 m\/s | \([0-9]*\) |.*/\1/p' docs/jogging.md)"
same "jog: a picture" "PNG" "$(head -c 4 "$work/jog.png" | tail -c 3)"
exits "jog: a wet floor" 3 "needs a friction of" $takt robot optimus-gen2 jog --floor 0.2

# a whole way: from standing into a jog and back, every check held, as the tables say
$takt robot optimus-v3 jog --speed 2.3 --way 13 --json --png "$work/way.png" >"$work/way.json" 2>"$work/err"
same "jog, a way: nothing broken, nothing pushes in flight" "0 True" "$(json "$work/way.json" "sum(d['broken'].values()), d['flight_wrench'] < 1e-9")"
same "jog, a way: time to the bit, energy within 2 %" "True True" "$(json "$work/way.json" "d['time_s'] == d['table_time_s'], abs(d['table_energy_j'] / d['energy_j'] - 1) < 0.02")"
same "jog, a way: it walks off, jogs and walks again" "False True False" "$(json "$work/way.json" "d['steps'][0]['jogs'], d['steps'][len(d['steps']) // 2]['jogs'], d['steps'][-1]['jogs']")"
same "jog, a way: a picture" "PNG" "$(head -c 4 "$work/way.png" | tail -c 3)"
exits "jog, a way: a wet floor" 3 "needs a friction of" $takt robot optimus-v3 jog --speed 2.3 --way 13 --floor 0.3
for option in "--slope 3" "--stairs 0.1" "--foot flat" "--side 0.1" "--turn 5" "--samples 400"; do
  exits "jog, a way: $option is of a stride" 2 "${option%% *} is of a single stride" $takt robot optimus-v3 jog --speed 2.3 --way 13 $option
done
exits "jog: --walk without --way" 2 "--way M" $takt robot optimus-v3 jog --speed 2.3 --walk 1
exits "walk: --way is jog's" 2 "" $takt robot optimus-v3 walk --way 13
exits "jog: uphill" 3 "level floor" $takt robot optimus-gen2 jog --slope 3

# standing: more than sitting, 125 to 165 W, and more with a load before the chest
$takt robot optimus-gen2 stand --json >"$work/stand.json" 2>"$work/err"
$takt robot optimus-gen2 stand --load 10 --json >"$work/load.json" 2>>"$work/err"
same "stand: the sum of its parts" "True" "$(json "$work/stand.json" "abs(d['sitting_w'] + d['drives_w'] + d['joints_w'] - d['power_w']) < 1e-9")"
same "stand: 125 to 165 W" "True" "$(json "$work/stand.json" "d['stands'] and 125 <= d['power_w'] <= 165")"
same "stand: a load costs more" "True" "$(json "$work/load.json" "d['power_w'] > $(json "$work/stand.json" "d['power_w']") + 5")"
exits "stand: a load that is none" 2 "outside" $takt robot optimus-gen2 stand --load -1

# the event tables: as near to the solved body as docs/robots-at-event-fidelity.md says, quicker with a wish for speed, dearer with a load
$takt robot optimus-gen2 tables --routes 20 --json >"$work/tables.json" 2>"$work/err"
same "tables: within 2 % of the solved body" "True" "$(json "$work/tables.json" "d['against_body']['routes'] == 20 and d['against_body']['time_worst'] < 1e-9 and d['against_body']['energy_worst'] < 0.02")"
same "tables: more load, more power" "True" "$(json "$work/tables.json" "all(a['power_w'] < b['power_w'] for a, b in zip(d['steady'], d['steady'][1:]) if a['speed_m_s'] == b['speed_m_s'] and 0 < b['load_kg'] != a['load_kg'])")"
exits "tables: a speed that is none" 2 "outside" $takt robot optimus-gen2 tables --speed 9

# heat and wear of a walk: quicker is warmer and wears sooner; at 0.6 m/s nothing is derated
for v in 0.6 1.4 1.8; do $takt robot optimus-gen2 walk --speed $v --json >"$work/walk-$v.json" 2>>"$work/err"; done
same "walk: quicker is warmer" "True" "$(python3 -c "
import json
d = [json.load(open('$work/walk-%s.json' % v)) for v in ('0.6', '1.4', '1.8')]
hot = [max(w for w in x['winding_c'].values()) for x in d]
print(hot[0] < hot[1] < hot[2] and d[0]['life_h'] > d[1]['life_h'] > d[2]['life_h'] and d[0]['derated_after_s'] is None)")"

# the predictions that docs/robot-power.md tells are the program's, within 2 %
told() { sed -n "s/^| $1 | \([0-9]*\) |$/\1/p" docs/robot-power.md; }
near() { same "docs: $1" "True" "$(python3 -c "import json; print(abs(json.load(open('$work/$2.json'))['power_w'] / $(told "$1") - 1) < 0.02)")"; }
walk() { local name=$1; shift; $takt robot optimus-gen2 walk "$@" --json >"$work/$name.json" 2>>"$work/err"; }
walk walk-1.0 --speed 1; walk sides --load 20 --pose sides; walk close --load 20 --pose close; walk front --load 20 --pose front
near "standing" stand; near "walking at 0.6 m\/s" walk-0.6; near "at 1.0 m\/s" walk-1.0; near "at 1.8 m\/s" walk-1.8
near "at 1.4 m\/s with 20 kg at the sides" sides; near "at 1.4 m\/s with 20 kg held close" close; near "at 1.4 m\/s with 20 kg in front" front

# a push: ankles, a step, a fall; what is stood agrees with the closed form for the body that it names
for impulse in 10 40 200; do $takt robot optimus-gen2 push --impulse $impulse --json >"$work/push$impulse.json" 2>"$work/err"; done
same "push: ankles, steps, a fall" "True 0 False True 1 False False True" "$(json "$work/push10.json" "d['recovered'], d['steps'], d['fell']") $(json "$work/push40.json" "d['recovered'], d['steps'], d['fell']") $(json "$work/push200.json" "d['recovered'], d['fell']")"
same "push: the closed form of one step" "True" "$(json "$work/push40.json" "abs(d['most_n_s'][1] / (d['body']['mass_kg'] * d['body']['omega_per_s'] * (d['body']['toe_m'] - d['body']['rest_m'] + d['body']['step_ahead_m'] * 2.718281828459045 ** (-d['body']['omega_per_s'] * d['body']['swing_s']))) - 1) < 1e-9")"
exits "push: a number that is none" 2 "" $takt robot optimus-gen2 push --impulse much

# getting up: every phase within its drives; one that cannot says which phase and which joint
for which in gen2 v3; do
  $takt robot optimus-$which rise --json >"$work/rise.json" 2>"$work/err"
  same "rise: optimus-$which keeps its limits" "True True" "$(json "$work/rise.json" "max(p['torque_share'] for p in d['phases']) <= 1 and max(p['speed_share'] for p in d['phases']) <= 1, d['contact_moves_m'] < 1e-5" | tr -d '(),')"
done
sed 's/effort="110"/effort="10"/' assets/robots/optimus-gen2/optimus-gen2.urdf >"$work/weak.urdf"
exits "rise: weak shoulders" 3 "_shoulder_pitch would need" $takt robot "$work/weak.urdf" rise -q

# grasps: two contacts, one of them without friction, a twist that one soft finger holds, a weight; and what is wrong is pointed at
$takt robot optimus-gen2 grasp tests/fuzz/grasps/all.json --json >"$work/grasp.json" 2>"$work/err"
same "grasp: open, held by one soft finger, a force" "False None True True" "$(json "$work/grasp.json" "d['planar'][0]['force_closure'], d['planar'][0]['epsilon_L1'], d['spatial'][0]['force_closure'], abs(d['grip_force'][0] / (0.355 * 9.81 / 1.6) - 1) < 1e-12" | tr -d '(),')"
sed 's/"mu": 0.8/"mu": 0/' tests/fuzz/grasps/all.json >"$work/slippery.json"
exits "grasp: no friction, no force" 3 "slippery.json:3:" $takt robot optimus-gen2 grasp "$work/slippery.json"
exits "grasp: a file that is not there" 4 "nowhere.json" $takt robot optimus-gen2 grasp nowhere.json
exits "grasp: a table" 0 "" $takt robot optimus-gen2 grasp tests/fuzz/grasps/all.json

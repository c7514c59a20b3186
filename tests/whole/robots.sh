# Our robots' URDFs are what their generator writes.
. "$(dirname "$0")/check.sh"

for which in gen2 v3; do
  python3 assets/robots/make_urdf.py $which >"$work/$which.urdf" 2>"$work/err"
  if cmp -s "$work/$which.urdf" assets/robots/optimus-$which/optimus-$which.urdf; then ok "optimus-$which.urdf is what make_urdf.py writes"
  else fail "optimus-$which.urdf is what make_urdf.py writes" "$(head -3 "$work/err")"; fi
done

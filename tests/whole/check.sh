# Shared by the scripts beside it: where the program is, and how a check is said. Sourced, not run.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
takt=${TAKT:-build/takt}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok()   { echo "ok   $1"; }
fail() { echo "FAIL $1"; shift; for line in "$@"; do printf '     %s\n' "$line"; done; }

# same NAME WANTED GOT
same() { if [ "$2" = "$3" ]; then ok "$1"; else fail "$1" "wanted: $2" "got:    $3"; fi; }

# exits NAME CODE PART-OF-STDERR COMMAND...
exits() {
  local name=$1 code=$2 part=$3 got=0; shift 3
  timeout 60 "$@" >"$work/out" 2>"$work/err" || got=$?
  if [ "$got" != "$code" ]; then fail "$name" "exit code $got, wanted $code" "$(head -3 "$work/err")"; return; fi
  if [ -n "$part" ] && ! grep -qF -- "$part" "$work/err"; then fail "$name" "stderr lacks: $part" "$(head -3 "$work/err")"; return; fi
  ok "$name"
}

# json FILE EXPRESSION: a Python expression over the document d
json() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print($2)" "$1"; }

# a small line that runs in milliseconds
cat >"$work/line.yaml" <<'Y'
takt: 1
name: Small line
parts: {part: {}}
stations:
  raw: {kind: source, makes: part}
  s1:  {kind: machine, time: exponential(1 s)}
  b1:  {kind: buffer, capacity: 3}
  s2:  {kind: machine, time: exponential(1 s)}
  out: {kind: sink}
flow:
  - raw -> s1 -> b1 -> s2 -> out
run: {for: 10 h, warmup: 1 h}
Y

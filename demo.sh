#!/usr/bin/env bash
# Takt in one go: installs what is missing, builds, runs a shift of battery cell sorting with eight
# humanoid robots, prints what the line makes, records one minute of it with whole bodies, prints how far the
# fidelities differ, and leaves pictures and recordings behind. With a display the control room opens on the recording.
# On two cores: one to three minutes to the pictures, and some six more for the comparison at the end; Ctrl-C leaves that out.
set -euo pipefail
cd "$(dirname "$0")"
. tests/setup.sh
install_packages
build release takt

layout=layouts/cell-sorting.yaml
echo
echo "\$ build/takt run $layout --set robots.sorters.count=8 --record demo.takt"
code=0
build/takt run "$layout" --set robots.sorters.count=8 --record demo.takt || code=$?
# 1 is an answer too: a goal of the layout is not met
[ "$code" -le 1 ] || exit "$code"

echo
echo "\$ build/takt view demo.takt --frame 2h --out demo.png"
build/takt view demo.takt --frame 2h --out demo.png

# the same line with every joint of every robot stepped 200 times a second, for a minute
echo
echo "\$ build/takt run $layout --fidelity body --for 1min --warmup 1min --record demo-body.takt -q"
build/takt run "$layout" --fidelity body --for 1min --warmup 1min --record demo-body.takt -q >/dev/null || [ $? -le 1 ]
echo "\$ build/takt view demo-body.takt --frame 90s --select R3 --out demo-body.png"
build/takt view demo-body.takt --frame 90s --select R3 --out demo-body.png
ls -l demo.png demo.takt demo-body.png demo-body.takt

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo
  echo "\$ build/takt view demo.takt        (close the window to end)"
  build/takt view demo.takt
else
  echo "no display: look at demo.png; 'build/takt view demo.takt' opens the control room where there is one"
fi

# 30 runs, ten of them with whole bodies: it says how far it is where stderr is a terminal
echo
echo "\$ build/takt check $layout --fidelities        (some minutes; Ctrl-C leaves it out)"
build/takt check "$layout" --fidelities
exit "$code"

#!/usr/bin/env bash
# Takt in one go: installs what is missing, builds, runs a shift of battery cell sorting with eight
# humanoid robots, prints what the line makes, and leaves a picture and a recording behind. With a
# display the control room opens on the recording.
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
ls -l demo.png demo.takt

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo
  echo "\$ build/takt view demo.takt        (close the window to end)"
  build/takt view demo.takt
else
  echo "no display: look at demo.png; 'build/takt view demo.takt' opens the control room where there is one"
fi
exit "$code"

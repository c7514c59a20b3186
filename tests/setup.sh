# What demo.sh and test.sh share: the Debian packages Takt is built from, and the build. Sourced, not run.

packages="premake4 gcc clang make pkg-config libsdl2-dev libsdl2-ttf-dev libuv1-dev libmsgpack-dev libyaml-dev libzstd-dev libsqlite3-dev
  libexpat1-dev libchipmunk-dev libcmocka-dev libpng-dev fonts-inter fonts-dejavu-core python3 python3-jsonschema python3-yaml libclang-rt-14-dev"

# Install what is missing, as root or by sudo, and say so; nothing is touched when all is there.
install_packages() {
  local missing="" p
  for p in $packages; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q "ok installed" || missing="$missing $p"
  done
  [ -n "$missing" ] || { echo "packages: all there"; return 0; }
  local as=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "missing packages:$missing; install them as root, or install sudo" >&2; return 1; }
    as=sudo
  fi
  echo "packages: installing$missing"
  # shellcheck disable=SC2086
  $as env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
  $as env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
}

# build CONFIG TARGET... with premake4 or Premake 5, in the folder we are in
build() {
  local config=$1; shift
  if command -v premake4 >/dev/null; then premake4 --file=premake5.lua gmake >/dev/null || return 1
  else premake5 gmake >/dev/null || return 1; fi
  echo "build: $config $* (${CC:-gcc})"
  make -s -C build "config=$config" "-j$(nproc)" "CC=${CC:-gcc}" "$@" >build/make.log 2>&1 || { tail -40 build/make.log >&2; return 1; }
}

# Shared by ./run and ./test (sourced by bash): the packages, and the build.
#
# SPDX-License-Identifier: Apache-2.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# quietly COMMAND…: runs it without input, and shows what it says only when it fails.
quietly ()
{
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" != 0 ]; then
    cat "$log" >&2
  fi
  rm -f "$log"
  return "$status"
}

# packages GROUP…: the names listed under these groups in build-aux/packages.
packages ()
{
  awk -v groups=" $* " '/^\[/ { on = index (groups, " " substr ($0, 2, length ($0) - 2) " "); next }
                        on && NF && !/^#/ { print $1 }' "$root/build-aux/packages"
}

# missing_packages GROUP…: those of them that are not installed.
missing_packages ()
{
  local installed
  # dpkg-query fails when it does not know one of them; the others are listed all the same.
  installed=$({ dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $(packages "$@") 2>/dev/null || true; } |
    awk '$1 == "ii" { print $2 }')
  packages "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# need_packages GROUP…: installs what is missing, or says what to type and exits.
need_packages ()
{
  local missing as_root=() install asker="su -c"
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    return 0 # not Debian: meson will name what it does not find
  fi
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  install="apt-get install --yes --no-install-recommends ${missing% }"
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      if command -v sudo >/dev/null; then asker="sudo sh -c"; fi
      echo "Some packages are missing. Install them, then start this again:" >&2
      echo "  $asker 'apt-get update && $install'" >&2
      exit 1
    fi
    as_root=(sudo -n)
  fi
  echo "Installing: ${missing% }" >&2
  quietly "${as_root[@]}" apt-get update
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $install
}

# build FOLDER [OPTION…]: configures the build folder once, then brings it up to date.
build ()
{
  local folder=$root/$1
  shift
  # A folder that came along with a copy of the tree would build the tree it came from.
  if [ -d "$folder" ] && ! grep -qsF "\"source\": \"$root\"" "$folder/meson-info/meson-info.json"; then
    rm -rf "$folder"
  fi
  if [ ! -f "$folder/build.ninja" ]; then
    quietly meson setup "$folder" "$root" "$@" || return
  fi
  quietly ninja -C "$folder"
}

# test_python: a Python with what build-aux/test-python.txt names, in build-python; sets
# ANN_TEST_PYTHON. Without a network for pip it fails, and the tests that want it are skipped.
test_python ()
{
  local folder=$root/build-python list=$root/build-aux/test-python.txt
  # One that came along with a copy of the tree would name the tree it came from.
  if ! cmp -s "$list" "$folder/installed" || ! grep -qsF "$folder" "$folder/bin/pip"; then
    rm -rf "$folder"
    quietly python3 -m venv "$folder" || return
    quietly "$folder/bin/pip" install --no-input --disable-pip-version-check --requirement "$list" || return
    cp "$list" "$folder/installed"
  fi
  export ANN_TEST_PYTHON=$folder/bin/python
}

# Shared by ./run and ./test (sourced by bash): the packages, and the build.
#
# SPDX-License-Identifier: Apache-2.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

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
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $install -qq </dev/null >&2
}

# build FOLDER [OPTION…]: configures the build folder once, then brings it up to date.
# Quiet when all is well; the whole output when not.
build ()
{
  local folder=$root/$1 log
  shift
  log=$(mktemp)
  if { [ -f "$folder/build.ninja" ] || meson setup "$folder" "$root" "$@"; } >"$log" 2>&1 </dev/null &&
     ninja -C "$folder" >>"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return 0
  fi
  cat "$log" >&2
  rm -f "$log"
  return 1
}

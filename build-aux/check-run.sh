#!/bin/sh
# Fails when ./run without a display does not say so in one line and print what `ann info` prints,
# from any folder and for names with blanks: check-run.sh ROOT BUILD
#
# SPDX-License-Identifier: Apache-2.0

set -eu
root=$1
export ANNBROWSER_BUILD="$2"
unset DISPLAY WAYLAND_DISPLAY
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir "a b"
cp "$root/data/sample/pbmc68k_reduced.h5ad" "a b/c d.h5ad"

fail ()
{
  echo "$1" >&2
  cat out err >&2
  exit 1
}

"$root/run" > out 2> err || fail "./run fails on the sample"
"$2/app/ann/ann" info "$root/data/sample/pbmc68k_reduced.h5ad" > expected
cmp -s out expected || fail "./run does not print what ann info prints"
[ "$(wc -l < err)" = 1 ] || fail "./run does not say in one line that there is no display"

"$root/run" "a b/c d.h5ad" > out 2> err || fail "./run fails on a relative name with blanks"
grep -q 700 out || fail "./run does not show the shape"

if "$root/run" "a b/c d.h5ad" missing.h5ad > out 2> err; then
  fail "./run succeeds although a store is missing"
fi
grep -q 700 out || fail "./run stops at the first store it cannot open"

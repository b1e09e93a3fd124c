#!/bin/sh
# Fails when a file manager would not know an .h5ad file by its name, or not open it with the
# browser: check-mime.sh MIME-XML DESKTOP-FILE PROGRAM SAMPLE
#
# SPDX-License-Identifier: Apache-2.0

set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/share" XDG_CONFIG_HOME="$folder/config" LC_ALL=C.UTF-8

mkdir -p "$folder/share/mime/packages" "$folder/share/applications"
cp "$1" "$folder/share/mime/packages/"
cp "$2" "$folder/share/applications/"
cp "$4" "$folder/sample.h5ad"
echo "not HDF5" > "$folder/text.h5ad"
update-mime-database "$folder/share/mime"
update-desktop-database "$folder/share/applications"

for file in sample.h5ad text.h5ad; do
  type=$(gio info -a standard::content-type "$folder/$file" |
    sed -n 's/.*standard::content-type: //p')
  if [ "$type" != application/x-h5ad ]; then
    echo "$file: the type is \"$type\", not application/x-h5ad" >&2
    exit 1
  fi
done

# GIO passes over desktop files whose program it does not find.
PATH=$(dirname "$3"):$PATH
if ! gio mime application/x-h5ad | grep -qF "$(basename "$2")"; then
  echo "no program opens application/x-h5ad" >&2
  exit 1
fi

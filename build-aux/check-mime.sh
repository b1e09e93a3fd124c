#!/bin/sh
# Fails when a file manager would not know an .h5ad file by its name: check-mime.sh MIME-XML SAMPLE
#
# SPDX-License-Identifier: Apache-2.0

set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir -p "$folder/share/mime/packages"
cp "$1" "$folder/share/mime/packages/"
cp "$2" "$folder/sample.h5ad"
echo "not HDF5" > "$folder/text.h5ad"
update-mime-database "$folder/share/mime"

for file in sample.h5ad text.h5ad; do
  type=$(XDG_DATA_HOME=$folder/share gio info -a standard::content-type "$folder/$file" |
    sed -n 's/.*standard::content-type: //p')
  if [ "$type" != application/x-h5ad ]; then
    echo "$file: the type is \"$type\", not application/x-h5ad" >&2
    exit 1
  fi
done

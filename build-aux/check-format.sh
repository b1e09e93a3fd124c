#!/bin/sh
# Fails when clang-format 14 would change a C file: check-format.sh CLANG-FORMAT ROOT [--fix]
#
# SPDX-License-Identifier: Apache-2.0

set -eu
clang_format=$1
cd "$2"
mode="--dry-run --Werror"
if [ "${3:-}" = --fix ]; then
  mode=-i
fi
find core app ui python tests bench -name '*.[ch]' -type f -print0 | xargs -0 "$clang_format" $mode

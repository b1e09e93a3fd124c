#!/usr/bin/env python3
"""Runs a program of libFuzzer for a while: run-fuzzer.py PROGRAM CORPUS SECONDS LEAKS

With 0 seconds it goes once over the corpus; with LEAKS 0, memory that is lost is no finding.
New inputs are kept nowhere; one that fails is written to the working folder, and its name is printed.

SPDX-License-Identifier: Apache-2.0
"""

import os
import subprocess
import sys
import tempfile


def main():
    program, corpus, seconds, leaks = sys.argv[1:]
    how_long = f"-max_total_time={seconds}" if int(seconds) else "-runs=0"
    environment = {**os.environ, "ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks={leaks}"}
    with tempfile.TemporaryDirectory(prefix="ann-fuzz-") as folder:
        # Huge requests of memory are answered by none, as everywhere; that they are asked for is no fault.
        result = subprocess.run([program, how_long, "-timeout=20", "-rss_limit_mb=3000",
                                 "-malloc_limit_mb=1000000000", "-max_len=16384", folder, corpus], check=False, env=environment)
    return 1 if result.returncode else 0  # 77, its code for a finding, is meson's for a skipped test


if __name__ == "__main__":
    sys.exit(main())

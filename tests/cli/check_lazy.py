#!/usr/bin/env python3
"""Count what the command reads of a store, and of one with ten times the rows; a TAP test.

    check_lazy.py --ann COMMAND_WITH_COUNTED_READS --stores FOLDER

Both stores have chunks of 50 rows: tests/core/parity/make-tables.py makes them. The numbers here follow from that.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FEW = 200, 2000  # rows
ROWS = ["--rows", "102:107"]  # within one chunk
# Verb, path, options; chunks that are read, in the small store and in the large one. A row of X takes one chunk of
# values, one of indices and one of pointers, and the first pointer, which lies in another; to validate it the first and
# the last pointer. Quantiles take a second reading.
COMMANDS = [
    (["info"], 0, 0),
    (["info", "--json"], 0, 0),
    (["info", "--storage"], 0, 0),
    (["validate"], 2, 2),
    (["show", "uns/deep"], 0, 0),
    (["show", "uns/deep/a/c"], 0, 0),
    (["show", "X", *ROWS], 4, 4),
    (["show", "X", "--columns", "3", *ROWS], 4, 4),
    (["show", "layers/dense", *ROWS], 1, 1),
    (["show", "layers/dense", "--columns", "3", *ROWS], 1, 1),
    (["show", "obsm/X_pca", *ROWS], 1, 1),
    (["show", "obs", *ROWS], 2, 2),
    (["show", "obs/score", *ROWS], 1, 1),
    (["show", "obs/group", *ROWS], 1, 1),
    (["stats", "obs/score"], 8, 80),
    (["stats", "obs/group"], 4, 40),
    (["stats", "layers/dense"], 8, 80),
    (["digest"], 29, 281),  # 4 or 40 for each of six arrays, and the pointers' 5 or 41
]
METADATA = 96 * 1024  # bytes that the structures of the large store may take more


def count(ann, store, command, folder):
    counts = pathlib.Path(folder, "counts")
    line = [ann, command[0], store, *command[1:], "--threads", "1"]
    done = subprocess.run(line, env=dict(os.environ, ANN_TEST_COUNTS=str(counts)), capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return None, f"ended with {done.returncode}: {done.stderr}"
    return json.loads(counts.read_text()), None


def check(ann, stores, command, expected, folder):
    counted = []
    for n_rows, n_chunks in zip(FEW, expected):
        counts, problem = count(ann, stores / f"rows-{n_rows}.h5ad", command, folder)
        if problem:
            return problem
        if counts["chunks"] != n_chunks:
            return f"{n_rows} rows: {counts['chunks']} chunks were read, not {n_chunks}"
        counted.append(counts)
    if expected[0] == expected[1] and counted[1]["bytes"] > counted[0]["bytes"] + METADATA:
        return f"{counted[1]['bytes']} bytes were read, and {counted[0]['bytes']} of the small store"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", type=pathlib.Path, required=True)
    parser.add_argument("--stores", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    failed = False
    print(f"1..{len(COMMANDS)}")
    with tempfile.TemporaryDirectory() as folder:
        for number, (command, *expected) in enumerate(COMMANDS, 1):
            problem = check(arguments.ann, arguments.stores, command, expected, folder)
            failed |= problem is not None
            print(f"{'not ok' if problem else 'ok'} {number} - ann {' '.join(command)}: {expected[0]} and {expected[1]} chunks")
            if problem:
                print("# " + problem.replace("\n", "\n# "))
    return failed


if __name__ == "__main__":
    sys.exit(main())

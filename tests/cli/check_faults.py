#!/usr/bin/env python3
"""Let the n-th read of a store fail, for every n, and look at what the command does; a TAP test.

    check_faults.py --ann COMMAND_WITH_COUNTED_READS --stores FOLDER --old-store FILE

Whatever fails, the command ends in time by itself, leaks nothing (where a sanitizer looks), and either
prints what it prints when nothing fails, or says that a file cannot be read: on standard error with exit
status 1, or beside the element that it concerns, with the others still there.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import concurrent.futures
import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TIMEOUT = 60
WORDS = "Input/output error"
COMMANDS = [
    ["info", "{}/encodings.h5ad"], ["info", "{}/encodings.h5ad", "--json"], ["info", "{}/matrices.h5ad", "--storage"],
    ["show", "{}/matrices.h5ad", "X", "--rows", "2:4"], ["show", "{}/matrices.h5ad", "layers/csc-chunked", "--rows", "2:4"],
    ["show", "{}/matrices.h5ad", "layers/chunked", "--columns", "1,3"], ["show", "{}/tables.h5ad", "obs"],
    ["show", "{}/tables.h5ad", "obs/ordered"], ["show", "{}/tables.h5ad", "obs/UInt64"], ["show", "{}/tables.h5ad", "obs/string"],
    ["show", "{}/encodings.h5ad", "uns/deep"], ["show", "{}/encodings.h5ad", "uns/awkward"],
    ["show", "{}/encodings.h5ad", "uns/named-records"], ["show", "{}/encodings.h5ad", "uns/string"],
    ["show", "{}/types.h5ad", "uns/string-2"], ["show", "{}/types.h5ad", "uns/complex64-3"],
    ["stats", "{}/tables.h5ad", "obs/f32"], ["stats", "{}/matrices.h5ad", "layers/csc"], ["stats", "{}/tables.h5ad", "obs"],
    ["validate", "{}/tables.h5ad"], ["validate", "{}/tables.h5ad", "--deep"],
    ["digest", "{}/tables.h5ad"], ["digest", "{}/encodings.h5ad", "--json"],
    ["info", "OLD"], ["show", "OLD", "obs"], ["validate", "OLD"],
]


class Result:
    def __init__(self, command, folder, fail_at):
        counts = pathlib.Path(folder, f"{os.getpid()}-{id(self)}")
        environment = dict(os.environ, ANN_TEST_COUNTS=str(counts), ANN_TEST_FAIL_AT=str(fail_at))
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
        self.status, self.output, self.errors = done.returncode, done.stdout, done.stderr
        self.n_reads = json.loads(counts.read_text())["reads"] if counts.exists() else 0
        counts.unlink(missing_ok=True)

    def look(self, usual):
        """What is wrong with it, or nothing."""
        if self.status not in (0, 1) or "Sanitizer" in self.errors or "CRITICAL" in self.errors:
            return f"ended with {self.status}: {self.errors}"
        if self.status == usual.status and self.output == usual.output:
            return None
        if WORDS not in self.errors + self.output:
            lines = difflib.unified_diff(usual.output.splitlines(), self.output.splitlines(), "usual", "now", lineterm="", n=0)
            return "\n".join([f"status {self.status}, not a word of the failure: {self.errors}", *list(lines)[:8]])
        if self.status == 1 and not self.output and not self.errors.startswith("ann: "):
            return f"not one of our messages: {self.errors}"
        return None


def check(ann, command, stores, old_store, folder):
    parts = [str(old_store) if part == "OLD" else part.replace("{}", str(stores)) for part in command]
    line = [str(ann)] + parts + ["--threads", "1"]
    usual = Result(line, folder, -1)
    if usual.status not in (0, 1) or usual.n_reads == 0:
        return [f"without a failure it ends with {usual.status}: {usual.errors}"], 0
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for n, result in enumerate(pool.map(lambda n: Result(line, folder, n), range(usual.n_reads))):
            problem = result.look(usual)
            if problem:
                wrong.append(f"read {n} of {usual.n_reads}: {problem}")
    return wrong, usual.n_reads


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", type=pathlib.Path, required=True)
    parser.add_argument("--stores", type=pathlib.Path, required=True)
    parser.add_argument("--old-store", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    failed = False
    print(f"1..{len(COMMANDS)}")
    with tempfile.TemporaryDirectory() as folder:
        for number, command in enumerate(COMMANDS, 1):
            wrong, n_reads = check(arguments.ann, command, arguments.stores, arguments.old_store, folder)
            failed |= bool(wrong)
            name = " ".join(command).replace("{}/", "")
            print(f"{'not ok' if wrong else 'ok'} {number} - ann {name}, each of {n_reads} reads fails", flush=True)
            for problem in wrong[:5]:
                print("# " + problem.replace("\n", "\n# "))
    return failed


if __name__ == "__main__":
    sys.exit(main())

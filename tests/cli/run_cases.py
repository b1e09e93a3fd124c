#!/usr/bin/env python3
"""Run the command on cases that are written down; a TAP test, a point a case.

    run_cases.py --ann ANN --stores FOLDER FILE…

A file holds cases, each begun by a line `=== NAME`:

    $ ann show {stores}/x.h5ad X        the command; runs in FOLDER, which {stores} also names; more
                                        of them are run one after the other, and each has its own
                                        status and output. {out} is an empty folder of the case
    exit 1                              its status; 0 if nothing is said
    > a line of standard output         all of it, exactly; none if there is no such line
    >~ a regular expression             in place of that: it is found somewhere in the output
    2> a line of standard error         all of it, exactly, or by 2>~
    # a comment

In lines that are compared {stores} and {out} stand for the folders. Whatever ends with 0 and was asked for
JSON must be JSON, without NaN. No case may leave a file behind or change one.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TIMEOUT = 60


class Step:
    def __init__(self, command):
        self.command, self.exit = command, 0
        self.lines = {">": [], "2>": []}
        self.patterns = {">": [], "2>": []}


class Case:
    def __init__(self, name):
        self.name, self.steps = name, []


def read_cases(file):
    cases = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        mark = re.match(r"(===|\$|exit|2>~|2>|>~|>|#)(?: (.*))?$", line)
        if not line:
            continue
        if not mark:
            raise SystemExit(f"{file}:{number}: not understood: {line}")
        kind, rest = mark[1], mark[2] or ""
        if kind == "===":
            cases.append(Case(f"{file.stem}: {rest}"))
        elif kind == "$":
            cases[-1].steps.append(Step(shlex.split(rest)))
        elif kind == "exit":
            cases[-1].steps[-1].exit = int(rest)
        elif kind.endswith("~"):
            cases[-1].steps[-1].patterns[kind[:-1]].append(rest)
        elif kind != "#":
            cases[-1].steps[-1].lines[kind].append(rest)
    return cases


def check_output(what, text, lines, patterns):
    wrong = [f"{what}: {pattern} is not in: {text}" for pattern in patterns
             if not re.search(pattern, text, re.M)]
    wanted = "".join(line + "\n" for line in lines)
    if not patterns and text != wanted:
        wrong.append(f"{what} is:\n{text}-- but should be:\n{wanted}")
    return wrong


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def check_json(text):
    try:
        json.loads(text, parse_constant=refuse_constant)
    except ValueError as error:
        return [f"no JSON: {error}"]
    return []


def run_step(case, ann, stores, folder):
    fill = {"stores": str(stores), "out": folder}
    command = [word.replace("{stores}", fill["stores"]).replace("{out}", fill["out"]) for word in case.command]
    if command[0] != "ann":
        return [f"no command of ours: {command[0]}"]
    try:
        result = subprocess.run([ann, *command[1:]], cwd=stores, capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return [f"takes more than {TIMEOUT} s"]
    out, err = (stream.decode("utf-8").replace(str(stores), "{stores}").replace(folder, "{out}")
                for stream in (result.stdout, result.stderr))
    wrong = check_output("stdout", out, case.lines[">"], case.patterns[">"])
    wrong += check_output("stderr", err, case.lines["2>"], case.patterns["2>"])
    if result.returncode != case.exit:
        wrong.append(f"ends with {result.returncode}, not {case.exit}")
    if result.returncode == 0 and ("--json" in command or "json" in command):
        wrong += check_json(out)
    return wrong


def run_case(case, ann, stores):
    with tempfile.TemporaryDirectory() as folder:
        return [text for step in case.steps for text in run_step(step, ann, stores, folder)] or (
            [] if case.steps else ["no command"])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--ann", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--stores", required=True, type=lambda path: pathlib.Path(path).resolve())
    options = parser.parse_args()

    cases = [case for file in options.files for case in read_cases(file)]
    print(f"1..{len(cases)}")
    n_failed = 0
    for number, case in enumerate(cases, 1):
        wrong = run_case(case, options.ann, options.stores)
        n_failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {case.name}")
        for text in wrong:
            print("# " + text.replace("\n", "\n# "))
    return 1 if n_failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

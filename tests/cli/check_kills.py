#!/usr/bin/env python3
"""Whatever moment a writing verb is killed or interrupted at, nothing is lost; a TAP test.

    check_kills.py --ann ANN [CASE…]

Each verb is killed (SIGKILL) and interrupted (SIGINT) at moments spread over the time that it takes.
Afterwards its source is what it was, and its target is not there or whole; where it replaces, and where
it edits, it is the old one or the new one, whole. A killed process may leave a hidden part beside the
target (none at all where that is a file that was not there), which the next writer removes; an
interrupted one leaves nothing and is gone at once.

ANN_TEST_KILLS is the number of moments for each verb, ANN_TEST_SEED what they are drawn from.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import writing

N_KILLS = int(os.environ.get("ANN_TEST_KILLS", "5"))
SEED = int(os.environ.get("ANN_TEST_SEED", "1"))

# An interrupt is looked at every 100 ms. Where the machine has other things to do it takes longer now and then, and not
# each time at the same moment.
SECONDS_TO_CANCEL = 0.3
TRIES = 3


class Case:
    """
    name: of what is written
    arguments: of the command, {source}, {other} and {target} for paths
    old: what is replaced or edited, or None
    """

    def __init__(self, name, target, *arguments, old=None):
        self.name, self.target, self.arguments, self.old = name, target, arguments, old


EDIT = ("edit", "{target}", "--set", "obs/batch=7", "--rename", "obs/score=points", "--drop", "obsm/place",
        "--set", "uns/title=a text", "--rename", "layers/counts=raw_counts")
EXPORT = ("export", "{source}", "-o", "{target}", "-q")
CASES = [
    Case("export to h5ad", "a.h5ad", *EXPORT),
    Case("export to h5ad, over another", "a.h5ad", *EXPORT, "--overwrite", old="other.h5ad"),
    Case("export to Zarr", "a.zarr", *EXPORT, "--chunk-rows", "200"),
    Case("export to Zarr, over another", "a.zarr", *EXPORT, "--chunk-rows", "200", "--overwrite", old="other.zarr"),
    Case("export to zip", "a.zarr.zip", *EXPORT),
    Case("concat", "a.h5ad", "concat", "{source}", "{other}", "-o", "{target}", "-q"),
    Case("edit of h5ad", "a.h5ad", *EDIT, old="source.h5ad"),
    Case("edit of Zarr v2", "a.zarr", *EDIT, old="source.zarr"),
    Case("edit of Zarr v3", "a.zarr", *EDIT, old="source-3.zarr"),
]


class Trial:
    def __init__(self, ann, case, stores, folder):
        self.ann, self.case, self.folder = ann, case, folder
        self.target = folder / case.target
        self.old = stores / case.old if case.old else None
        paths = {"source": stores / "source.h5ad", "other": stores / "other.h5ad", "target": self.target}
        self.command = [str(ann)] + [part.format(**paths) for part in case.arguments]
        self.sources = [paths["source"], paths["other"]]
        self.source_trees = [writing.read_tree(path) for path in self.sources]
        self.old_tree = writing.read_tree(self.old) if self.old else None
        self.seconds = min(self.run_undisturbed() for _ in range(2))
        self.new_tree = writing.read_tree(self.target)
        self.new_digest = writing.digest(ann, self.target)
        writing.remove(self.target)

    def prepare(self):
        writing.remove(self.target)
        if self.old:
            writing.copy(self.old, self.target)

    def run_undisturbed(self):
        self.prepare()
        start = time.monotonic()
        writing.run_well(self.command)
        return time.monotonic() - start

    def check_left(self, may_leave):
        """What is wrong with what is there now."""
        wrong = []
        if [writing.read_tree(path) for path in self.sources] != self.source_trees:
            wrong.append("a source has changed")
        tree = writing.read_tree(self.target)
        if tree not in (self.old_tree, self.new_tree) and not self.has_new_digest():
            wrong.append("the target is neither old nor new" if self.old else "half a target")
        others = writing.list_others(self.folder, [self.target.name])
        if len(others) > may_leave or len(writing.list_parts(self.folder)) != len(others):
            wrong.append(f"left: {', '.join(others)}")
        return wrong

    def has_new_digest(self):
        """Other bytes can say the same."""
        done = writing.run([self.ann, "digest", self.target, "--json"])
        return done.returncode == 0 and done.stdout == self.new_digest

    def may_leave(self):
        return 1 if self.old or self.target.suffix == ".zarr" else 0

    def disturb(self, moment, number):
        """How it ended, and how long after the signal."""
        self.prepare()
        with subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(moment)
            start = time.monotonic()
            process.send_signal(number)
            process.communicate(timeout=writing.TIMEOUT)
            return process.returncode, time.monotonic() - start

    def kill(self, moment):
        status, _ = self.disturb(moment, signal.SIGKILL)
        wrong = self.check_left(self.may_leave())
        if status not in (0, -signal.SIGKILL):
            wrong.append(f"ended with {status}")
        if status == 0 and writing.read_tree(self.target) != self.new_tree:
            wrong.append("done, it says, and is not")
        return wrong, status != 0

    def interrupt(self, moment):
        taken = []
        while len(taken) < TRIES and (not taken or taken[-1] > SECONDS_TO_CANCEL):
            status, seconds = self.disturb(moment, signal.SIGINT)
            taken.append(seconds)
            wrong = self.check_left(0)
            if status not in (0, -signal.SIGINT):
                wrong.append(f"ended with {status}")
            if wrong:
                return wrong, status != 0
        if taken[-1] > SECONDS_TO_CANCEL:
            wrong.append(f"gone after {', '.join(f'{seconds:.3f}' for seconds in taken)} s")
        return wrong, status != 0

    def check(self, act, chance):
        """Each moment lies in a part of its own of the whole time, and some behind it."""
        problems, n_stopped = [], 0
        for number in range(10 * N_KILLS):
            if number >= N_KILLS and n_stopped > 0:
                break
            if number % N_KILLS == 0 and number > 0:
                self.seconds = self.run_undisturbed() / 2  # the machine has become quicker
            moment = (number % N_KILLS + chance.random()) / N_KILLS * self.seconds * 1.1
            wrong, is_stopped = act(moment)
            problems += [f"after {moment * 1000:.1f} of {self.seconds * 1000:.1f} ms: {text}" for text in wrong]
            n_stopped += is_stopped
        if n_stopped == 0:
            problems.append("no signal came in time")
        return problems, n_stopped

    def check_next(self):
        """The next writer leaves its target and nothing else."""
        self.prepare()
        writing.run_well(self.command)
        others = writing.list_others(self.folder, [self.target.name])
        wrong = [f"still there: {', '.join(others)}"] if others else []
        return wrong + ([] if writing.read_tree(self.target) == self.new_tree else ["another target than usual"])


def make_stores(ann, folder):
    for number, name in enumerate(("source", "other"), 1):
        plain = folder / f"{name}-plain.zarr"
        writing.make_store(plain, 4096, 500, number)
        writing.run_well([ann, "export", plain, "-o", folder / f"{name}.h5ad", "--chunk-rows", "256"])
        if writing.digest(ann, plain) != writing.digest(ann, folder / f"{name}.h5ad"):
            raise AssertionError("the source is not what was made")
        writing.run_well([ann, "export", plain, "-o", folder / f"{name}.zarr", "--chunk-rows", "100"])
    writing.run_well([ann, "export", folder / "source.h5ad", "-o", folder / "source-3.zarr", "--zarr-format", "3",
                      "--chunk-rows", "100"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ann", required=True, type=os.path.abspath)
    parser.add_argument("cases", nargs="*", help="names of cases (all)")
    options = parser.parse_args()

    cases = [case for case in CASES if not options.cases or case.name in options.cases]
    tap = writing.Tap(2 * len(cases))
    chance = random.Random(SEED)
    with writing.scratch() as name:
        stores = pathlib.Path(name) / "stores"
        stores.mkdir()
        make_stores(options.ann, stores)
        for case in cases:
            folder = pathlib.Path(name) / "folder"
            folder.mkdir()
            trial = Trial(options.ann, case, stores, folder)
            problems, n_stopped = trial.check(trial.kill, chance)
            tap.point(f"{case.name} is killed, {n_stopped} of {N_KILLS} times before its end",
                      problems + trial.check_next())
            problems, n_stopped = trial.check(trial.interrupt, chance)
            tap.point(f"{case.name} is interrupted, {n_stopped} of {N_KILLS} times before its end", problems)
            writing.remove(folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

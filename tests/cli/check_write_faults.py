#!/usr/bin/env python3
"""Each write, and each read, of the writing verbs fails once; a TAP test.

    check_write_faults.py --ann COMMAND_WITH_FAILING_FILES

The command fails with one line that says what and where, its sources are what they were, and so is what
was at its target; nothing else is left. Also: sources that change meanwhile, targets that appear
meanwhile, folders that cannot be written to, disks that are full.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import writing

NO_ROOM = "no room left on its disk"
NO_ROOM_FOR_SORTING = "temporary file: No space left on device"
UNSURE = "is complete, but its disk does not tell whether it keeps it"
CANNOT_READ = "cannot be read"
EDIT = ("edit", "{target}", "--set", "obs/batch=7", "--rename", "obs/score=points", "--drop", "obsm/place")
EXPORT = ("export", "{source}", "-o", "{target}", "-q")


class Case:
    """arguments: of the command, {source}, {other}, {target} for paths; old: what is at the target, or None"""

    def __init__(self, target, *arguments, old=None):
        self.target, self.arguments, self.old = target, arguments, old

    def name(self):
        return f"ann {' '.join(self.arguments)}".format(source="A", other="B", zarr="A", target=self.target)


WRITES = [
    Case("a.h5ad", *EXPORT),
    Case("a.h5ad", *EXPORT, "--overwrite", old="other.h5ad"),
    Case("a.h5ad", *EXPORT, "--csc"),
    Case("a.zarr", *EXPORT),
    Case("a.zarr", *EXPORT, "--overwrite", old="other.zarr"),
    Case("a.zarr.zip", *EXPORT),
    Case("a.csv", *EXPORT),
    Case("a.csv.gz", *EXPORT, "--overwrite", old="a.csv.gz"),
    Case("a.mtx", *EXPORT),
    Case("a.txt", *EXPORT, "--format", "ids"),
    Case("a.h5ad", "concat", "{source}", "{other}", "-o", "{target}", "--join", "outer", "-q"),
    Case("set.h5ads", "concat", "{source}", "{other}", "-o", "{target}", "-q"),
    Case("parts", "split", "{source}", "--by", "group", "-o", "{target}", "-q"),
    Case("parts", "split", "{source}", "--by", "group", "-o", "{target}", "-q", "--format", "zarr"),
    Case("a.h5ad", *EDIT, old="source.h5ad"),
    Case("a.zarr", *EDIT, old="source.zarr"),
]
READS = [
    Case("a.h5ad", *EXPORT, "--obs", "::2", "--csc"),
    Case("a.zarr", "export", "{zarr}", "-o", "{target}", "-q", "--overwrite", old="other.zarr"),
    Case("a.h5ad", "concat", "{source}", "{other}", "-o", "{target}", "-q"),
]


class Place:
    """A folder for a case, with what is at its target."""

    def __init__(self, options, case, stores, folder):
        self.ann, self.case, self.stores, self.folder = options.ann, case, stores, folder
        self.target = folder / case.target
        self.old = stores / case.old if case.old else None
        self.old_tree = writing.read_tree(self.old) if self.old else None
        paths = {"source": stores / "source.h5ad", "other": stores / "other.h5ad", "zarr": stores / "source.zarr",
                 "target": self.target}
        self.command = [options.ann] + [part.format(**paths) for part in case.arguments] + ["--threads", "1"]
        folder.mkdir()
        self.prepare()

    def prepare(self):
        writing.remove(self.target)
        if self.old:
            writing.copy(self.old, self.target)

    def run(self, **variables):
        return writing.run(self.command, **variables)

    def look(self, done, words, new_tree):
        """What is wrong after a failure."""
        wrong = []
        tree = writing.read_tree(self.target)
        others = writing.list_others(self.folder, [self.target.name])
        if done.returncode == 0:
            return [] if tree == new_tree and not others else ["it says that all went well, which is not so"]
        if done.returncode != 1:
            wrong.append(f"ended with {done.returncode}")
        if done.stderr.count("\n") != 1 or not done.stderr.startswith("ann: ") or done.stdout:
            wrong.append(f"not one line: {done.stderr}{done.stdout}")
        if UNSURE in done.stderr:
            may_be = (new_tree, self.old_tree) if self.case.arguments[0] == "split" else (new_tree,)
            return wrong + ([] if tree in may_be else ["not complete, and said to be"])
        places = [self.folder] if words == NO_ROOM else [self.stores]
        if self.case.arguments[0] == "concat":
            places.append(self.folder)  # which of its sources it was is not always said
        if words not in done.stderr.replace(NO_ROOM_FOR_SORTING, NO_ROOM) \
                or not any(str(place) in done.stderr for place in places):
            wrong.append(f"says not what and where: {done.stderr}")
        if tree != self.old_tree:
            wrong.append("half a target" if self.old_tree is None else "the target has changed")
        if others:
            wrong.append(f"left: {', '.join(others)}")
        return wrong


def check_each(options, case, stores, folder, variable, words):
    """Each of the calls fails once."""
    counts = folder.with_name("counts")
    usual = Place(options, case, stores, folder / "usual")
    variables = {"ANN_TEST_COUNTED_WRITES": counts} if words == NO_ROOM else {"ANN_TEST_COUNTS": counts}
    done = usual.run(**variables)
    if done.returncode or writing.list_others(usual.folder, [usual.target.name]):
        return [f"without a failure: {done.returncode}: {done.stderr}"], 0
    found = json.loads(counts.read_text())
    n_calls = found if words == NO_ROOM else found["reads"]
    new_tree = writing.read_tree(usual.target)
    n_quiet = 0

    def try_call(number):
        place = Place(options, case, stores, folder / str(number))
        done = place.run(**{variable: number})
        wrong = place.look(done, words, new_tree)
        shutil.rmtree(place.folder)
        return [f"call {number} of {n_calls}: {text}" for text in wrong], done.returncode == 0

    problems = []
    sources = writing.read_tree(stores)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for wrong, is_quiet in pool.map(try_call, range(0, n_calls, options.step)):
            problems += wrong
            n_quiet += is_quiet
    if writing.read_tree(stores) != sources:
        problems.append("a source has changed")
    if n_calls < 4 or n_quiet > n_calls // 4:
        problems.append(f"{n_calls} calls, of which {n_quiet} do not matter: that cannot be")
    return problems, n_calls


# --- What others do meanwhile ---

def run_with_stop(place, variable, number, act):
    """The command stops at a call; act; it goes on."""
    environment = dict(os.environ, **{variable: str(number)})
    with subprocess.Popen([str(part) for part in place.command], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            process.returncode = os.waitstatus_to_exitcode(status)
            raise AssertionError(f"ended before it came to call {number}")
        act()
        process.send_signal(signal.SIGCONT)
        output, errors = process.communicate(timeout=writing.TIMEOUT)
        return subprocess.CompletedProcess(place.command, process.returncode, output, errors)


def count_reads(options, case, stores, folder):
    place = Place(options, case, stores, folder / "counted")
    counts = folder / "counts"
    place.run(ANN_TEST_COUNTS=counts)
    return json.loads(counts.read_text())["reads"]


def check_source_changes(options, stores, folder):
    """A source is rewritten, or only touched, when half of it is read, and after all of it is."""
    problems = []
    for number, (case, name) in enumerate(((Case("a.h5ad", *EXPORT), "source.h5ad"),
                                           (Case("a.zarr", *EXPORT, "--overwrite", old="other.zarr"), "source.h5ad"),
                                           (Case("a.h5ad", "concat", "{source}", "{other}", "-o", "{target}", "-q"),
                                            "other.h5ad"))):
        home = folder / str(number)
        home.mkdir()
        n_reads = count_reads(options, case, stores, home)
        stops = [("ANN_TEST_STOP_AT", n_reads // 2), ("ANN_TEST_STOP_AT", n_reads - 1),
                 ("ANN_TEST_STOP_WRITE_AT", 3)]
        for how in ("touch", "rewrite", "replace"):
            for variable, stop in stops:
                own = home / f"{how}-{variable}-{stop}"
                shutil.copytree(stores, own / "stores")
                place = Place(options, case, own / "stores", own / "folder")
                done = run_with_stop(place, variable, stop, lambda: change(own / "stores" / name, how))
                words = ("changed", "cut off")
                if done.returncode != 1 or not any(word in done.stderr for word in words):
                    problems.append(f"{case.name()}, {how} at {variable}={stop}: {done.returncode} {done.stderr}")
                if writing.read_tree(place.target) != place.old_tree or \
                        writing.list_others(place.folder, [place.target.name]):
                    problems.append(f"{case.name()}, {how} at {variable}={stop}: something is there")
    return problems


def change(path, how):
    if how == "touch":
        os.utime(path, ns=(1, 10 ** 18))
    elif how == "rewrite":
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
        os.utime(path, ns=(1, 10 ** 18))
    else:
        new = path.with_name("new")
        new.write_bytes(path.read_bytes())
        new.replace(path)


def check_target_appears(options, stores, folder):
    """Somebody else puts something there before it is done: that stays."""
    problems = []
    for number, case in enumerate((Case("a.h5ad", *EXPORT), Case("a.zarr", *EXPORT), Case("a.zarr.zip", *EXPORT),
                                   Case("a.mtx", *EXPORT), Case("a.csv", *EXPORT))):
        home = folder / str(number)
        home.mkdir()
        place = Place(options, case, stores, home / "folder")
        n_reads = count_reads(options, case, stores, home)
        done = run_with_stop(place, "ANN_TEST_STOP_AT", n_reads - 1, lambda: place.target.write_text("of another"))
        if done.returncode != 1 or "is there already" not in done.stderr:
            problems.append(f"{case.name()}: {done.returncode} {done.stderr}")
        if place.target.read_text() != "of another" or writing.list_others(place.folder, [place.target.name]):
            problems.append(f"{case.name()}: what came is gone, or more is there")
    return problems


def check_other_folder(options, stores, folder):
    """A folder with other things in it is not replaced."""
    problems = []
    for case in (Case("a.zarr", *EXPORT, "--overwrite"), Case("a.mtx", *EXPORT, "--overwrite"),
                 Case("a.h5ad", *EXPORT, "--overwrite")):
        place = Place(options, case, stores, folder / case.target)
        place.target.mkdir()
        (place.target / "thesis.tex").write_text("mine")
        before = writing.read_tree(place.target)
        done = place.run()
        if done.returncode != 1 or "is not replaced" not in done.stderr or place.target.name not in done.stderr:
            problems.append(f"{case.name()}: {done.returncode} {done.stderr}")
        if writing.read_tree(place.target) != before or writing.list_others(place.folder, [place.target.name]):
            problems.append(f"{case.name()}: not as before")
    return problems


def check_read_only(options, stores, folder):
    """The folder cannot be written to."""
    problems = []
    for number, case in enumerate(WRITES):
        place = Place(options, case, stores, folder / str(number))
        for path in [place.folder, *(path for path in place.folder.rglob("*") if path.is_dir())]:
            path.chmod(0o555)
        before = writing.read_tree(place.folder)
        command = place.command
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *command]
        done = writing.run(command)
        if done.returncode != 1 or "permission" not in done.stderr.lower() or str(place.folder) not in done.stderr \
                or done.stderr.count("\n") != 1:
            problems.append(f"{case.name()}: {done.returncode} {done.stderr}")
        if writing.read_tree(place.folder) != before:
            problems.append(f"{case.name()}: something was written")
        for path in [place.folder, *(path for path in place.folder.rglob("*") if path.is_dir())]:
            path.chmod(0o755)
    return problems


def check_small_disk(options, stores, folder):
    """There is not the room that is needed, which is said before; or it is gone when half is written."""
    problems = []
    for size, words in (("64k", "there is room for"), ("8m", NO_ROOM)):
        disk = folder / size
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], check=True)
        try:
            problems += check_full(options, stores, disk, words)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    return problems


def fill(disk):
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def check_full(options, stores, disk, words):
    problems = []
    for number, case in enumerate(WRITES[:6] + WRITES[10:11]):
        if case.old:
            continue
        place = Place(options, case, stores, disk / str(number))
        done = place.run() if words != NO_ROOM else \
            run_with_stop(place, "ANN_TEST_STOP_WRITE_AT", 1, lambda: fill(disk))
        if done.returncode != 1 or words not in done.stderr or str(disk) not in done.stderr \
                or done.stderr.count("\n") != 1:
            problems.append(f"{case.name()}: {done.returncode} {done.stderr}")
        if list(place.folder.iterdir()):
            problems.append(f"{case.name()}: something is left")
        writing.remove(disk / "filler")
    return problems


def can_mount(folder):
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True,
                          check=False)
    if done.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()
    return done.returncode == 0


def make_stores(ann, folder):
    for number, name in enumerate(("source", "other"), 1):
        plain = folder.parent / f"{name}-plain.zarr"
        writing.make_store(plain, 300, 40, number, 2)
        writing.run_well([ann, "export", plain, "-o", folder / f"{name}.h5ad"])
        writing.run_well([ann, "export", plain, "-o", folder / f"{name}.zarr"])
    writing.run_well([ann, "export", folder / "other.h5ad", "-o", folder / "a.csv.gz"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ann", required=True, type=os.path.abspath)
    parser.add_argument("--step", type=int, default=1, help="every so manieth call fails (1)")
    options = parser.parse_args()
    checks = (check_source_changes, check_target_appears, check_other_folder, check_read_only)

    tap = writing.Tap(len(WRITES) + len(READS) + len(checks) + 1)
    with writing.scratch() as name:
        root = pathlib.Path(name)
        root.chmod(0o755)
        stores = root / "stores"
        stores.mkdir()
        make_stores(options.ann, stores)
        for what, cases, variable, words in (("write", WRITES, "ANN_TEST_FAIL_WRITE_AT", NO_ROOM),
                                             ("read", READS, "ANN_TEST_FAIL_AT", CANNOT_READ)):
            for case in cases:
                folder = root / "case"
                folder.mkdir()
                problems, n_calls = check_each(options, case, stores, folder, variable, words)
                tap.point(f"{case.name()}: each of {n_calls} {what}s fails", problems)
                shutil.rmtree(folder)
        for check in checks:
            folder = root / check.__name__
            folder.mkdir()
            tap.point(check.__doc__.split(".\n")[0].rstrip("."), check(options, stores, folder))
        if can_mount(root / "disk"):
            tap.point("a disk that is too small, or full meanwhile", check_small_disk(options, stores, root))
        else:
            tap.skip("a disk that is too small, or full meanwhile", "nothing can be mounted here")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

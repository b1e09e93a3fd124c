#!/usr/bin/env python3
"""Where the command writes to that is no disk: objects of a bucket, and standard output; a TAP test.

    check_targets.py --ann ANN FILE.h5ad

What an export puts into a bucket is, byte by byte, what it writes to a disk; whichever request fails, and whenever it
is cancelled, nothing is left there: no object, and no upload in parts.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import gzip
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

from servers import Server

TIMEOUT = 120
KEY = {"AWS_ACCESS_KEY_ID": "AKIDTESTKEY", "AWS_SECRET_ACCESS_KEY": "secret/Test+Key="}

# Targets, and what is asked for.
FILES = {
    "x.h5ad": [], "x.zarr.zip": [], "x.csv": [], "x.csv.gz": [], "x.tsv": ["--elements", "X"], "x.txt": [],
    "x.txt.gz": ["--elements", "var"],
}


class Tests:
    def __init__(self, ann, source, folder, root, server):
        self.ann, self.source, self.folder, self.root, self.server = ann, source, folder, root, server
        self.number = self.n_failed = 0

    def report(self, name, problem):
        self.number += 1
        self.n_failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {self.number} - {name}")
        for line in (problem or "").splitlines():
            print(f"# {line}")

    def environment(self, variables=KEY):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**kept, "HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache"), "no_proxy": "127.0.0.1",
                "AWS_ENDPOINT_URL": self.server.url, **variables}

    def export(self, target, *more, variables=KEY, verb="export", source=None, binary=False, quiet=True):
        return subprocess.run([self.ann, verb, source or self.source, *["-q"] * quiet, "-o", target, *map(str, more)],
                              env=self.environment(variables), capture_output=True, text=not binary, timeout=TIMEOUT)

    def left(self):
        """Objects in the bucket, and uploads that nobody finished."""
        bucket = self.root / "bucket"
        return sorted(str(path.relative_to(bucket)) for path in bucket.rglob("*") if path.is_file()), \
            self.server.tell("log").get("uploads")

    def empty(self):
        for path in sorted((self.root / "bucket").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.server.tell("reset")

    def scratch(self):
        """What is left where files are made before they are sent."""
        return [str(path) for path in (self.folder / "cache").rglob("*") if path.is_file()]


def check_files(tests):
    for name, options in FILES.items():
        local = tests.folder / name
        first = tests.export(local, *options)
        second = tests.export(f"s3://bucket/a b/{name}", *options)
        problem = first.stderr + second.stderr if first.returncode or second.returncode else ""
        if not problem and (tests.root / "bucket/a b" / name).read_bytes() != local.read_bytes():
            problem = "the object is not what is on the disk"
        tests.report(f"{name} in a bucket is what is on a disk", problem or "\n".join(tests.scratch()))

        again = tests.export(f"s3://bucket/a b/{name}", *options)
        problem = "" if again.returncode == 1 and "already" in again.stderr else again.stderr
        tests.report(f"{name} is not replaced", problem)
        again = tests.export(f"s3://bucket/a b/{name}", *options, "--overwrite")
        tests.report(f"{name} is replaced if that is asked for", again.stderr)
        local.unlink()
    tests.empty()


def check_market(tests):
    local = tests.folder / "x.mtx"
    first, second = tests.export(local), tests.export("s3://bucket/x.mtx")
    problem = first.stderr + second.stderr
    for path in local.iterdir():
        if (tests.root / "bucket/x.mtx" / path.name).read_bytes() != path.read_bytes():
            problem += f"{path.name} is not what is on the disk\n"
        path.unlink()
    if len(tests.left()[0]) != 3:
        problem += str(tests.left())
    local.rmdir()
    tests.report("a folder of 10x in a bucket is what is on a disk", problem)
    again = tests.export("s3://bucket/x.mtx")
    tests.report("a folder of 10x is not replaced", "" if "already" in again.stderr else again.stderr)
    tests.empty()


def check_set(tests):
    part = "s3://bucket/part.h5ad"
    tests.export(part)
    done = tests.export("s3://bucket/all.h5ads", verb="concat", source=part)
    problem = done.stderr
    if not (tests.root / "bucket/all.h5ads").exists() or (tests.root / "bucket/all.h5ads").read_bytes()[:4] != b"\x89HDF":
        problem += "it is not there"
    tests.report("a set in a bucket", problem)
    tests.empty()


def check_keys(tests):
    wrong = {**KEY, "AWS_SECRET_ACCESS_KEY": "Wrong+Secret"}
    for name in ("x.h5ad", "x.csv", "x.zarr"):
        done = tests.export(f"s3://bucket/{name}", variables=wrong)
        problem = "" if done.returncode == 1 and "secret access key is wrong" in done.stderr else done.stderr
        tests.report(f"{name} with a wrong key", problem or ("" if tests.left() == ([], 0) else str(tests.left())))


def check_failures(tests):
    """The n-th request that writes fails, for every n of a file that goes in parts of 16 MiB."""
    big = tests.folder / "big.h5ad"
    make_big(tests, big)
    tests.server.tell("reset")
    done = tests.export("s3://bucket/big.h5ad", "--compression", "none", source=big)
    log, left = tests.server.tell("log"), tests.left()
    problem = done.stderr or ("" if left == (["big.h5ad"], 0) and log["parts"] > 2 else f"{left} {log['parts']}")
    tests.report("an upload in parts", problem)
    tests.empty()
    for number in range(log["writes"]):
        tests.server.tell("reset")
        tests.server.tell("fail", at=number, times=1, status=400, code="InvalidRequest")
        done = tests.export("s3://bucket/big.h5ad", "--compression", "none", source=big)
        objects, uploads = tests.left()
        problem = "" if done.returncode == 1 and "s3://bucket/big.h5ad" in done.stderr else f"{done.returncode} {done.stderr}"
        if objects or uploads:
            problem += f"left: {objects} {uploads}"
        tests.report(f"request {number} of an upload in parts fails", problem or "\n".join(tests.scratch()))
    tests.empty()

    for name in ("x.csv", "x.zarr", "x.mtx"):
        tests.server.tell("reset")
        tests.server.tell("fail", at=0, times=1, status=400, code="InvalidRequest")
        done = tests.export(f"s3://bucket/{name}")
        problem = "" if done.returncode == 1 and tests.left() == ([], 0) else f"{done.stderr} {tests.left()}"
        tests.report(f"{name}: the first request fails", problem)
    tests.server.tell("reset")
    tests.server.tell("fail", at=3, times=1, status=400, code="InvalidRequest")
    done = tests.export("s3://bucket/x.zarr")
    problem = "" if done.returncode == 1 and tests.left() == ([], 0) else f"{done.stderr} {tests.left()}"
    tests.report("x.zarr: a request in the middle fails", problem)
    tests.empty()
    return big


def make_big(tests, path):
    """Text without end would be long to make: a dense matrix of 33 MB, from a table of numbers."""
    rows, columns = 1030, 8000
    with open(tests.folder / "big.mtx.txt", "w") as file:
        file.write("%%MatrixMarket matrix coordinate integer general\n" + f"{columns} {rows} 1\n1 1 1\n")
    folder = tests.folder / "big10x"
    folder.mkdir()
    (tests.folder / "big.mtx.txt").rename(folder / "matrix.mtx")
    (folder / "barcodes.tsv").write_text("".join(f"c{i}\n" for i in range(rows)))
    (folder / "features.tsv").write_text("".join(f"g{i}\tg{i}\tGene Expression\n" for i in range(columns)))
    subprocess.run([tests.ann, "export", folder, "-o", path, "--dense"], check=True, timeout=TIMEOUT, capture_output=True)


def check_cancelled(tests, big):
    for name in ("x.h5ad", "x.zarr"):
        tests.server.tell("reset")
        tests.server.tell("slow", ms=20)
        with subprocess.Popen([tests.ann, "export", big, "-o", f"s3://bucket/{name}", "--compression", "none"],
                              env=tests.environment(), stderr=subprocess.PIPE, text=True) as process:
            until = time.monotonic() + TIMEOUT
            while tests.server.tell("log")["writes"] < 2 and time.monotonic() < until:
                time.sleep(0.02)
            # As long as the server is slow the export is not through, however long this waits for a processor.
            process.send_signal(signal.SIGINT)
            tests.server.tell("slow", ms=0)
            errors = process.communicate(timeout=TIMEOUT)[1]
        objects, uploads = tests.left()
        problem = "" if process.returncode == -signal.SIGINT else f"status {process.returncode}, {errors}"
        if objects or uploads:
            problem += f"left: {objects} {uploads}"
        tests.report(f"{name}: cancelled in the middle, nothing is left", problem or "\n".join(tests.scratch()))
        tests.empty()


def check_leftovers(tests):
    """What a killed export leaves: parts of a store, and no root."""
    target = "s3://bucket/x.zarr"
    done = tests.export(target)
    whole = tests.left()[0]
    for path in (tests.root / "bucket/x.zarr").iterdir():
        if path.is_file():
            path.unlink()
    done = tests.export(target)
    n = len(tests.left()[0])
    problem = "" if done.returncode == 1 and f"leftovers of an unfinished export" in done.stderr and f" {n} objects" in done.stderr else done.stderr
    tests.report("leftovers are told of", problem)
    done = tests.export(target, "--overwrite", "--obs", ":3")
    problem = done.stderr
    expected = tests.folder / "few.zarr"
    tests.export(expected, "--obs", ":3")
    found = [name.removeprefix("x.zarr/") for name in tests.left()[0]]
    if found != sorted(str(path.relative_to(expected)) for path in expected.rglob("*") if path.is_file()):
        problem += f"other objects than on a disk: {found}"
    tests.report("leftovers are removed if that is asked for", problem)
    (tests.root / "bucket/x.zarr/mine.txt").write_text("mine")
    for path in (tests.root / "bucket/x.zarr").glob(".z*"):
        path.unlink()
    done = tests.export(target, "--overwrite")
    problem = "" if done.returncode == 1 and "remove them first" in done.stderr else done.stderr
    tests.report("what is not of a store is nobody's leftovers", problem)
    tests.empty()


def check_split(tests):
    """A part that fails takes those with it that were complete, and nothing else."""
    for format in ("zarr", "h5ad", "zarr.zip"):
        split = lambda *more, bucket="bucket", quiet=True: tests.export(
            f"s3://{bucket}/parts", "--by", "phase", "--format", format, *more, verb="split", quiet=quiet)
        done, log = split(), tests.server.tell("log")
        n_objects = len(tests.left()[0])
        for part in ("G1", "G2M"):
            path = tests.root / f"bucket/parts/{part}.{format}"
            path.rename(tests.folder / path.name)
        tests.server.tell("reset")
        refused = [split("--dry-run"), split()]
        said = all(run.returncode == 1 and re.search("is there already|There are objects", run.stderr) for run in refused)
        n_writes = tests.server.tell("log")["writes"]
        tests.report(f"{format}: a place of the last part that is taken is known before any is written",
                     "" if said and n_writes == 0 else f"{n_writes} writes, {[run.stderr for run in refused]}")
        problem = done.stderr or ("" if n_objects == log["writes"] > 2 else f"{n_objects} objects, {log['writes']} writes")
        tests.empty()
        (tests.root / "bucket/parts").mkdir()
        (tests.root / "bucket/parts/mine.txt").write_text("mine")
        tests.server.tell("fail", at=log["writes"] - 1, times=1, status=400, code="InvalidRequest")
        done = split()
        problem += "" if done.returncode == 1 and "(400)" in done.stderr else f"{done.returncode} {done.stderr}"
        if tests.left() != (["parts/mine.txt"], 0):
            problem += f"left: {tests.left()}"
        tests.report(f"{format}: the last part of a split fails, and none is left", problem)
        tests.empty()

        tests.server.tell("fail", at=log["writes"] - 1, times=1, status=400, code="InvalidRequest")
        done = split(bucket="noremove", quiet=False)
        left = [path for path in (tests.root / "noremove").rglob("*") if path.is_file()]
        said = f"parts/G1.{format}" in done.stderr and "could not be removed" in done.stderr
        tests.report(f"{format}: what could not be removed is said", "" if left and said else done.stderr)
        for path in left:
            path.unlink()
        tests.server.tell("reset")


def check_output(tests):
    for format, options in (("csv", ["--elements", "X"]), ("tsv", []), ("ids", ["--elements", "var"])):
        local = tests.folder / "x.text"
        tests.export(local, "--format", format, *options)
        done = tests.export("-", "--format", format, *options, binary=True)
        problem = done.stderr.decode()
        if done.stdout != local.read_bytes():
            problem += "it is not what is on the disk"
        tests.report(f"{format} to standard output", problem)
        if format != "ids":
            packed = tests.export("-", "--format", format + ".gz", *options, binary=True)
            tests.report(f"{format}, packed, to standard output",
                         "" if gzip.decompress(packed.stdout) == local.read_bytes() else packed.stderr.decode())
        local.unlink()
    for format, words in (("h5ad", "cannot be written to standard output"), ("zarr", "cannot be written to standard output"),
                          ("mtx", "cannot be written to standard output"), (None, "has no name that says")):
        done = tests.export("-", *(["--format", format] if format else []))
        problem = "" if done.returncode == 1 and words in done.stderr and not done.stdout else done.stderr
        tests.report(f"{format} is refused there", problem)

    # Whoever reads has enough: the command ends without a word, or with one where it may not be killed.
    for ignored, expected in ((False, -signal.SIGPIPE), (True, 1)):
        with subprocess.Popen([tests.ann, "export", tests.folder / "big.h5ad", "-o", "-", "--format", "csv", "--elements", "X"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, restore_signals=not ignored,
                              env=tests.environment()) as process:
            process.stdout.read(100)
            process.stdout.close()
            errors = process.stderr.read()
            status = process.wait(TIMEOUT)
        problem = "" if status == expected and errors.count("\n") == int(ignored) else f"status {status}, {errors}"
        tests.report(f"a pipe that is closed{', without a signal' if ignored else ''}", problem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("h5ad", type=pathlib.Path)
    parser.add_argument("--ann", required=True)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as parent:
        folder, root = pathlib.Path(parent, "folder"), pathlib.Path(parent, "root")
        folder.mkdir()
        for bucket in ("bucket", "noremove"):
            (root / bucket).mkdir(parents=True)
        os.environ.pop("TMPDIR", None)
        with Server("s3_server.py", root) as server:
            tests = Tests(options.ann, options.h5ad, folder, root, server)
            check_files(tests)
            check_market(tests)
            check_set(tests)
            check_keys(tests)
            big = check_failures(tests)
            check_cancelled(tests, big)
            check_leftovers(tests)
            check_split(tests)
            check_output(tests)
        print(f"1..{tests.number}")
    return 1 if tests.n_failed else 0


if __name__ == "__main__":
    sys.exit(main())

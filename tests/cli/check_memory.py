#!/usr/bin/env python3
"""What writing takes of memory does not grow with what is written; a TAP test.

    check_memory.py --ann COMMAND

Makes stores whose values are links to a few files, so that they take no room, and writes each kind of thing from
one, and from another with three times its rows. Of the small one all buffers are full, so that what the rows of the
large one add is what is kept for each row.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import array
import multiprocessing
import os
import pathlib
import shutil
import struct
import subprocess
import sys

from writing import put_array, put_group, put_texts, put_vector, remove, scratch

N_VAR = 1000
MANY, FEW = 32, 8  # entries of a row
ROWS_OF_CHUNK = 2048
LABELS_OF_CHUNK = 65536
N_PARTS = 8
LABEL = "sample-of-the-study-that-has-long-names:AAACCTGAGAAACCAT-"
N_OBS = 1 << 20  # of the small store: the cache of decoded chunks is full, of 64 MiB, and so is what is read ahead

PLACE = 8  # bytes that a row may take that is written: its place in the source
JOINED = 9  # of a concatenation: this, and the code of its part
GATHERED = 24  # of a split: this, its place among the parts, and that by which the rows are sorted
LIMIT = 256 << 20  # of the small store, the places of its rows left aside

# Memory that is freed goes back to the system at once. What remains is how many blocks are on their way at the same
# moment: of the same line the most memory differed by 12 MiB, up and down. So a line fails where each run of the large
# store took too much beside each one of the small store: one run in ten is far off, and none of the others like it.
ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "524288", "MALLOC_TRIM_THRESHOLD_": "524288",
             "MALLOC_TOP_PAD_": "0"}
TIMES = 3  # as many rows has the large store
NOISE = 8 << 20  # with twice N_OBS rows more, 4 bytes a row
TRIES = 4


# --- Stores ---


def put_labels(path, n_obs):
    """A chunk is the first one with another number in its labels."""
    texts = [f"{LABEL}###-{i:05}".encode() for i in range(LABELS_OF_CHUNK)]
    size = struct.pack("<I", len(texts[0]))
    first = struct.pack("<I", len(texts)) + b"".join(size + text for text in texts)
    parts = [first.replace(b"###", b"%03d" % number) for number in range(n_obs // LABELS_OF_CHUNK)]
    put_array(path, "|O", [n_obs], [LABELS_OF_CHUNK], parts, "string-array", [{"id": "vlen-utf8"}])


def put_tables(path, n_obs):
    put_group(path, "anndata", "0.1.0")
    put_group(path / "obs", "dataframe", "0.2.0", **{"_index": "_index", "column-order": ["by"]})
    put_labels(path / "obs" / "_index", n_obs)
    put_group(path / "obs" / "by", "categorical", "0.2.0", ordered=False)
    codes = bytes(i * i // 7 % N_PARTS for i in range(LABELS_OF_CHUNK))
    put_array(path / "obs" / "by" / "codes", "|i1", [n_obs], [len(codes)], [codes] * (n_obs // len(codes)))
    put_texts(path / "obs" / "by" / "categories", [f"part{i}" for i in range(N_PARTS)])
    put_group(path / "var", "dataframe", "0.2.0", **{"_index": "_index", "column-order": []})
    put_texts(path / "var" / "_index", [f"g{i}" for i in range(N_VAR)])


def put_sparse(path, encoding, n_obs, indices, n_lines, in_line):
    """indices: chunks of them, which come again and again"""
    n = n_lines * in_line
    length = len(indices[0]) // 4
    values = array.array("f", [k % 7 + 1 for k in range(length)]).tobytes()
    put_group(path / "X", encoding, "0.1.0", shape=[n_obs, N_VAR])
    put_array(path / "X" / "indices", "<i4", [n], [length], [indices[i % len(indices)] for i in range(n // length)])
    put_array(path / "X" / "data", "<f4", [n], [length], [values] * (n // length))
    put_vector(path / "X" / "indptr", "q", range(0, n + 1, in_line))


def make_rows(path, n_obs, in_row):
    """The entries of a row are so many columns apart, and begin with a column of its own."""
    step = N_VAR // in_row
    indices = array.array("i", [k % in_row * step + k // in_row % step for k in range(ROWS_OF_CHUNK * in_row)])
    put_tables(path, n_obs)
    put_sparse(path, "csr_matrix", n_obs, [indices.tobytes()], n_obs, in_row)


def make_columns(path, n_obs):
    """Each column has every 128th row."""
    step = 128
    starts = range(0, n_obs, step * ROWS_OF_CHUNK)
    indices = [array.array("i", range(start, start + step * ROWS_OF_CHUNK, step)).tobytes() for start in starts]
    put_tables(path, n_obs)
    put_sparse(path, "csc_matrix", n_obs, indices, N_VAR, n_obs // step)


KINDS = {"rows": lambda *of: make_rows(*of, MANY), "few": lambda *of: make_rows(*of, FEW), "columns": make_columns,
         "halves": lambda path, n_obs: make_rows(path, n_obs // 2, FEW)}


# --- Runs ---


def measure(line):
    """The most memory that it had, in bytes, and what is wrong."""
    child = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | ALLOCATOR)
    said = child.stderr.read()
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss << 10, f"ended with {child.returncode}: {said}" if child.returncode else None


def compare(lines, n_rows, row_size, folder):
    """Runs that of the small store, and that of the large one. n_rows: that are written of the small one"""
    n_more = (TIMES - 1) * n_rows
    peaks = [[], []]
    for _ in range(TRIES):
        for taken, line in zip(peaks, lines):
            peak, problem = measure(line)
            for made in folder.glob("out*"):
                remove(made)
            if problem:
                return problem
            taken.append(peak)
        small, large = max(peaks[0]), min(peaks[1])
        print(f"# {small / 2**20:.1f} MiB, {large / 2**20:.1f} MiB: {(large - small) / n_more:.1f} bytes a row")
        if large <= small + n_more * row_size + NOISE:
            return None if small <= LIMIT + n_rows * row_size else f"takes {small} bytes"
    return f"keeps {(large - small) / n_more:.1f} bytes of a row, and {row_size} are its due"


FAST = ["--compression", "lz4"]
SOME = 'by == "part1" or by == "part2" or by == "part4"'  # half of the rows
RUNS = [
    ("a subset", "rows", ["export", "{source}", "-o", "{target}.h5ad", "--obs", SOME, *FAST], PLACE, 0.5),
    ("Zarr", "rows", ["export", "{source}", "-o", "{target}.zarr", *FAST], PLACE, 1),
    ("rows as columns", "few", ["export", "{source}", "-o", "{target}.h5ad", "--csc", *FAST], PLACE, 1),
    ("columns as rows", "columns", ["export", "{source}", "-o", "{target}.h5ad", "--csr", *FAST], PLACE, 1),
    ("a concatenation", "halves", ["concat", "{source}", "{source}", "-o", "{target}.h5ad", "--keys", "a,b",
                                "--index-unique", "-", "--label", "of", *FAST], JOINED, 1),
    ("a split", "few", ["split", "{source}", "--by", "by", "-o", "{target}", *FAST], GATHERED, 1),
    ("CSV", "few", ["export", "{source}", "-o", "{target}.csv", "--elements", "X", "--var", "0:10"], 0, 1),
    ("Matrix Market", "few", ["export", "{source}", "-o", "{target}.mtx", "--var", "0:100"], 0, 1),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", required=True)
    parser.add_argument("--sanitized", action="store_true", help="memory says nothing")
    options = parser.parse_args()
    if options.sanitized:
        print("1..0 # SKIP sanitizers take memory of their own")
        return 0
    failed = 0
    print(f"1..{len(RUNS)}")
    with scratch() as name:
        folder = pathlib.Path(name)
        sources = {}
        for kind in KINDS:
            sources[kind] = [folder / f"{kind}-{times}.zarr" for times in (1, TIMES)]
            for path, times in zip(sources[kind], (1, TIMES)):
                # By another process: what this one has had counts as had by those that it starts.
                maker = multiprocessing.Process(target=KINDS[kind], args=(path, times * N_OBS))
                maker.start()
                maker.join()
                if maker.exitcode != 0:
                    raise RuntimeError(f"{path} could not be made")
        for number, (words, source, line, row_size, n_written) in enumerate(RUNS, 1):
            lines = [[part.format(source=path, target=folder / "out") for part in [options.ann, *line, "--quiet", "--threads", "2"]]
                     for path in sources[source]]
            problem = compare(lines, int(N_OBS * n_written), row_size, folder)
            print(f"{'not ok' if problem else 'ok'} {number} {words}", flush=True)
            if problem:
                print(f"# {problem}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

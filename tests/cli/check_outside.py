#!/usr/bin/env python3
"""What surrounds the command is odd: where it writes, what it is called with, what lies at the path.

    check_outside.py --ann ANN STORE

STORE has a column of obs named `β-细胞`. Output that cannot be written is an error and never
success; what is no regular file is refused at once; a message is one line. A TAP test.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import fcntl
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile

TIMEOUT = 30


def run(ann, *words, **options):
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([ann, *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          timeout=TIMEOUT, check=False, **options)


def close_output():
    os.close(1)


def check_output(ann, store, _folder):
    """A full device and a closed output: exit 1 and a word."""
    for words in (["--help"], ["--version"], ["info", "--help"], ["info", store], ["info", store, "--json"],
                  ["digest", store], ["digest", store, "--json"], ["show", store, "obs"],
                  ["show", store, "obs", "--format", "csv"], ["show", store, "obs", "--format", "json"]):
        with open("/dev/full", "wb") as full:
            results = [run(ann, *words, stdout=full), run(ann, *words, stdout=None, preexec_fn=close_output)]
        for result in results:
            assert result.returncode == 1, (words, result)
            assert b"cannot write the output" in result.stderr, (words, result)


def check_one_line(ann, _store, folder):
    """A message is one line that a terminal takes as text, whatever the store is called."""
    result = run(ann, "info", str(folder / "a\nb\x1b]0;c\x07\u009b2J.h5ad"))
    assert result.returncode == 1 and result.stderr.count(b"\n") == 1, result
    shown = result.stderr.decode().rstrip("\n")
    assert "a b\ufffd]0;c\ufffd\ufffd2J" in shown and shown.isprintable(), result


def check_dashes(ann, _store, folder):
    """What follows `--` is a path."""
    result = run(ann, "info", "--", "--json", cwd=folder)
    assert result.returncode == 1, result
    assert result.stderr == b"ann: --json: There is no such file\n", result


def check_locale(ann, store, _folder):
    """Names are UTF-8, in any locale."""
    for locale in ("C", "C.UTF-8"):
        result = run(ann, "show", store, "obs", "--columns", "β-细胞", "--rows", "0", "--format", "csv",
                     env={**os.environ, "LC_ALL": locale})
        assert result.returncode == 0 and "β-细胞".encode() in result.stdout, (locale, result)
        result = run(ann, "show", store, "obs", "--columns", b"\xff\xfe", env={**os.environ, "LC_ALL": locale})
        assert result.returncode == 1 and b"there is no column" in result.stderr, (locale, result)


def check_files(ann, _store, folder):
    """Neither waits for nor reads what is no regular file."""
    os.mkfifo(folder / "fifo.h5ad")
    (folder / "folder.h5ad").mkdir()
    (folder / "loop.h5ad").symlink_to("loop.h5ad")
    for path in (folder / "fifo.h5ad", folder / "folder.h5ad", folder / "loop.h5ad", "/dev/zero", "/dev/null"):
        for words in (["info", path], ["digest", path], ["show", path, "X"]):
            result = run(ann, *map(str, words))
            assert result.returncode == 1, (words, result)
            assert result.stderr.startswith(f"ann: {path}: ".encode()), (words, result)


def check_interrupt(ann, store, _folder):
    """An interrupt ends it, here while it waits for a reader of what it prints."""
    output, end = os.pipe()
    try:
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 4096)
        with subprocess.Popen([ann, "digest", store], stdout=end, stderr=subprocess.DEVNULL) as process:
            assert select.select([output], [], [], TIMEOUT)[0], "it prints nothing"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=TIMEOUT) == -signal.SIGINT, process.returncode
    finally:
        os.close(output)
        os.close(end)


CHECKS = (check_output, check_one_line, check_dashes, check_locale, check_files, check_interrupt)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--ann", required=True, type=lambda path: pathlib.Path(path).resolve())
    options = parser.parse_args()

    print(f"1..{len(CHECKS)}")
    n_failed = 0
    for number, check in enumerate(CHECKS, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(options.ann, options.store, pathlib.Path(folder))
                wrong = None
            except (AssertionError, subprocess.TimeoutExpired) as error:
                wrong = error
        n_failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {number} - {check.__doc__}")
        if wrong:
            print(f"# {wrong}".replace("\n", "\n# "))
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())

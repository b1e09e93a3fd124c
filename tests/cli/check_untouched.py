#!/usr/bin/env python3
"""Looking at a store changes nothing of it, not even when it is killed; a TAP test.

    check_untouched.py --ann ANN STORE…

Each store is copied into a folder of its own. After every verb, and after many kills at different
moments, its bytes, size, times of change and mode are what they were, and nothing else lies in the
folder. (The time of reading is the system's.)

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

# Each kill comes so much later than the one before, until the command ends by itself.
KILL_STEP = 0.002
N_KILLS = 25


def read_state(folder):
    """All that may not change: of the folder and what is in it."""
    state = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        info = path.stat()
        state[path.name] = (info.st_mtime_ns, info.st_ctime_ns, info.st_mode, info.st_size, info.st_ino,
                            path.read_bytes() if path.is_file() else None)
    return state


def run_verbs(ann, store):
    for arguments in (["info", store], ["info", store, "--json", "--storage"], ["show", store, "obs"],
                      ["show", store, "X", "--format", "json"], ["digest", store, "--json"]):
        subprocess.run([ann, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
                       check=False)


def run_and_kill(ann, store):
    """Kills at later and later moments; how many came before the end."""
    n_killed = 0
    for n in range(N_KILLS):
        with subprocess.Popen([ann, "digest", store], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(timeout=n * KILL_STEP + 1e-4)
            except subprocess.TimeoutExpired:
                process.kill()
                n_killed += 1
    return n_killed


def check(ann, store, run):
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent) / "store"
        folder.mkdir()
        copy = pathlib.Path(shutil.copy2(store, folder))
        before = read_state(folder)
        time.sleep(0.01)  # a change now would have another time
        result = run(ann, copy)
        after = read_state(folder)
        changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
        return changed, result


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="+", type=pathlib.Path)
    parser.add_argument("--ann", required=True)
    options = parser.parse_args()

    print(f"1..{2 * len(options.stores)}")
    n_failed = number = 0
    for store in options.stores:
        for what, run in (("looked at", run_verbs), ("killed", run_and_kill)):
            number += 1
            changed, result = check(options.ann, store, run)
            failed = bool(changed) or (what == "killed" and not result)
            n_failed += failed
            print(f"{'not ok' if failed else 'ok'} {number} - {store.name} is {what}")
            if failed:
                print(f"# changed: {', '.join(changed) or 'nothing, but no kill came in time'}")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What the command does on a terminal and not elsewhere; a TAP test.

    check_terminal.py --ann ANN STORE

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import os
import pty
import subprocess
import sys


def run_on_terminal(command):
    """(exit status, all that stood on the terminal)."""
    master, slave = pty.openpty()
    child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    output = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # nobody has it open any more
            break
        if not piece:
            break
        output += piece
    os.close(master)
    return child.wait(60), output.decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ann", required=True)
    parser.add_argument("store")
    options = parser.parse_args()
    command = [options.ann, "stats", options.store, "obs/n_genes"]

    status, shown = run_on_terminal(command)
    piped = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    checks = [
        ("a histogram on a terminal", status == 0 and "█" * 40 in shown and "  407" in shown),
        ("none in a pipe", piped.returncode == 0 and "█" not in piped.stdout and "maximum" in piped.stdout),
        ("no progress in a pipe", piped.stderr == ""),
    ]
    print(f"1..{len(checks)}")
    for number, (name, right) in enumerate(checks, 1):
        print(f"{'ok' if right else 'not ok'} {number} - {name}")
    return 0 if all(right for _, right in checks) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The command at addresses that do not tell all, want to know more or are mistyped; a TAP test.

    check_addresses.py --ann ANN --server http_server.py --stores FOLDER

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import os
import subprocess
import sys
import urllib.request

TIMEOUT = 60
UNLISTED = "made/unconsolidated-v3.zarr"
LISTED = "made/chunked-small-v3.zarr"


class Place:
    def __init__(self, ann, server, folder):
        self.ann = ann
        self.process = subprocess.Popen([sys.executable, server, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def tell(self, command):
        with self.opener.open(f"{self.url}/__{command}") as answer:
            return json.load(answer)

    def run(self, *arguments, **variables):
        environment = dict(os.environ, no_proxy="127.0.0.1", **variables)
        return subprocess.run([self.ann, *arguments], env=environment, capture_output=True, text=True, timeout=TIMEOUT)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def check(condition, *what):
    if not condition:
        raise AssertionError("\n".join(map(str, what)))


def digest_of_unlisted(place):
    """Mappings whose names nobody tells are errors, and no empty ones."""
    done = place.run("digest", "--json", f"{place.url}/{UNLISTED}")
    check(done.returncode == 1, done.returncode, done.stderr)
    elements = json.loads(done.stdout)["elements"]
    for path in ("layers", "obsm", "varm", "obsp", "varp", "uns"):
        check("does not tell" in elements[path].get("error", ""), path, elements[path])
        check("keys" not in elements[path], path, elements[path])
    check("error" not in elements["obs/score"], elements["obs/score"])


def show_of_unlisted(place):
    done = place.run("show", f"{place.url}/{UNLISTED}", "obsm")
    check(done.stderr == f"ann: {place.url}/{UNLISTED}: warning: obsm: the server does not tell what lies here\n", done.stderr)
    done = place.run("show", f"{place.url}/{UNLISTED}", "obsm", "--quiet")
    check(done.stderr == "", done.stderr)


def info_of_unlisted(place):
    """The path stands in the first column, and is not told once more in the last."""
    done = place.run("info", f"{place.url}/{UNLISTED}")
    line = next(line for line in done.stdout.splitlines() if line.startswith("layers "))
    check(line.split() == "layers dict dict 0.1.0 the server does not tell what lies here".split(), line)
    check(done.stderr.count("\n") == 1, done.stderr)


CASES = [digest_of_unlisted, show_of_unlisted, info_of_unlisted]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--stores", required=True)
    arguments = parser.parse_args()

    place = Place(arguments.ann, arguments.server, arguments.stores)
    failed = False
    print(f"1..{len(CASES)}")
    for number, case in enumerate(CASES, 1):
        place.tell("reset")
        problem = None
        try:
            case(place)
        except (AssertionError, KeyError, ValueError, StopIteration) as error:
            problem = repr(error) if not isinstance(error, AssertionError) else str(error)
        print(f"{'not ok' if problem else 'ok'} {number} - {case.__name__.replace('_', ' ')}", flush=True)
        if problem:
            failed = True
            print("# " + problem.replace("\n", "\n# "))
    place.stop()
    return failed


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Let the n-th request for a store fail, for every n, and look at what the command does; a TAP test.

    check_http.py --ann COMMAND --archive stores.tar.xz [STORE…]

Over a server without faults each command prints what it prints of the same store on disk. A fault that passes
changes nothing of that. One that lasts ends in our words, on standard error with exit status 1 or beside the
element that it concerns: what did not come is never taken for what is not there.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from servers import Server

TIMEOUT = 60
STORES = {  # and whether all that is in it can be found without a list
    "made/chunked-small-v3.zarr": True,
    "made/no-x-zarr2.zarr": True,
    "made/unconsolidated-v3.zarr": False,
    "made/kitchen-a0.12-h5ad.h5ad": True,
    "made/h5ad-gzip.h5ad": True,
}
COMMANDS = [["info"], ["digest"]]
# Faults that pass; and those that last, with the word that tells of them.
PASSING = ["status=503", "cut=3"]
LASTING = {"status=403": "(403)", "status=500&n=0": "(500)", "cut=3&n=0": "cut off", "shift=1": "another part", "weak": "changed"}
# The same at the first request and one in the middle: these take longer, or go the way of another one.
MORE_PASSING = ["stall=3", "cut=-1", "status=500&n=2"]
MORE_LASTING = {
    "status=401": "(401)", "short=3&n=0": "cut off", "no-range": "another part", "encoded": "compressed",
    "garbage&n=0": "no HTTP", "redirect=self&n=0": "in a circle",
}


class Result:
    def __init__(self, ann, command, store):
        line = [str(ann), command[0], store, *command[1:], "--threads", "1"]
        environment = dict(os.environ, no_proxy="127.0.0.1")
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
        self.status = done.returncode
        self.output, self.errors = (text.replace(store, "STORE") for text in (done.stdout, done.stderr))

    def is_like(self, other):
        return self.status == other.status and self.output == other.output

    def compare(self, usual):
        lines = difflib.unified_diff(usual.output.splitlines(), self.output.splitlines(), "usual", "now", lineterm="", n=0)
        return "\n".join([f"status {self.status} instead of {usual.status}: {self.errors}", *list(lines)[:8]])

    def look(self, usual, word):
        """What is wrong with it under a fault that lasts, or nothing."""
        if self.status not in (0, 1) or "Sanitizer" in self.errors or "CRITICAL" in self.errors:
            return f"ended with {self.status}: {self.errors}"
        if self.is_like(usual) or word in self.errors + self.output:
            return None
        return self.compare(usual)


def run(ann, command, server, store, fault=None):
    server.tell("reset")
    if fault:
        server.tell("fault?kind=" + fault)
    return Result(ann, command, f"{server.url}/{store}")


def check_fault(ann, command, server, store, usual, fault, word):
    now = run(ann, command, server, store, fault)
    if word is None:
        return None if now.is_like(usual) else f"{fault}: {now.compare(usual)}"
    problem = now.look(usual, word)
    return f"{fault}: {problem}" if problem else None


def check(ann, command, servers, folder, store, step):
    usual = run(ann, command, servers[0], store)
    n_requests = servers[0].tell("log")["requests"]
    wrong = []
    if STORES[store]:
        local = Result(ann, command, str(folder / store))
        # how large a store of many files is, is not asked over a network
        if command[0] != "info" and not usual.is_like(local):
            wrong.append("not as on disk: " + usual.compare(local))

    each, some = range(0, n_requests, step), range(0, n_requests, max(n_requests // 2, 1))
    jobs = [(f"{fault}&skip={n}", None) for n in each for fault in PASSING]
    jobs += [(f"{fault}&skip={n}", word) for n in each for fault, word in LASTING.items()]
    jobs += [(f"{fault}&skip={n}", None) for n in some for fault in MORE_PASSING]
    jobs += [(f"{fault}&skip={n}", word) for n in some for fault, word in MORE_LASTING.items()]
    share = [jobs[number::len(servers)] for number in range(len(servers))]

    def work(number):
        return [check_fault(ann, command, servers[number], store, usual, *job) for job in share[number]]

    with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        for problems in pool.map(work, range(len(servers))):
            wrong += filter(None, problems)
    return wrong, n_requests, len(jobs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", type=pathlib.Path, required=True)
    parser.add_argument("--archive", required=True)
    parser.add_argument("--step", type=int, default=1, help="every how many requests one fails")
    parser.add_argument("stores", nargs="*", default=list(STORES))
    arguments = parser.parse_args()

    cases = [(store, command) for store in arguments.stores for command in COMMANDS]
    failed = False
    print(f"1..{len(cases)}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(arguments.archive) as tar:
            tar.extractall(folder, [member for member in tar if any(member.name.startswith(store) for store in arguments.stores)])
        # More than there are cores: most of the time is waited for what does not come.
        servers = [Server("http_server.py", folder) for _ in range(4)]
        for number, (store, command) in enumerate(cases, 1):
            wrong, n_requests, n_faults = check(arguments.ann, command, servers, pathlib.Path(folder), store, arguments.step)
            failed |= bool(wrong)
            name = f"ann {' '.join(command)} {pathlib.Path(store).name}: {n_requests} requests, {n_faults} faults"
            print(f"{'not ok' if wrong else 'ok'} {number} - {name}", flush=True)
            for problem in wrong[:8]:
                print("# " + problem.replace("\n", "\n# "))
        for server in servers:
            server.stop()
    return failed


if __name__ == "__main__":
    sys.exit(main())

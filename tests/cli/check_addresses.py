#!/usr/bin/env python3
"""The command at addresses that do not tell all, want to know more or are mistyped; a TAP test.

    check_addresses.py --ann ANN --stores FOLDER

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import os
import re
import subprocess
import sys

from servers import Server

TIMEOUT = 60
UNLISTED = "made/unconsolidated-v3.zarr"
LISTED = "made/chunked-small-v3.zarr"


class Place(Server):
    def __init__(self, ann, folder):
        super().__init__("http_server.py", folder)
        self.ann, self.folder = ann, folder

    def run(self, *arguments, **variables):
        environment = dict(os.environ, no_proxy="127.0.0.1", **variables)
        return subprocess.run([self.ann, *arguments], env=environment, capture_output=True, text=True, timeout=TIMEOUT)


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


def key_is_told_once(place):
    """The key of a chunk has the path of its array in it."""
    place.tell("fault?kind=status=403&n=0&path=obs/group/categories/c/0")
    store = f"{place.url}/{UNLISTED}"
    reason = "obs/group/categories/c/0: the server does not allow to read it (403)"
    done = place.run("digest", store)
    check(f"\nann: {store}: {reason}\n" in done.stderr, done.stderr)
    done = place.run("validate", "--deep", store)
    check(re.search(f"obs/group +{re.escape(reason)}$", done.stdout, re.M), done.stdout)
    place.tell("reset")
    place.tell("fault?kind=status=403&n=0&path=obs/score/c/0")
    done = place.run("validate", "--deep", store)
    check(re.search(r"obs/score +obs/score/c/0: the server", done.stdout), done.stdout)


def size_of_cache(place):
    """What the library warns of is one line like all others."""
    done = place.run("info", f"{place.url}/{LISTED}", ANN_CACHE_SIZE="foo")
    check(done.returncode == 0, done.returncode)
    check(done.stderr == "ann: warning: ANN_CACHE_SIZE is no size such as 2G, so nothing is cached: foo\n", done.stderr)
    done = place.run("info", "--quiet", f"{place.url}/{LISTED}", ANN_CACHE_SIZE="foo")
    check(done.stderr == "", done.stderr)


def token_is_sent(place):
    place.run("info", f"{place.url}/{LISTED}")
    check(all("authorization" not in headers for headers in place.tell("log")["headers"]), "sent without one")
    place.tell("reset")
    done = place.run("info", f"{place.url}/{LISTED}", ANN_HTTP_TOKEN="to-ken")
    check(done.returncode == 0, done.stderr)
    headers = place.tell("log")["headers"]
    check(headers and all(each.get("authorization") == "Bearer to-ken" for each in headers), headers)


def token_stays_at_its_host(place):
    """Who is pointed to another server has no token there."""
    other = Place(place.ann, place.folder)
    try:
        place.tell(f"fault?kind=redirect={other.url}/{LISTED}/zarr.json&n=0&path=zarr.json")
        place.run("info", f"{place.url}/{LISTED}", ANN_HTTP_TOKEN="to-ken")
        headers = other.tell("log")["headers"]
        check(headers and all("authorization" not in each for each in headers), headers)
    finally:
        other.stop()


def token_is_told_of(place):
    place.tell("fault?kind=status=401&n=0")
    done = place.run("info", f"{place.url}/{LISTED}")
    check(done.returncode == 1, done.returncode)
    check(done.stderr.endswith("(401); set ANN_HTTP_TOKEN to a token to sign in with it\n"), done.stderr)
    done = place.run("info", f"{place.url}/{LISTED}", ANN_HTTP_TOKEN="to-ken")
    check("; the token in ANN_HTTP_TOKEN does not open it" in done.stderr, done.stderr)
    check("to-ken" not in done.stderr, done.stderr)


def token_is_one_line(place):
    """What ends it is no part of it; a break within is refused, and what was read is not told."""
    for end in ("\n", "\r\n"):
        place.tell("reset")
        place.run("info", f"{place.url}/{LISTED}", ANN_HTTP_TOKEN="to-ken" + end)
        headers = place.tell("log")["headers"]
        check(headers and all(each.get("authorization") == "Bearer to-ken" for each in headers), headers)
    place.tell("reset")
    for token in ("to\nken", "to\r\nX-Other: ken", "to\x7fken"):
        done = place.run("info", f"{place.url}/{LISTED}", ANN_HTTP_TOKEN=token)
        check(done.returncode == 2 and "ANN_HTTP_TOKEN has a line break" in done.stderr, done.stderr)
        check("ken" not in done.stderr.replace("a token is", "").replace("TOKEN", ""), done.stderr)
    check(not place.tell("log")["headers"], "something was sent")


def password_in_address(place):
    for slashes in ("/", "//"):
        done = place.run("info", f"http:{slashes}user:secret@127.0.0.1/x.h5ad")
        check(done.returncode == 1, done.returncode)
        check("ANN_HTTP_TOKEN" in done.stderr, done.stderr)
        check("secret" not in done.stderr, done.stderr)


def mistyped(place):
    cases = {
        "http:/127.0.0.1/x.h5ad": "The address lacks a slash: it begins with http://",
        "s3:/bucket/x": "The address lacks a slash: it begins with s3://",
        "127.0.0.1:8765/v3.zarr": "There is no such file; an address begins with http:// or https://",
        "x.h5ad": "There is no such file",
    }
    for address, message in cases.items():
        done = place.run("info", address)
        check(done.returncode == 1, done.returncode)
        check(done.stderr == f"ann: {address}: {message}\n", done.stderr)


CASES = [
    digest_of_unlisted, show_of_unlisted, info_of_unlisted, key_is_told_once, size_of_cache, token_is_sent,
    token_stays_at_its_host, token_is_told_of, token_is_one_line, password_in_address, mistyped,
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", required=True)
    parser.add_argument("--stores", required=True)
    arguments = parser.parse_args()

    place = Place(arguments.ann, arguments.stores)
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

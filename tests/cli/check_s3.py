#!/usr/bin/env python3
"""The command at buckets of S3: what it shows, what it says, and what it never says; a TAP test.

    check_s3.py --ann ANN FILE.h5ad

It reads the store at two servers, one that recomputes signatures (tests/support/s3_server.py) and moto, which others
wrote. Without ANN_TEST_PYTHON (see docs/testing.md) the cases with moto are skipped.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

from servers import Server

TIMEOUT = 120
KEY = {"AWS_ACCESS_KEY_ID": "AKIDTESTKEY", "AWS_SECRET_ACCESS_KEY": "secret/Test+Key="}
LENT = {"AWS_ACCESS_KEY_ID": "ASIALENTKEY", "AWS_SECRET_ACCESS_KEY": "lent/secret",
        "AWS_SESSION_TOKEN": "to/ken+for=an hour"}
# None of it may be in what the command writes, whatever goes wrong.
SECRETS = [*KEY.values(), *LENT.values(), "Wrong+Secret", "Signature=", "Credential=", "AKIDNOBODY"]


class Zarr:
    """A store of Zarr v3 without consolidated metadata, so that it must be listed."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else json.dumps(text).encode())

    def group(self, path, encoding, **attributes):
        self.write(f"{path}/zarr.json", {
            "zarr_format": 3, "node_type": "group",
            "attributes": {"encoding-type": encoding, "encoding-version": "0.2.0", **attributes}})

    def array(self, path, shape, chunk, kind, codec, chunks, encoding="array"):
        self.write(f"{path}/zarr.json", {
            "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": kind,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": "" if kind == "string" else 0, "codecs": [codec],
            "attributes": {"encoding-type": encoding, "encoding-version": "0.2.0"}})
        for key, data in chunks.items():
            self.write(f"{path}/c/{key}", data)

    def names(self, path, names):
        data = b"".join(struct.pack("<I", len(name)) + name for name in names)
        self.array(path, [len(names)], [len(names)], "string", {"name": "vlen-utf8"},
                   {"0": struct.pack("<I", len(names)) + data}, "string-array")

    def make(self):
        numbers = {"name": "bytes", "configuration": {"endian": "little"}}
        self.group(".", "anndata")
        # Of six chunks the last two are not there: their values are 0.
        self.array("X", [6, 4], [1, 4], "float64", numbers,
                   {f"{i}/0": struct.pack("<4d", *range(i, i + 4)) for i in range(4)})
        for name, n in (("obs", 6), ("var", 4)):
            self.group(name, "dataframe", **{"_index": "_index", "column-order": []})
            self.names(f"{name}/_index", [b"%s %d" % (name.encode(), i) for i in range(n)])
        for name in ("layers", "obsm", "obsp", "uns", "varm", "varp"):
            self.group(name, "dict")
        self.array("layers/a+ü #", [6, 4], [6, 4], "float64", numbers, {"0/0": struct.pack("<24d", *range(24))})


class Tests:
    def __init__(self, ann, home):
        self.ann, self.home = ann, home
        self.number = self.n_failed = 0

    def report(self, name, problem):
        self.number += 1
        self.n_failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {self.number} - {name}")
        for line in (problem or "").splitlines():
            print(f"# {line}")

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}")

    def run(self, verb, address, variables, is_in_arguments=False, more=()):
        """(status, output, errors, problem)"""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {"HOME": str(self.home), "no_proxy": "127.0.0.1", "G_MESSAGES_DEBUG": "all", **variables}
        command = [str(self.ann), verb, str(address), *map(str, more)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            arguments = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
            output, errors = (text.decode() for text in process.communicate(timeout=TIMEOUT))
        problem = ""
        for secret in SECRETS:
            if secret in output + errors or (secret.encode() in arguments and not is_in_arguments):
                problem = f"{secret} can be seen:\n{errors}"
        return process.returncode, output, errors, problem

    def same(self, name, address, local, variables):
        """It is what the same store on disk is."""
        expected = self.run("digest", local, variables if str(local).startswith("s3") else {})
        status, output, errors, problem = self.run("digest", address, variables)
        if expected[0] != 0 or not expected[1]:
            problem = f"not even on disk: {expected[2]}"
        elif status != 0 or output != expected[1]:
            problem = problem or f"status {status}, {errors}\n{output[:500]}"
        self.report(name, problem)

    def refused(self, name, address, words, variables, is_in_arguments=False):
        status, output, errors, problem = self.run("info", address, variables, is_in_arguments)
        if status != 1 or output or words not in errors:
            problem = problem or f"status {status}, {errors}"
        self.report(name, problem)


    def written(self, name, source, target, variables, *options):
        """An export to a bucket has what one to a disk has."""
        with tempfile.TemporaryDirectory() as folder:
            local = pathlib.Path(folder, "x" + (".zarr" if ".zarr?" in target else ".h5ad"))
            expected = self.run("export", source, {}, more=("-o", local, *options))
            status, output, errors, problem = self.run("export", source, variables, more=("-o", target, *options))
            if expected[0] != 0 or status != 0 or output:
                problem = problem or f"status {status}, on disk {expected[0]}, {errors}\n{expected[2]}"
            expected, found = self.run("digest", local, {}), self.run("digest", target, variables)
        if expected[0] != 0 or found[:2] != expected[:2]:
            problem = problem or f"not the same: {found[2]}\n{found[1][:500]}\n{expected[2]}"
        self.report(name, problem)

    def not_written(self, name, source, target, words, variables, *options):
        status, output, errors, problem = self.run("export", source, variables, more=("-o", target, *options))
        if status != 1 or output or words not in errors:
            problem = problem or f"status {status}, {errors}"
        self.report(name, problem)


def fill(root, h5ad):
    for bucket in ("private", "public", "nolist", "other"):
        Zarr(root / bucket / "a b" / "x.zarr").make()
        shutil.copy(h5ad, root / bucket / "x.h5ad")


def write_profiles(home):
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(
        "[lent]\naws_access_key_id = {AWS_ACCESS_KEY_ID}\naws_secret_access_key = {AWS_SECRET_ACCESS_KEY}\n"
        "aws_session_token = {AWS_SESSION_TOKEN}\n".format(**LENT))
    (home / ".aws/config").write_text("[profile sso]\nsso_session = work\n")


def check_server(tests, server, root, name):
    zarr, h5ad = root / "private/a b/x.zarr", root / "private/x.h5ad"
    place = f"?endpoint={server.url}"
    signed = {**KEY, "AWS_ENDPOINT_URL": server.url}
    tests.same(f"{name}: a Zarr store by an access key", "s3://private/a%20b/x.zarr", zarr, signed)
    tests.same(f"{name}: a file by an access key", "s3://private/x.h5ad", h5ad, signed)
    tests.same(f"{name}: by a lent key", f"s3://private/a b/x.zarr/{place}", zarr, LENT)
    tests.same(f"{name}: by a profile", f"s3://private/x.h5ad{place}&profile=lent", h5ad, {})
    tests.same(f"{name}: what is public without a key", f"s3://public/a b/x.zarr{place}", zarr, {})
    tests.same(f"{name}: what is public, not signed", f"s3://public/x.h5ad{place}&anonymous=true", h5ad, signed)
    tests.refused(f"{name}: no bucket", f"s3://nowhere/x.zarr{place}", "no bucket “nowhere”", signed)
    tests.refused(f"{name}: no store", f"s3://private/y.zarr{place}", "There is no Zarr store", signed)
    tests.refused(f"{name}: no key", f"s3://private/x.h5ad{place}", "without a sign-in (403)", {})


def check_writing(tests, server, root, name):
    h5ad, place = root / "private/x.h5ad", f"?endpoint={server.url}"
    target = f"s3://private/new {name}/x.zarr{place}"
    tests.written(f"{name}: Zarr v2 is written", h5ad, target, KEY)
    tests.written(f"{name}: Zarr v3 is written, a selection of it", h5ad, f"s3://private/{name}-3.zarr{place}", KEY,
                  "--zarr-format", 3, "--obs", "::7")
    tests.not_written(f"{name}: what is there is not replaced", h5ad, target, "already", KEY, "--overwrite")
    for options in ((), ("--overwrite",)):
        tests.not_written(f"{name}: a plan says so {options}", h5ad, target, "already", KEY, "--dry-run", *options)
    tests.same(f"{name}: and is what it was", target, target, KEY)
    for ending in ("h5ad", "zarr.zip"):
        file = f"s3://private/{name}.{ending}{place}"
        tests.written(f"{name}: .{ending} is written", h5ad, file, KEY)
        tests.not_written(f"{name}: .{ending} is not replaced", h5ad, file, "already", KEY)
        tests.written(f"{name}: .{ending} is replaced if that is asked for", h5ad, file, KEY, "--overwrite", "--obs", "::5")


def check_signatures(tests, server, root):
    zarr = root / "private/a b/x.zarr"
    place = f"?endpoint={server.url}"
    tests.same("a bucket in another region", f"s3://other/a b/x.zarr{place}", zarr, KEY)
    tests.refused("a wrong secret", f"s3://private/x.h5ad{place}", "the secret access key is wrong",
                  {**KEY, "AWS_SECRET_ACCESS_KEY": "Wrong+Secret"})
    tests.refused("an unknown key", f"s3://private/x.h5ad{place}", "does not know the access key",
                  {**KEY, "AWS_ACCESS_KEY_ID": "AKIDNOBODY"})
    tests.refused("a lent key without its token", f"s3://private/a b/x.zarr{place}", "session token is wrong",
                  {**LENT, "AWS_SESSION_TOKEN": ""})
    tests.refused("a secret in the address", f"s3://AKIDNOBODY:{KEY['AWS_SECRET_ACCESS_KEY']}@private/x.h5ad{place}",
                  "name of a bucket", {}, is_in_arguments=True)
    tests.refused("a secret in a parameter", f"s3://private/x.h5ad{place}&key=Wrong+Secret", "do not belong there", {},
                  is_in_arguments=True)
    tests.refused("half a key", f"s3://private/x.h5ad{place}", "only the first is set",
                  {**KEY, "AWS_SECRET_ACCESS_KEY": ""})
    tests.refused("a profile that needs another program", f"s3://private/x.h5ad{place}&profile=sso",
                  "not supported", {})
    tests.not_written("nothing is written without a key", root / "private/x.h5ad", f"s3://private/no.zarr{place}", "403", {})
    tests.refused("nothing may be read", f"s3://nolist/y.zarr{place}", "may not be read", {})

    address = f"{server.url}/public/x.h5ad?X-Amz-Signature=Wrong+Secret"
    status, output, errors, problem = tests.run("info", address, {}, is_in_arguments=True)
    if status != 0 or f"{server.url}/public/x.h5ad: AnnData" not in output:
        problem = problem or f"status {status}, {errors}\n{output}"
    tests.report("a signed address of HTTP", problem)

    # It lists nothing, so the layer is not found; but what is looked for by its name is there.
    status, output, errors, problem = tests.run("info", f"s3://nolist/a b/x.zarr{place}", {})
    if status != 0 or "6 observations × 4 variables" not in output or "layers/a+ü #" in output:
        problem = problem or f"status {status}, {errors}\n{output}"
    tests.report("a bucket that does not list", problem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("h5ad", type=pathlib.Path)
    parser.add_argument("--ann", required=True)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as parent:
        root, home = pathlib.Path(parent, "root"), pathlib.Path(parent, "home")
        root.mkdir()
        home.mkdir()
        fill(root, options.h5ad)
        write_profiles(home)
        tests = Tests(options.ann, home)
        with Server("s3_server.py", root) as server:
            check_server(tests, server, root, "own server")
            check_signatures(tests, server, root)
            check_writing(tests, server, root, "own server")
        if "ANN_TEST_PYTHON" in os.environ:
            with Server("moto_server.py", root) as server:
                check_server(tests, server, root, "moto")
                check_writing(tests, server, root, "moto")
        else:
            tests.skip("moto", "ANN_TEST_PYTHON names no Python with moto")
        print(f"1..{tests.number}")
    return 1 if tests.n_failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The command at servers whose certificate a private authority signed, and that want headers; a TAP test.

    check_secure.py --ann ANN --stores FOLDER

One server speaks HTTP/1.1, the other, nghttpd, HTTP/2 alone; where openssl or nghttpd is missing, its cases are skipped.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from servers import Server

TIMEOUT = 60
ZARR = "made/chunked-small-v3.zarr"
H5AD = "made/h5ad-gzip.h5ad"


class Skipped(Exception):
    pass


def check(condition, *what):
    if not condition:
        raise AssertionError("\n".join(map(str, what)))


class Authority:
    """A private authority, and what it says that a server is."""

    def __init__(self, folder):
        self.folder = folder
        self.file = self.path("ca.pem")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Private Authority",
                     "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", self.path("ca.key"), "-out", self.file)
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test",
                     "-keyout", self.path("server.key"), "-out", self.path("server.csr"))
        with open(self.path("names"), "w") as names:
            names.write("subjectAltName=IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", self.path("server.csr"), "-CA", self.file, "-CAkey", self.path("ca.key"),
                     "-CAcreateserial", "-days", "2", "-extfile", self.path("names"), "-out", self.path("server.crt"))
        with open(self.path("server.pem"), "w") as both:
            for name in ("server.crt", "server.key"):
                with open(self.path(name)) as one:
                    both.write(one.read())

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=TIMEOUT)


class Http2Server:
    """nghttpd, which tells on its standard output what comes by which connection."""

    def __init__(self, root, authority):
        self.program = shutil.which("nghttpd", path=f"{os.environ['PATH']}:/usr/sbin")
        self.process = None
        self.lines = []
        if self.program is None:
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [self.program, "--verbose", "--htdocs", root, "--address", "127.0.0.1", str(port),
             authority.path("server.key"), authority.path("server.crt")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.process.stdout.readline()  # that it listens
        threading.Thread(target=self.listen, daemon=True).start()
        self.url = f"https://127.0.0.1:{port}"

    def listen(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def take_requests(self):
        """The connections, the paths and the protocols since it was asked last, once all connections are closed."""
        end = time.monotonic() + TIMEOUT
        while True:
            lines = list(self.lines)
            began = {hit[1] for hit in (re.match(r"\[id=(\d+)\]", line) for line in lines) if hit}
            ended = {hit[1] for hit in (re.match(r"\[id=(\d+)\] \[ *[\d.]+\] closed", line) for line in lines) if hit}
            if began and began == ended:
                break
            check(time.monotonic() < end, "the server does not say that its connections are closed", *lines[-5:])
            time.sleep(0.02)
        self.lines = []
        paths = [hit[1] for hit in (re.match(r"\[id=\d+\].* recv \(stream_id=\d+\) :path: (\S+)", line) for line in lines) if hit]
        protocols = {line.split(":")[1].strip() for line in lines if line.startswith("The negotiated protocol")}
        return began, paths, protocols

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


class Place:
    def __init__(self, arguments, folder):
        self.ann, self.stores = arguments.ann, arguments.stores
        self.authority = Authority(folder)
        self.web = Server("http_server.py", self.stores, "--tls", self.authority.path("server.pem"), authority=self.authority.file)
        self.http2 = Http2Server(self.stores, self.authority)

    def run(self, *arguments, **variables):
        environment = dict(os.environ, no_proxy="127.0.0.1", **variables)
        for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            if name not in variables:
                environment.pop(name, None)
        return subprocess.run([self.ann, *arguments], env=environment, capture_output=True, text=True, timeout=TIMEOUT)

    def stop(self):
        self.web.stop()
        self.http2.stop()


def unknown_authority_is_refused(place):
    for store in (ZARR, H5AD):
        done = place.run("info", f"{place.web.url}/{store}")
        check(done.returncode == 1 and done.stdout == "", done)
        check(re.search(r"The certificate of 127\.0\.0\.1:\d+ is not trusted: unable to get local issuer certificate$",
                        done.stderr), done.stderr)
    check(place.web.tell("log")["requests"] == 0, "it was asked for something")


def authority_of_a_file_is_trusted(place):
    for variable in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        for store in (ZARR, H5AD):
            done = place.run("digest", f"{place.web.url}/{store}", **{variable: place.authority.file})
            check(done.returncode == 0, done.stderr)
            check(done.stdout == place.run("digest", os.path.join(place.stores, store)).stdout, store)


def file_that_is_not_there(place):
    done = place.run("info", f"{place.web.url}/{ZARR}", CURL_CA_BUNDLE="/nowhere/ca.pem")
    check(done.returncode == 1, done)
    check("The file of certificates that are trusted cannot be read" in done.stderr, done.stderr)
    check("/nowhere/ca.pem" in done.stderr and done.stderr.count("\n") == 1, done.stderr)


def headers_are_sent(place):
    for store in (ZARR, H5AD):
        place.web.tell("reset")
        done = place.run("info", f"{place.web.url}/{store}", CURL_CA_BUNDLE=place.authority.file,
                         ANN_HTTP_TOKEN="to-ken", ANN_HTTP_HEADERS="X-Lab: one\nX-Key:  s3 cret ")
        check(done.returncode == 0, done.stderr)
        check("s3 cret" not in done.stdout + done.stderr, "it was printed")
        headers = place.web.tell("log")["headers"]
        wanted = {"x-lab": "one", "x-key": "s3 cret", "authorization": "Bearer to-ken"}
        check(headers and all(wanted.items() <= each.items() for each in headers), headers)


def headers_are_not_told(place):
    """Of what is refused, the message has nothing of them."""
    place.web.tell("fault?kind=status=403&n=0")
    done = place.run("info", f"{place.web.url}/{ZARR}", CURL_CA_BUNDLE=place.authority.file, ANN_HTTP_HEADERS="X-Key: s3cret")
    check(done.returncode == 1 and "(403)" in done.stderr, done.stderr)
    check("s3cret" not in done.stdout + done.stderr, done.stderr)


def wrong_headers(place):
    for headers, reason in (("s3cret", "Line 1 of the extra headers is not NAME: VALUE"),
                            ("X-A: b\ns3cret:", "Line 2 of the extra headers is not NAME: VALUE"),
                            ("Host: s3cret", "Host cannot be an extra header: each request has its own")):
        done = place.run("info", f"{place.web.url}/{ZARR}", ANN_HTTP_HEADERS=headers)
        check(done.returncode == 2, done)
        check(f"ANN_HTTP_HEADERS: {reason}" in done.stderr, done.stderr)
        check("s3cret" not in done.stderr, done.stderr)


def over_http2(place, store):
    if place.http2.process is None:
        raise Skipped("there is no nghttpd")
    done = place.run("digest", f"{place.http2.url}/{store}", CURL_CA_BUNDLE=place.authority.file)
    check(done.returncode == 0, done.stderr)
    check(done.stdout == place.run("digest", os.path.join(place.stores, store)).stdout, done.stdout)
    connections, paths, protocols = place.http2.take_requests()
    check(protocols == {"h2"}, protocols)
    check(len(connections) == 1, f"{len(connections)} connections for {len(paths)} requests")
    return paths


def zarr_over_http2(place):
    paths = over_http2(place, ZARR)
    check(len(paths) > 10, paths)


def h5ad_over_http2(place):
    paths = over_http2(place, H5AD)
    check(set(paths) == {f"/{H5AD}"}, paths)


def http2_of_an_unknown_authority(place):
    if place.http2.process is None:
        raise Skipped("there is no nghttpd")
    done = place.run("info", f"{place.http2.url}/{ZARR}")
    check(done.returncode == 1 and "is not trusted" in done.stderr, done)


CASES = [
    unknown_authority_is_refused, authority_of_a_file_is_trusted, file_that_is_not_there, headers_are_sent,
    headers_are_not_told, wrong_headers, zarr_over_http2, h5ad_over_http2, http2_of_an_unknown_authority,
]


def run_cases(place):
    failed = False
    print(f"1..{len(CASES)}")
    for number, case in enumerate(CASES, 1):
        problem, skipped = None, ""
        place.web.tell("reset")
        try:
            case(place)
        except Skipped as reason:
            skipped = f" # SKIP {reason}"
        except (AssertionError, KeyError, ValueError) as error:
            problem = repr(error) if not isinstance(error, AssertionError) else str(error)
        print(f"{'not ok' if problem else 'ok'} {number} - {case.__name__.replace('_', ' ')}{skipped}", flush=True)
        if problem:
            failed = True
            print("# " + problem.replace("\n", "\n# "))
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", required=True)
    parser.add_argument("--stores", required=True)
    arguments = parser.parse_args()

    if shutil.which("openssl") is None:
        print("1..0 # SKIP there is no openssl to make certificates with")
        return False
    with tempfile.TemporaryDirectory(prefix="ann-secure-") as folder:
        place = Place(arguments, folder)
        try:
            return run_cases(place)
        finally:
            place.stop()


if __name__ == "__main__":
    sys.exit(main())

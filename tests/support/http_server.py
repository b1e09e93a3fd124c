#!/usr/bin/env python3
"""A web server on loopback that misbehaves on command. The standard library only.

    http_server.py ROOT [--tls FILE.pem] [--delay-ms N]

It serves the files below ROOT by HTTP/1.1 with ranges, ETags and keep-alive, prints its address, and ends when its
standard input does: it dies with the test that started it.

Every request is counted, the faults below too; these are for the test and are not:

    /__log              JSON: requests, bytes, connections, max_concurrent, by_status, paths, ranges, agents, headers
    /__reset            forgets the log, the faults and the delay
    /__delay?ms=N       so long does each answer take
    /__hold             requests are answered no more until
    /__release          which lets all of them go
    /__touch?path=P     the file has another ETag and another time from now on
    /__fault?kind=KIND[=VALUE][&n=N][&skip=S][&path=TEXT]
                        the requests after the next S whose path has TEXT in it fail, N of them (0: all, usually 1)

Kinds of faults, and their values:

    status=CODE         answers with that status and a page of text; with &after=SECONDS also with a Retry-After
    cut=BYTES           closes the connection after that much of the body; -1: before the answer
    cut-unknown=BYTES   the same without saying how long the body is, so that only a Content-Range tells
    short=BYTES         Content-Length promises that much more than comes, then the connection ends
    stall=BYTES         sends that much of the body and then nothing more
    silent              never answers
    slow=MS             sends one byte in that time
    whole               200 and everything, whatever part was asked for
    whole-unknown       the same without saying how long it is
    shift=BYTES         a part (206) begins that much later than asked, as Content-Range says
    less=BYTES          a part has so much less than asked, and Content-Range says so
    no-range            a part comes without Content-Range
    redirect=ADDRESS    302 to there; `self` adds ?again to the same address: a circle
    encoded             says that the body is compressed
    weak                the ETag is another one in this answer
    no-etag             neither ETag nor Last-Modified
    headers             headers without an end
    garbage             no HTTP at all

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import asyncio
import json
import os
import re
import ssl
import sys
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def read_part(path, first, end):
    with open(path, "rb") as file:
        file.seek(first)
        return file.read(end - first)


class Closed(Exception):
    """The connection is to be closed without a word."""


class Answer:
    """A status, headers and a body, which a fault may change before it is sent."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.start = 0
        self.total = None

    def set_range(self):
        self.headers["Content-Range"] = f"bytes {self.start}-{self.start + len(self.body) - 1}/{self.total}"


class Server:
    def __init__(self, root, delay):
        self.root = os.path.realpath(root)
        self.usual_delay = delay
        self.connections = 0
        self.gate = asyncio.Event()
        self.reset()

    def reset(self):
        self.log, self.faults, self.touched = [], [], {}
        self.delay = self.usual_delay
        self.connections = self.now = self.max_now = 0
        self.gate.set()

    # --- Commands ---

    def summary(self):
        by_status = {}
        for entry in self.log:
            by_status[str(entry["status"])] = by_status.get(str(entry["status"]), 0) + 1
        return {
            "requests": len(self.log), "bytes": sum(entry["bytes"] for entry in self.log),
            "connections": self.connections, "max_concurrent": self.max_now, "by_status": by_status,
            "paths": [entry["path"] for entry in self.log], "ranges": [entry["range"] for entry in self.log],
            "queries": [entry["query"] for entry in self.log], "headers": [entry["headers"] for entry in self.log],
        }

    def command(self, url):
        given = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        name = url.path[3:]
        if name == "log":
            return self.summary()
        if name == "reset":
            self.reset()
        elif name == "delay":
            self.delay = float(given["ms"]) / 1000
        elif name == "hold":
            self.gate.clear()
        elif name == "release":
            self.gate.set()
        elif name == "touch":
            self.touched[given["path"]] = self.touched.get(given["path"], 0) + 1
        elif name == "fault":
            kind, _, value = given["kind"].partition("=")
            self.faults.append({
                "kind": kind, "value": value, "left": int(given.get("n", 1)) or -1, "skip": int(given.get("skip", 0)),
                "path": given.get("path", ""), "after": given.get("after"),
            })
        else:
            return {"ok": False}
        return {"ok": True}

    def take_fault(self, path):
        for fault in self.faults:
            if fault["path"] not in path or fault["left"] == 0:
                continue
            if fault["skip"] > 0:
                fault["skip"] -= 1
                continue
            fault["left"] -= 1
            return fault
        return {"kind": None, "value": None}

    # --- Files ---

    def find(self, path):
        found = os.path.realpath(os.path.join(self.root, unquote(path).lstrip("/")))
        return found if found.startswith(self.root + os.sep) and os.path.isfile(found) else None

    def answer(self, url, headers, whole):
        path = self.find(url.path)
        if path is None:
            return Answer(404, {"Content-Type": "text/html"}, b"<html>There is nothing here</html>\n")
        size = os.stat(path).st_size
        version = self.touched.get(url.path, 0)
        given = {
            "ETag": f'"{size:x}-{version}"', "Accept-Ranges": "bytes",
            "Last-Modified": formatdate(1.7e9 + version, usegmt=True), "Content-Type": "application/octet-stream",
        }
        if headers.get("if-none-match") == given["ETag"]:
            return Answer(304, given, b"")
        wanted = RANGE.fullmatch(headers.get("range", ""))
        if whole or wanted is None or wanted.groups() == ("", ""):
            return Answer(200, given, read_part(path, 0, size))
        if wanted[1]:
            first, end = int(wanted[1]), min(size, int(wanted[2]) + 1 if wanted[2] else size)
        else:
            first, end = max(0, size - int(wanted[2])), size
        if first >= end:
            return Answer(416, {"Content-Range": f"bytes */{size}"}, b"")
        answer = Answer(206, given, read_part(path, first, end))
        answer.start, answer.total = first, size
        answer.set_range()
        return answer

    # --- Sending ---

    def spoil(self, fault, answer, url):
        """What a fault changes before anything is sent."""
        kind, value = fault["kind"], fault["value"]
        if kind == "status":
            answer = Answer(int(value), {}, b"<Error><Code>Trouble</Code></Error>" if int(value) != 304 else b"")
            if fault["after"] is not None:
                answer.headers["Retry-After"] = fault["after"]
        elif kind == "redirect":
            answer = Answer(302, {"Location": url.path + "?again" if value == "self" else value}, b"elsewhere")
        elif kind in ("shift", "less", "no-range") and answer.status != 206:
            pass
        elif kind == "shift":
            answer.body = answer.body[int(value):]
            answer.start += int(value)
            answer.set_range()
        elif kind == "less":
            answer.body = answer.body[:-int(value)]
            answer.set_range()
        elif kind == "no-range":
            del answer.headers["Content-Range"]
        elif kind == "encoded":
            answer.headers["Content-Encoding"] = "gzip"
        elif kind == "weak":
            answer.headers["ETag"] = '"another"'
        elif kind == "no-etag":
            del answer.headers["ETag"], answer.headers["Last-Modified"]
        return answer

    async def send_body(self, writer, fault, body, entry):
        kind, value = fault["kind"], fault["value"]
        if kind == "slow":
            for at in range(len(body)):
                await asyncio.sleep(float(value) / 1000)
                writer.write(body[at:at + 1])
                entry["bytes"] += 1
                await writer.drain()
            return
        if kind in ("cut", "cut-unknown", "stall"):
            body = body[:int(value)]
        for at in range(0, len(body), 1 << 18):
            writer.write(body[at:at + (1 << 18)])
            entry["bytes"] += min(1 << 18, len(body) - at)
            await writer.drain()
        if kind in ("cut", "cut-unknown", "short"):
            raise Closed
        if kind == "stall":
            await asyncio.sleep(3600)

    async def send(self, writer, fault, answer, entry):
        kind, value = fault["kind"], fault["value"]
        entry["status"] = answer.status
        headers = dict(answer.headers)
        if kind not in ("whole-unknown", "cut-unknown"):
            headers["Content-Length"] = str(len(answer.body) + (int(value) if kind == "short" else 0))
        else:
            headers["Connection"] = "close"
        phrase = HTTPStatus(answer.status).phrase
        lines = [f"HTTP/1.1 {answer.status} {phrase}"] + [f"{name}: {text}" for name, text in headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self.send_body(writer, fault, answer.body, entry)
        await writer.drain()
        if kind == "whole-unknown":
            raise Closed

    async def send_without_end(self, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: and more and more and more and more\r\n" * 100)
            await writer.drain()

    async def serve(self, url, headers, writer):
        fault = self.take_fault(url.path)
        kind, value = fault["kind"], fault["value"]
        entry = {"path": url.path, "query": url.query, "range": headers.get("range"), "status": 0, "bytes": 0,
                 "headers": headers}
        self.log.append(entry)
        self.now += 1
        self.max_now = max(self.max_now, self.now)
        try:
            await self.gate.wait()
            if self.delay:
                await asyncio.sleep(self.delay)
            if kind == "silent":
                await asyncio.sleep(3600)
            if kind == "cut" and int(value) < 0:
                raise Closed
            if kind == "headers":
                await self.send_without_end(writer)
            if kind == "garbage":
                writer.write(b"220 mail.example.org ready\r\n")
                raise Closed
            answer = self.answer(url, headers, kind in ("whole", "whole-unknown"))
            await self.send(writer, fault, self.spoil(fault, answer, url), entry)
        finally:
            self.now -= 1

    async def read_request(self, reader):
        line = (await reader.readline()).decode("latin-1").split()
        if len(line) != 3:
            raise Closed
        headers = {}
        while (field := (await reader.readline()).decode("latin-1").strip()) != "":
            name, _, value = field.partition(":")
            headers[name.lower()] = value.strip()
        return urlsplit(line[1]), headers

    async def client(self, reader, writer):
        is_counted = False
        try:
            while True:
                url, headers = await self.read_request(reader)
                if url.path.startswith("/__"):
                    body = json.dumps(self.command(url)).encode()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                    await writer.drain()
                    continue
                if not is_counted:
                    self.connections += 1
                    is_counted = True
                await self.serve(url, headers, writer)
        except (Closed, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    parser.add_argument("--tls")
    parser.add_argument("--delay-ms", type=float, default=0)
    options = parser.parse_args()

    context = None
    if options.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.tls)
    server = Server(options.root, options.delay_ms / 1000)
    listener = await asyncio.start_server(server.client, "127.0.0.1", 0, ssl=context, backlog=256)
    port = listener.sockets[0].getsockname()[1]
    print(f"http{'s' if context else ''}://127.0.0.1:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())

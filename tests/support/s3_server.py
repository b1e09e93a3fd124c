#!/usr/bin/env python3
"""A server that speaks S3 to tests and recomputes every signature.

s3_server.py ROOT: the folders in ROOT are buckets, of which the names say what may be done:
  public…   anybody reads and lists
  nolist…   anybody reads; to list is forbidden, so that what is not there is 403, as in Amazon's
  other…    signed requests must be for the region eu-west-1
  readonly… who signs right reads and lists
  noremove… who signs right does all but remove
  …         who signs right reads, lists, writes and removes
Prints its address, and ends when its standard input does. Commands:
  /__fault?code=CODE&status=STATUS   answers so to all (without a code: with a page, as no S3 does),
                                     until
  /__reset
  /__page?most=N                     so many keys are in a page of a list, 1000 if not said
  /__fail?at=N&status=STATUS&code=CODE   the N-th request that writes, from 0, and those after it are
                                     answered so; with &times=M only M of them
  /__lose?at=N&times=M               M of them are done, and not answered: the connection is closed
  /__slow?ms=N                       takes so long for each 64 KiB of a body
  /__upload?key=KEY                  an upload of KEY in the bucket "bucket" that somebody began
  /__forget                          uploads that are open are no more
  /__log                             {"requests": N, "lists": N, "headers": […], "paths": […],
                                     "writes": N, "uploads": N that are open, "parts": N, "most": N
                                     requests that wrote at the same time}

SPDX-License-Identifier: Apache-2.0
"""

import datetime
import hashlib
import hmac
import http.server
import json
import os
import socket
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

# Access keys: the secret, and the session token that must come along.
KEYS = {
    "AKIDTESTKEY": ("secret/Test+Key=", None),
    "ASIALENTKEY": ("lent/secret", "to/ken+for=an hour"),
}
EMPTY = hashlib.sha256(b"").hexdigest()


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-_.~")


def check_signature(method, target, headers, body):
    """What is wrong with the signature of a request: an S3 error code, None if nothing."""
    fields = {}
    authorization = headers["Authorization"]
    if not authorization.startswith("AWS4-HMAC-SHA256 "):
        return "InvalidRequest"
    for part in authorization[len("AWS4-HMAC-SHA256 "):].split(","):
        name, _, value = part.strip().partition("=")
        fields[name] = value
    key_id, day, region, service, end = fields["Credential"].split("/")
    if key_id not in KEYS:
        return "InvalidAccessKeyId"
    secret, token = KEYS[key_id]
    if token != headers.get("x-amz-security-token"):
        return "InvalidToken"

    names = fields["SignedHeaders"].split(";")
    needed = {"host"} | {name.lower() for name in headers if name.lower().startswith("x-amz-")}
    stamp = headers.get("x-amz-date", "")
    if names != sorted(names) or not needed <= set(names) or not needed_hash(headers, body):
        return "SignatureDoesNotMatch"
    when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs(when.timestamp() - time.time()) > 900 or not stamp.startswith(day):
        return "RequestTimeTooSkewed"

    path, _, query = target.partition("?")
    parameters = sorted((quote(name), quote(value)) for name, value in
                        urllib.parse.parse_qsl(query, keep_blank_values=True))
    request = "\n".join([
        method,
        quote(urllib.parse.unquote(path), "/"),
        "&".join(f"{name}={value}" for name, value in parameters),
        *(f"{name}:{' '.join(headers[name].split())}" for name in names),
        "",
        ";".join(names),
        headers["x-amz-content-sha256"],
    ])
    scope = f"{day}/{region}/{service}/{end}"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != fields["Signature"]:
        return "SignatureDoesNotMatch"
    return "AuthorizationHeaderMalformed" if region != expected_region(path) else None


def needed_hash(headers, body):
    return headers.get("x-amz-content-sha256") == (hashlib.sha256(body).hexdigest() if body else EMPTY)


def expected_region(path):
    return "eu-west-1" if path.startswith("/other") else "us-east-1"


class Fault(Exception):
    def __init__(self, status, code, more=""):
        super().__init__(code)
        self.status, self.code, self.more = status, code, more


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # else the body waits for the headers to be acknowledged
    lock = threading.Lock()
    fault = None
    page = 1000
    paths = []
    headers_seen = []
    failure = None  # (first, end, status, code)
    lost = None  # (first, end)
    is_mute = False
    marks = {}  # path: the headers x-amz-meta-… of an object
    slow_ms = 0
    free = threading.Event()  # what writes waits for it
    free.set()
    n_done = 0
    n_writes = n_parts = n_writing = most_writing = 0
    uploads = {}  # id: (bucket, key, {number: bytes})
    body = b""

    def log_message(self, *args):
        pass

    def send(self, status, body, **headers):
        if self.is_mute:
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith("/__"):
            return self.do_command()
        self.body = b""
        with self.lock:
            Handler.paths.append(self.path)
            Handler.headers_seen.append(dict(self.headers))
        self.answer_or_fail(self.answer)

    def do_PUT(self):
        self.body = self.read_body(int(self.headers["Content-Length"] or 0))
        with self.lock:
            number = Handler.n_writes
            Handler.n_writes += 1
            Handler.paths.append(self.command + " " + self.path)
            Handler.n_writing += 1
            Handler.most_writing = max(Handler.most_writing, Handler.n_writing)
        Handler.free.wait()
        self.is_mute = Handler.lost is not None and Handler.lost[0] <= number < Handler.lost[1]
        self.answer_or_fail(lambda: self.write(number))
        if self.is_mute:
            self.close_connection = True
        with self.lock:
            Handler.n_writing -= 1
            Handler.n_done += 1

    do_POST = do_DELETE = do_PUT
    do_HEAD = do_GET

    def read_body(self, length):
        if not Handler.slow_ms:
            return self.rfile.read(length)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        parts = []
        while length > 0:
            parts.append(self.rfile.read(min(length, 1 << 16)))
            length -= len(parts[-1])
            time.sleep(Handler.slow_ms / 1000)
        return b"".join(parts)

    def answer_or_fail(self, answer):
        try:
            answer()
        except Fault as fault:
            body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{fault.code}</Code>'
                    f"<Message>As the request was: {escape(str(self.headers))}</Message>{fault.more}</Error>")
            if fault.code is None:
                body = "<html><body>Not Found</body></html>"
            self.send(fault.status, body.encode(), Content_Type="application/xml" if fault.code else "text/html")

    def do_command(self):
        name, _, query = self.path[3:].partition("?")
        values = dict(urllib.parse.parse_qsl(query))
        body = b"{}"
        with self.lock:
            if name == "fault":
                Handler.fault = (int(values["status"]), values.get("code"))
            elif name == "page":
                Handler.page = int(values["most"])
            elif name == "fail":
                first = int(values["at"])
                Handler.failure = (first, first + int(values.get("times", 1 << 30)), int(values["status"]), values["code"])
            elif name == "lose":
                first = int(values["at"])
                Handler.lost = (first, first + int(values["times"]))
            elif name == "slow":
                Handler.slow_ms = int(values["ms"])
            elif name == "upload":
                Handler.uploads["somebody's"] = ("bucket", values["key"], {}, {})
            elif name == "forget":
                Handler.uploads.clear()
            elif name == "hold":
                Handler.free.clear()
            elif name == "reset":
                Handler.slow_ms = Handler.n_done = 0
                Handler.free.set()
                Handler.fault = Handler.failure = Handler.lost = None
                Handler.n_writes = Handler.n_parts = Handler.most_writing = 0
                Handler.paths, Handler.headers_seen = [], []
            elif name == "log":
                lists = sum("list-type=2" in path for path in Handler.paths)
                body = json.dumps({"requests": len(Handler.paths), "lists": lists,
                                   "paths": Handler.paths, "headers": Handler.headers_seen,
                                   "writes": Handler.n_writes, "parts": Handler.n_parts,
                                   "uploads": len(Handler.uploads), "done": Handler.n_done, "most": Handler.most_writing}).encode()
        self.send(200, body)

    def look_at(self):
        """Checks bucket and signature of a request."""
        if Handler.fault is not None:
            raise Fault(*Handler.fault)
        path, _, query = self.path.partition("?")
        bucket, _, key = urllib.parse.unquote(path)[1:].partition("/")
        folder = os.path.join(self.server.root, bucket)
        if not bucket or not os.path.isdir(folder):
            raise Fault(404, "NoSuchBucket")
        signed = "Authorization" in self.headers
        if signed:
            wrong = check_signature(self.command, self.path, self.headers, self.body)
            if wrong == "AuthorizationHeaderMalformed":
                raise Fault(400, wrong, f"<Region>{expected_region(path)}</Region>")
            if wrong is not None:
                raise Fault(403, wrong)
        elif not bucket.startswith(("public", "nolist")):
            raise Fault(403, "AccessDenied")
        return bucket, folder, key, query, signed

    def answer(self):
        bucket, folder, key, query, signed = self.look_at()
        can_list = signed or not bucket.startswith("nolist")
        if not key:
            if not can_list:
                raise Fault(403, "AccessDenied")
            return self.list(bucket, folder, dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        if "forbidden" in key:
            raise Fault(403, "AccessDenied")
        self.get(os.path.join(folder, key), can_list)

    def write(self, number):
        bucket, folder, key, query, signed = self.look_at()
        parameters = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if not signed or bucket.startswith("readonly") or (self.command == "DELETE" and bucket.startswith("noremove")):
            raise Fault(403, "AccessDenied")
        if Handler.failure is not None and Handler.failure[0] <= number < Handler.failure[1]:
            if Handler.failure[2] == 200:
                return self.send(200, f"<Error><Code>{Handler.failure[3]}</Code></Error>".encode())
            raise Fault(*Handler.failure[2:])
        path = os.path.join(folder, key)
        if self.headers.get("If-None-Match") == "*" and os.path.isfile(path):
            raise Fault(412, "PreconditionFailed")
        if self.command == "PUT" and "uploadId" not in parameters:
            self.put(path, self.body, self.get_marks())
            return self.send(200, b"", ETag='"' + hashlib.md5(self.body).hexdigest() + '"')
        if self.command == "DELETE" and "uploadId" not in parameters:
            if os.path.isfile(path):
                os.unlink(path)
            return self.no_content()
        if "uploads" in parameters:
            with self.lock:
                name = f"up/load+{len(Handler.uploads)} {number}"
                Handler.uploads[name] = (bucket, key, {}, self.get_marks())
            return self.send(200, f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId>"
                                  f"</InitiateMultipartUploadResult>".encode())
        self.write_upload(path, parameters, self.find_upload(bucket, key, parameters))

    def find_upload(self, bucket, key, parameters):
        upload = Handler.uploads.get(parameters["uploadId"])
        if upload is None or upload[:2] != (bucket, key):
            raise Fault(404, "NoSuchUpload")
        return upload[2]

    def write_upload(self, path, parameters, parts):
        if self.command == "PUT":
            parts[int(parameters["partNumber"])] = self.body
            with self.lock:
                Handler.n_parts += 1
            return self.send(200, b"", ETag='"' + hashlib.md5(self.body).hexdigest() + '"')
        if self.command == "POST":
            rows = ElementTree.fromstring(self.body).findall("Part")
            wanted = [(int(row.find("PartNumber").text), row.find("ETag").text) for row in rows]
            if wanted != [(number, '"' + hashlib.md5(parts[number]).hexdigest() + '"') for number in sorted(parts)]:
                raise Fault(400, "InvalidPart")
            self.put(path, b"".join(parts[number] for number, _ in wanted),
                     Handler.uploads[parameters["uploadId"]][3])
        with self.lock:
            del Handler.uploads[parameters["uploadId"]]
        if self.command == "DELETE":
            return self.no_content()
        self.send(200, b"<CompleteMultipartUploadResult/>")

    def get_marks(self):
        return {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}

    def put(self, path, data, marks):
        Handler.marks[path] = marks
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def no_content(self):
        if self.is_mute:
            return
        self.send_response(204)
        self.end_headers()

    def get(self, path, can_list):
        if not os.path.isfile(path) or path.endswith("/"):
            raise Fault(404, "NoSuchKey") if can_list else Fault(403, "AccessDenied")
        with open(path, "rb") as file:
            data = file.read()
        tag = '"' + hashlib.md5(data).hexdigest() + '"'
        range_ = self.headers.get("Range")
        if range_ is None:
            return self.send(200, data, ETag=tag, **Handler.marks.get(path, {}))
        first, _, last = range_.removeprefix("bytes=").partition("-")
        if first == "":
            start, end = max(0, len(data) - int(last)), len(data)
        else:
            start, end = int(first), min(len(data), int(last) + 1 if last else len(data))
        if start >= len(data):
            raise Fault(416, "InvalidRange")
        self.send(206, data[start:end], ETag=tag, Content_Range=f"bytes {start}-{end - 1}/{len(data)}")

    def list(self, bucket, folder, parameters):
        if parameters.get("list-type") != "2" or parameters.get("encoding-type") != "url":
            raise Fault(501, "NotImplemented")
        prefix, delimiter = parameters.get("prefix", ""), parameters.get("delimiter", "")
        after = parameters.get("continuation-token", "")
        most = min(int(parameters.get("max-keys", 1000)), Handler.page)
        found = {}
        for where, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(where, name)
                key = os.path.relpath(path, folder)
                if not key.startswith(prefix):
                    continue
                head, cut, _ = key[len(prefix):].partition(delimiter) if delimiter else (key, "", "")
                found[prefix + head + cut] = None if cut else os.path.getsize(path)
        names = [name for name in sorted(found, key=str.encode) if name.encode() > after.encode()]
        page, rest = names[:most], names[most:]
        encode = lambda name: urllib.parse.quote_plus(name, safe="/")
        # As Amazon's, first the objects of the page and then the prefixes.
        rows = "".join(f"<Contents><Key>{encode(name)}</Key><Size>{found[name]}</Size></Contents>"
                       for name in page if found[name] is not None)
        rows += "".join(f"<CommonPrefixes><Prefix>{encode(name)}</Prefix></CommonPrefixes>"
                        for name in page if found[name] is None)
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if rest else ""
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n'
                f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name>'
                f"<IsTruncated>{'true' if rest else 'false'}</IsTruncated>{rows}{more}"
                f"<EncodingType>url</EncodingType></ListBucketResult>")
        self.send(200, body.encode(), Content_Type="application/xml")


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # who gave up has been served
            super().handle_error(request, client_address)


def main():
    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.root = sys.argv[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""A server that speaks S3 to tests and recomputes every signature.

s3_server.py ROOT: the folders in ROOT are buckets, of which the names say what may be done:
  public…   anybody reads and lists
  nolist…   anybody reads; to list is forbidden, so that what is not there is 403, as in Amazon's
  other…    signed requests must be for the region eu-west-1
  …         who signs right reads and lists
Prints its address, and ends when its standard input does. Commands:
  /__fault?code=CODE&status=STATUS   answers so to all (without a code: with a page, as no S3 does),
                                     until
  /__reset
  /__page?most=N                     so many keys are in a page of a list, 1000 if not said
  /__log                             {"requests": N, "lists": N, "headers": […], "paths": […]}

SPDX-License-Identifier: Apache-2.0
"""

import datetime
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

# Access keys: the secret, and the session token that must come along.
KEYS = {
    "AKIDTESTKEY": ("secret/Test+Key=", None),
    "ASIALENTKEY": ("lent/secret", "to/ken+for=an hour"),
}
EMPTY = hashlib.sha256(b"").hexdigest()


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-_.~")


def check_signature(method, target, headers):
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
    if names != sorted(names) or not needed <= set(names) or headers.get("x-amz-content-sha256") != EMPTY:
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
        EMPTY,
    ])
    scope = f"{day}/{region}/{service}/{end}"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != fields["Signature"]:
        return "SignatureDoesNotMatch"
    return "AuthorizationHeaderMalformed" if region != expected_region(path) else None


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

    def log_message(self, *args):
        pass

    def send(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith("/__"):
            return self.do_command()
        with self.lock:
            Handler.paths.append(self.path)
            Handler.headers_seen.append(dict(self.headers))
        try:
            self.answer()
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
            elif name == "reset":
                Handler.fault = None
                Handler.paths, Handler.headers_seen = [], []
            elif name == "log":
                lists = sum("list-type=2" in path for path in Handler.paths)
                body = json.dumps({"requests": len(Handler.paths), "lists": lists,
                                   "paths": Handler.paths, "headers": Handler.headers_seen}).encode()
        self.send(200, body)

    def answer(self):
        if Handler.fault is not None:
            raise Fault(*Handler.fault)
        path, _, query = self.path.partition("?")
        bucket, _, key = urllib.parse.unquote(path)[1:].partition("/")
        folder = os.path.join(self.server.root, bucket)
        if not bucket or not os.path.isdir(folder):
            raise Fault(404, "NoSuchBucket")
        signed = "Authorization" in self.headers
        if signed:
            wrong = check_signature("GET", self.path, self.headers)
            if wrong == "AuthorizationHeaderMalformed":
                raise Fault(400, wrong, f"<Region>{expected_region(path)}</Region>")
            if wrong is not None:
                raise Fault(403, wrong)
        elif not bucket.startswith(("public", "nolist")):
            raise Fault(403, "AccessDenied")
        can_list = signed or not bucket.startswith("nolist")
        if not key:
            if not can_list:
                raise Fault(403, "AccessDenied")
            return self.list(bucket, folder, dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        if "forbidden" in key:
            raise Fault(403, "AccessDenied")
        self.get(os.path.join(folder, key), can_list)

    def get(self, path, can_list):
        if not os.path.isfile(path) or path.endswith("/"):
            raise Fault(404, "NoSuchKey") if can_list else Fault(403, "AccessDenied")
        with open(path, "rb") as file:
            data = file.read()
        tag = '"' + hashlib.md5(data).hexdigest() + '"'
        range_ = self.headers.get("Range")
        if range_ is None:
            return self.send(200, data, ETag=tag)
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

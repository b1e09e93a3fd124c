#!/usr/bin/env python3
"""moto, which does what S3 does, with buckets made of folders.

    moto_server.py ROOT

The folders in ROOT become buckets, and the files below them objects; those of buckets whose name begins with
"public" may be read and listed by anybody, the others by whoever signs: moto believes every signature. Prints its
address, and ends when its standard input does. It runs in the Python that ANN_TEST_PYTHON names, which has moto.

SPDX-License-Identifier: Apache-2.0
"""

import logging
import os
import pathlib
import sys

if sys.executable != os.environ["ANN_TEST_PYTHON"]:
    os.execv(os.environ["ANN_TEST_PYTHON"], [os.environ["ANN_TEST_PYTHON"], *sys.argv])

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402


def fill(client, root):
    for folder in sorted(path for path in pathlib.Path(root).iterdir() if path.is_dir()):
        acl = "public-read" if folder.name.startswith("public") else "private"
        client.create_bucket(Bucket=folder.name, ACL=acl)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                client.put_object(Bucket=folder.name, Key=str(path.relative_to(folder)), Body=path.read_bytes(),
                                  ACL=acl)


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://%s:%d" % server.get_host_and_port()
    # What moto gets here is not sent to where the machine's own settings point.
    fill(boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="x",
                      aws_secret_access_key="x", aws_session_token=None), sys.argv[1])
    print(url, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()

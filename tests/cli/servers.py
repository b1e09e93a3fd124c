"""The servers of tests/support, as the tests of the command start them.

SPDX-License-Identifier: Apache-2.0
"""

import json
import pathlib
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request

SUPPORT = pathlib.Path(__file__).resolve().parent.parent / "support"
TIMEOUT = 60


class Server:
    """A server that serves a folder until it is stopped. authority: a file with who signed its certificate"""

    def __init__(self, script, root, *arguments, authority=None):
        self.process = subprocess.Popen([sys.executable, SUPPORT / script, root, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        handlers = [urllib.request.ProxyHandler({})]
        if authority is not None:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)))
        self.opener = urllib.request.build_opener(*handlers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def tell(self, command, **values):
        """A command of its own, such as `reset`, and what it answers."""
        query = f"?{urllib.parse.urlencode(values)}" if values else ""
        with self.opener.open(f"{self.url}/__{command}{query}", timeout=TIMEOUT) as answer:
            return json.loads(answer.read() or "{}")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(TIMEOUT)

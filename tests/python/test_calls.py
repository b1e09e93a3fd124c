"""How a call waits: without the interpreter's lock, to be ended by Ctrl+C, and without a leak.

The store comes from a web server in this very process: who holds the lock while he reads waits for ever.

SPDX-License-Identifier: Apache-2.0
"""

import ctypes
import gc
import http.server
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import unittest

import numpy as np

import anncore
import support


class Gate(http.server.ThreadingHTTPServer):
    """Serves the sample; `enter` is called at each request, before its answer."""

    daemon_threads = True

    def __init__(self, enter):
        super().__init__(("127.0.0.1", 0), Handler)
        self.enter = enter
        self.bytes = support.sample().read_bytes()
        self.address = f"http://127.0.0.1:{self.server_address[1]}/sample.h5ad"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, with_body):
        self.server.enter()
        body, status = self.server.bytes, 200
        place = self.headers.get("Range")
        total = len(body)
        if place:
            first, _, last = place.removeprefix("bytes=").partition("-")
            first = int(first) if first else total - int(last)
            last = min(int(last), total - 1) if last and place[6] != "-" else total - 1
            body, status = body[first:last + 1], 206
        try:
            self.send_response(status)
            if place:
                self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)
        except OSError:
            pass  # who asked has been cancelled

    def log_message(self, *arguments):
        pass


class Calls(support.InFolder):
    def serve(self, enter):
        server = Gate(enter)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def test_lock_is_released(self):
        server = self.serve(lambda: None)
        data = anncore.open(server.address)
        self.assertEqual(data.shape, (700, 765))
        np.testing.assert_array_equal(data.read("X"), anncore.open(support.sample()).read("X"))
        self.assertEqual(data.filter("n_genes > 900").tolist(), anncore.open(support.sample()).filter("n_genes > 900").tolist())

    def test_two_at_once(self):
        """Each is answered when the other has asked, too."""
        both = threading.Barrier(2)
        first = threading.Semaphore(2)

        def enter():
            if first.acquire(blocking=False):
                both.wait(30)

        servers = [self.serve(enter), self.serve(enter)]
        shapes = []
        threads = [threading.Thread(target=lambda s=server: shapes.append(anncore.open(s.address).shape)) for server in servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(shapes, [(700, 765)] * 2)
        self.assertFalse(both.broken)

    def test_interrupt(self):
        """Ctrl+C ends a call that would wait for ever."""
        lets_pass = threading.Event()
        self.addCleanup(lets_pass.set)

        def enter():
            if not lets_pass.is_set():
                os.kill(os.getpid(), signal.SIGINT)
                lets_pass.wait(60)

        server = self.serve(enter)
        with self.assertRaises(KeyboardInterrupt):
            anncore.open(server.address)
        self.assertFalse(lets_pass.is_set())

        lets_pass.set()
        self.assertEqual(anncore.open(server.address).shape, (700, 765))

    def test_handler_may_go_on(self):
        """A signal whose handler raises nothing ends nothing."""
        seen = []
        old = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
        self.addCleanup(signal.signal, signal.SIGINT, old)
        sent = threading.Event()

        def enter():
            if not sent.is_set():
                sent.set()
                os.kill(os.getpid(), signal.SIGINT)

        self.assertEqual(anncore.open(self.serve(enter).address).shape, (700, 765))
        self.assertEqual(seen, [signal.SIGINT])

    def test_progress_may_end_it(self):
        class Enough(Exception):
            pass

        def progress(done, total):
            raise Enough

        with self.assertRaises(Enough):
            anncore.open(support.sample()).export("x.h5ad", progress=progress)
        # What was complete by then may be there; nothing else is.
        self.assertIn(os.listdir(), ([], ["x.h5ad"]))

    def test_interrupted_export(self):
        """Who sees KeyboardInterrupt finds none of the files that were there by then."""
        steps = []

        def progress(done, total):
            steps.append(len(os.listdir()))
            if len(steps) == 3:
                os.kill(os.getpid(), signal.SIGINT)

        parts = [anncore.open(support.sample()) for _ in range(40)]
        joined = anncore.concat(parts, keys=[str(i) for i in range(40)], index_unique="-")
        with self.assertRaises(KeyboardInterrupt):
            joined.export("x.zarr", chunk_rows=1, progress=progress)
        self.assertEqual(os.listdir(), [])
        self.assertIn(1, steps)

    @unittest.skipUnless(sys.platform == "linux", "fork")
    def test_forked_process_says_so(self):
        anncore.open(support.sample())
        with multiprocessing.get_context("fork").Pool(1) as pool:
            with self.assertRaisesRegex(RuntimeError, "spawn"):
                pool.apply_async(open_sample, (str(support.sample()),)).get(60)

    def test_errors_travel(self):
        try:
            anncore.open(support.sample()).filter("n_genez > 1")
        except anncore.FilterError as error:
            copy = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(copy), str(copy), copy.column), (type(error), str(error), error.column))

    def test_nothing_leaks(self):
        def work():
            with anncore.open(support.sample()) as data:
                view = data.select("n_genes > 900", slice(None, None, -1)).select([3, 1, 2])
                view.read("obs"), view.read("raw/X"), view.read("X"), view.obs_names, repr(view), data.read("uns")
                data.stats("obs/phase"), data.stats("obs/n_genes"), data.validate(), data.read("obsm")
                for mistake in (lambda: data.filter("n_genez > 1"), lambda: data.select(["nobody"]), lambda: data.read("no"),
                                lambda: anncore.open("nowhere"), lambda: data.split("no", "x"), lambda: data.stats("uns"), lambda: data.select([10**6]),
                                lambda: data.export("/nowhere/x.h5ad"), lambda: data.export("x.h5ad", compression="none:a")):
                    try:
                        mistake()
                    except (anncore.Error, ValueError):
                        pass
                anncore.concat([data, view], label="a", keys=["b", "c"], index_unique="-").read("obs")

        def measure():
            gc.collect()
            return sys.getallocatedblocks(), count_bytes(), len(os.listdir("/proc/self/fd"))

        for _ in range(60):  # until caches are full
            work()
        before = measure()
        for _ in range(100):
            work()
        after = measure()
        self.assertLess(after[0] - before[0], 200)  # caches go on by less; a list of labels would be more
        self.assertLess(after[1] - before[1], 100 * 200_000)  # X has 2 MB; caches of threads come and go
        self.assertEqual(after[2], before[2])


def open_sample(path):
    return anncore.open(path).shape


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


def count_bytes():
    """What malloc () has given away."""
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = Mallinfo
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd

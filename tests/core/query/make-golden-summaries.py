#!/usr/bin/env python3
"""Writes golden-summaries.h: what numpy says of numbers that the test makes in the same way.

Run by hand, with numpy: make-golden-summaries.py > golden-summaries.h

SPDX-License-Identifier: Apache-2.0
"""

import math
from fractions import Fraction

import numpy as np

U64 = (1 << 64) - 1


def mix(i):
    """splitmix64, as in the test."""
    z = (i + 1) * 0x9E3779B97F4A7C15 & U64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & U64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & U64
    return z ^ z >> 31


def make(formula, n):
    values = []
    for i in range(n):
        bits = mix(i)
        fraction = (bits >> 11) / (1 << 53)
        if formula == "EVEN":
            value = fraction
        elif formula == "WIDE":
            value = (fraction - 0.4) * 10.0 ** (bits % 7 * 3)
        elif formula == "COUNTS":
            value = math.floor(fraction * fraction * 1000)
        elif formula == "SMALL":
            value = bits % 12
        elif formula == "SIGNED":
            value = bits % 101 - 50
        elif formula == "HOLES":
            value = [math.nan, math.inf, -math.inf, -0.0, fraction, -fraction][bits % 6]
        elif formula == "CLOSE":  # one prefix for all
            value = 1 + fraction * 2.0 ** -40
        elif formula == "LARGE":  # whole numbers that differ in bits that doubles do not have
            value = (1 << 54) + i % 300
        elif formula == "SAME":
            value = -2.5
        elif formula == "HUGE":
            value = (fraction - 0.5) * 2 * 1.7e308
        values.append(value)
    return values


CASES = [
    # name, formula, dtype, n
    ("even", "EVEN", "float64", 1000),
    ("wide", "WIDE", "float64", 5003),
    ("wide32", "WIDE", "float32", 5003),
    ("wide16", "EVEN", "float16", 999),
    ("counts", "COUNTS", "int64", 4000),
    ("counts32", "COUNTS", "float32", 4000),
    ("small", "SMALL", "uint8", 777),
    ("signed", "SIGNED", "int32", 2500),
    ("signed8", "SIGNED", "int8", 2500),
    ("holes", "HOLES", "float64", 1200),
    ("close", "CLOSE", "float64", 3001),
    ("large", "LARGE", "int64", 600),
    ("largest", "LARGE", "uint64", 600),
    ("same", "SAME", "float32", 10),
    ("huge", "HUGE", "float64", 100),
    ("one", "EVEN", "float64", 1),
    ("two", "EVEN", "float64", 2),
    ("none", "EVEN", "float64", 0),
]


def exact(value):
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return float(value).hex()


def deviation(values):
    """With exact sums: numpy's own lose digits where the values are large and close."""
    scale = Fraction(max(map(abs, values)))
    values = [Fraction(value) / scale for value in values]
    mean = sum(values) / len(values)
    square = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return math.sqrt(square) * float(scale)


def describe(name, formula, dtype, n):
    stored = np.array(make(formula, n), dtype=dtype)
    x = stored.astype("float64")
    finite = x[np.isfinite(x)]
    k = len(finite)
    whole = bool(np.all(finite == np.rint(finite)))
    nan = math.nan
    low = finite.min() if k else nan
    high = finite.max() if k else nan
    out = {
        "n_missing": int(np.isnan(x).sum()),
        "n_distinct": len(np.unique(stored[~np.isnan(x)])),
        "is_integral": "TRUE" if whole else "FALSE",
        "n_finite": k,
        "n_infinite": int(np.isinf(x).sum()),
        "n_zero": int((x == 0).sum()),
        "n_negative": int((x < 0).sum()),
        "minimum": exact(low),
        "maximum": exact(high),
        "mean": exact(float(sum(map(Fraction, finite)) / 2**60) / k * 2.0**60 if k else nan),
        "sd": exact(deviation(finite) if k > 1 else nan),
    }
    quantiles = [np.quantile(finite, q) if k else nan for q in (0.05, 0.25, 0.5, 0.75, 0.95)]
    out["quantiles"] = "{ " + ", ".join(exact(q) for q in quantiles) + " }"
    bins = []
    if k:
        span = high - low
        if span == 0 or (whole and span < 50 and low > -2**52 and high < 2**52):
            low, high, n_bins = low - 0.5, high + 0.5, int(span) + 1
        else:
            n_bins = 50
        if math.isfinite(high - low):
            bins = np.histogram(finite, bins=n_bins, range=(low, high))[0].tolist()
        else:
            bins = np.histogram(finite / 4, bins=n_bins, range=(low / 4, high / 4))[0].tolist()
    out["n_bins"] = len(bins)
    out["bins"] = "{ " + ", ".join(map(str, bins or [0])) + " }"
    fields = "".join(f"    .{key} = {value},\n" for key, value in out.items())
    return f'  {{\n    .name = "{name}",\n    .formula = {formula},\n    .dtype = ANN_DTYPE_{dtype.upper()},\n    .n = {n},\n{fields}  }},\n'


print("""/* golden-summaries.h: made by make-golden-summaries.py, with numpy
 *
 * SPDX-License-Identifier: Apache-2.0
 */

/* clang-format off */
static const Golden goldens[] = {""")
print("".join(describe(*case) for case in CASES), end="")
print("};")

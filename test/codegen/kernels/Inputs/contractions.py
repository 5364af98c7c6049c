#!/usr/bin/env python3
"""Prints functions of one contraction each.

    contractions.py sizes    over awkward sizes
    contractions.py blocks   in blocks of each kind, and as the cost model cuts

Every extent is 1, a prime, or stands at or beside a multiple of what the kernels
count by: tiles of 8 and 6 rows, vectors of 8 and 16 columns, panels and units of
32. Each size comes in both forms of the left operand, bare (equal to the f32
interpreter, for the sum's order is fixed), with zeros to pass over, and with an
epilogue.
"""
import sys

from kernel_ir import function, tensor

SIZES = [  # m, n, k
    (1, 1, 1), (1, 7, 5), (2, 8, 1), (3, 9, 2), (5, 15, 3), (6, 16, 7),
    (7, 17, 8), (8, 31, 9), (9, 32, 11), (11, 33, 13), (12, 47, 4),
    (13, 48, 17), (15, 49, 1), (16, 63, 6), (17, 64, 10), (31, 65, 5),
    (32, 10, 12), (33, 96, 3), (41, 97, 2), (64, 128, 19), (65, 127, 23),
    (33, 128, 21), (9, 256, 6),
    (127, 10, 64), (1, 200, 31), (200, 1, 33),
    # More rows than a cache holds.
    (1025, 33, 260), (1030, 40, 70),
    # Rows of a short sum; few rows, and a right operand from afar.
    (1030, 70, 3), (1, 1030, 520),
    # Few columns of a long sum, one and two vectors of rows, and rows besides.
    (45, 1, 131), (77, 2, 133), (16, 3, 150), (33, 4, 128), (45, 7, 131),
    (50, 10, 129), (77, 10, 34), (97, 12, 33), (64, 14, 40), (33, 14, 32)]


def contraction(m, n, k, transposed):
    form = "t" if transposed else "n"
    left = tensor(k, m) if transposed else tensor(m, k)
    right, out = tensor(k, n), tensor(m, n)
    word = " transposed" if transposed else ""
    product = f"    %0 = kiln.matmul %a_{word}, %b_ : ({left}, {right})"
    operands = [("a", left, ""), ("b", right, "")]

    function(f"bare_{form}_{m}x{n}x{k}", operands, [("%0", out, "")], product,
             "test.exact")
    # Few numbers that are not zero, and so many that all are summed over.
    for name, zeros in ("sparse", 0.97), ("full", 0.1):
        function(f"{name}_{form}_{m}x{n}x{k}",
                 [("a", left, f"{{test.zeros = {zeros}}}"), ("b", right, "")],
                 [("%0", out, "")], product, "test.exact",
                 marks="attributes {kiln.skip_zeros}")
    # Addresses in the scratch memory, which are asked for and nothing else.
    if transposed and k * m >= 1000:
        for name, marks in ("asks", ""), ("asks_sparse", "kiln.skip_zeros, "):
            function(f"{name}_{m}x{n}x{k}", operands, [("%0", out, "")], product,
                     "test.exact",
                     marks=f"attributes {{{marks}kiln.ask_ahead = 0 : i64}}")
    if not transposed:
        function(
            f"dense_{m}x{n}x{k}",
            operands + [("c", tensor(n), ""),
                        ("d", tensor(m, n, element="i1"), ""),
                        ("e", tensor(m), ""), ("f", tensor(), "")],
            [("%7", out, ""), ("%3", out, ""), ("%8", tensor(m, n, element="i1"), "")],
            f"""{product}
    %1 = kiln.broadcast %c_ along [1] : {tensor(n)} to {out}
    %2 = kiln.add %0, %1 : {out}
    %3 = kiln.relu %2 : {out}
    %4 = kiln.dropout %3, %d_ {{rate = 2.0e-01 : f64}} : {out}, {tensor(m, n, element="i1")}
    %5 = kiln.broadcast %e_ along [0] : {tensor(m)} to {out}
    %6 = kiln.mul %4, %5 : {out}
    %s = kiln.broadcast %f_ along [] : {tensor()} to {out}
    %7 = kiln.sub %6, %s : {out}
    %z = kiln.constant dense<0.0> : {out}
    %8 = kiln.compare gt, %2, %z : {out}""",
            "test.tolerance = 1.0e-5")
    else:
        function(
            f"adam_{m}x{n}x{k}",
            operands + [("w", out, ""), ("m", out, ""),
                        ("v", out, "{test.range = [0.1, 1.0]}"),
                        ("h", tensor(2), "")],
            [("%4#0", out, "{test.donates = 2}"),
             ("%4#1", out, "{test.donates = 3}"),
             ("%4#2", out, "{test.donates = 4}")],
            f"""{product}
    %1 = kiln.constant dense<2.0e-04> : {out}
    %2 = kiln.mul %w_, %1 : {out}
    %3 = kiln.add %0, %2 : {out}
    %4:3 = kiln.adam_update %w_, %3, %m_, %v_, %h_ {{beta_1 = 9.0e-01 : f64,
        beta_2 = 9.99e-01 : f64, epsilon = 1.0e-07 : f64}} : {out}""",
            "test.tolerance = 1.0e-5")


def blocked(m, n, k, form, tiling, name):
    """Blocks so small that a short sum has several of each kind."""
    left = tensor(k, m) if form[0] == "T" else tensor(m, k)
    right = tensor(n, k) if form[1] == "T" else tensor(k, n)
    out = tensor(m, n)
    words = [" transposed" if letter == "T" else "" for letter in form]
    marks = f"attributes {{kiln.tiling = array<i64: {tiling}>}}"
    product = (f"    %0 = kiln.matmul %a_{words[0]}, %b_{words[1]} : "
               f"({left}, {right})")
    function(
        f"blocked_{name}_{form}_{m}x{n}x{k}",
        [("a", left, ""), ("b", right, ""), ("c", tensor(n), "")],
        [("%3", out, ""), ("%0", out, "")],
        f"""{product}
    %1 = kiln.broadcast %c_ along [1] : {tensor(n)} to {out}
    %2 = kiln.add %0, %1 : {out}
    %3 = kiln.relu %2 : {out}""", "test.tolerance = 1.0e-5", marks=marks)


# Rows and vectors of a register tile, rows, columns and depth of a block, and
# whether the left operand is copied.
TILINGS = {"deep": "5, 2, 20, 32, 16, 0", "packed": "5, 2, 20, 32, 16, 1",
           "one": "4, 1, 16, 64, 96, 0", "once": "7, 2, 16, 96, 96, 1"}
FORMS = [("NN", ["deep", "packed", "once"]), ("TN", ["deep", "packed"]),
         ("NT", ["packed", "one"]), ("TT", ["once"])]
# For the cost model's own choices: wide tiles, and every kind of block.
CHOICES = [(3, 200, 70), (4, 97, 64), (40, 100, 300)]


def main():
    if sys.argv[1:] == ["sizes"]:
        sizes = SIZES
    elif sys.argv[1:] == ["blocks"]:
        sizes = CHOICES
        for form, names in FORMS:
            for name in names:
                blocked(37, 61, 83, form, TILINGS[name], name)
        # Rows that are one block: the right operand is copied depth by depth.
        for form in "NN", "TN":
            for pack in 0, 1:
                blocked(35, 61, 83, form, f"5, 2, 40, 32, 16, {pack}",
                        f"single_{pack}")
    else:
        sys.exit(__doc__)
    for size in sizes:
        contraction(*size, transposed=False)
        contraction(*size, transposed=True)


if __name__ == "__main__":
    main()

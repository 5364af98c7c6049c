#!/usr/bin/env python3
"""Prints functions of one group each of the kind given, over awkward sizes:

    groups.py elementwise|rows|columns|total|transpose|random
"""
import sys

from kernel_ir import function, tensor


def name(kind, *shape):
    return kind + "_" + "x".join(map(str, shape))


def elementwise():
    # Nothing but full shapes and numbers: counted in row-major order.
    for shape in [(), (1,), (15,), (16,), (17,), (64,), (1, 1), (64, 7), (9, 16),
                  (13, 33), (33, 64), (3, 5, 7), (2, 9, 4)]:
        t, b = tensor(*shape), tensor(*shape, element="i1")
        function(
            name("flat", *shape), [("x", t, ""), ("y", t, ""), ("c", b, ""),
                                   ("s", tensor(), "")],
            [("%5", t, ""), ("%1", b, ""), ("%6", t, "")],
            f"""    %0 = kiln.mul %x_, %y_ : {t}
    %1 = kiln.compare lt, %0, %x_ : {t}
    %2 = kiln.select %c_, %0, %y_ : {b}, {t}
    %3 = kiln.broadcast %s_ along [] : {tensor()} to {t}
    %4 = kiln.sub %2, %3 : {t}
    %5 = kiln.abs %4 : {t}
    %6 = kiln.convert %1 : {b} to {t}""", "", "elementwise")
    # Broadcasts of vectors: counted by dimensions.
    for m, n in [(1, 1), (7, 16), (9, 10), (17, 33), (64, 100)]:
        t = tensor(m, n)
        function(
            name("broadcast", m, n),
            [("x", t, ""), ("b", tensor(n), ""), ("r", tensor(m), "")],
            [("%3", t, "{test.donates = 0}")],
            f"""    %0 = kiln.broadcast %b_ along [1] : {tensor(n)} to {t}
    %1 = kiln.broadcast %r_ along [0] : {tensor(m)} to {t}
    %2 = kiln.add %x_, %0 : {t}
    %3 = kiln.mul %2, %1 : {t}""", "", "elementwise")
    t = tensor(3, 5, 18)
    function(
        "broadcast_3x5x18",
        [("x", t, ""), ("b", tensor(3, 18), ""), ("r", tensor(5), "")],
        [("%3", t, "")],
        f"""    %0 = kiln.broadcast %b_ along [0, 2] : {tensor(3, 18)} to {t}
    %1 = kiln.broadcast %r_ along [1] : {tensor(5)} to {t}
    %2 = kiln.add %x_, %0 : {t}
    %3 = kiln.mul %2, %1 : {t}""", "", "elementwise")
    # The rows of a batch that exist.
    for size in [1, 16, 21, 64]:
        t, b = tensor(size), tensor(size, element="i1")
        function(
            name("row_mask", size),
            [("x", t, ""),
             ("n", tensor(element="i64"), f"{{test.values = [{size * 0.7:.0f}.0]}}")],
            [("%0", b, ""), ("%4", t, "")],
            f"""    %0 = kiln.row_mask %n_ : {b}
    %z = kiln.constant dense<0.0> : {t}
    %1 = kiln.select %0, %x_, %z : {b}, {t}
    %2 = kiln.convert %n_ : {tensor(element="i64")} to {tensor()}
    %3 = kiln.broadcast %2 along [] : {tensor()} to {t}
    %4 = kiln.div %1, %3 : {t}""", "", "elementwise")
    for size in [1, 2, 40]:
        t = tensor(size)
        for update, slots, extra in [
                ("sgd", "", ""), ("momentum", "m", "momentum = 9.0e-01 : f64"),
                ("momentum", "m", "momentum = 9.0e-01 : f64, nesterov"),
                ("adam", "mv", "beta_1 = 9.0e-01 : f64, beta_2 = 9.99e-01 : "
                               "f64, epsilon = 1.0e-07 : f64")]:
            operands = ["w", "g", *slots]
            values = ["%0"] + [f"%0#{i + 1}" for i in range(len(slots))]
            if slots:
                values[0] = "%0#0"
            count = f":{len(slots) + 1}" if slots else ""
            function(
                name(update + ("_nesterov" if "nest" in extra else ""), size),
                [(o, t, "{test.range = [0.1, 1.0]}") for o in operands] +
                [("h", tensor(2), "")],
                [(value, t, "") for value in values],
                f"    %0{count} = kiln.{update}_update "
                + ", ".join(f"%{o}_" for o in operands)
                + f", %h_ {{{extra}}} : {t}", "", "elementwise")


def rows():
    for r, n in [(1, 1), (7, 2), (8, 10), (9, 15), (16, 16), (17, 17), (64, 10),
                 (5, 100), (3, 512), (3, 513), (2, 1000)]:
        x, v = tensor(r, n), tensor(r)
        labels = tensor(r, element="i32")
        function(
            name("loss", r, n),
            [("x", x, "{test.range = [-4.0, 4.0]}"),
             ("l", labels, f"{{test.range = [0.0, {n - 1}.0]}}"),
             ("n", tensor(element="i64"), f"{{test.values = [{max(1, r - 2)}.0]}}"),
             ("w", v, "")],
            [("%4", v, ""), ("%8", x, ""), ("%11", v, "")],
            f"""    %0 = kiln.softmax_cross_entropy %x_, %l_ : ({x}, {labels})
    %1 = kiln.mul %0, %w_ : {v}
    %2 = kiln.row_mask %n_ : {tensor(r, element="i1")}
    %3 = kiln.constant dense<0.0> : {v}
    %4 = kiln.select %2, %1, %3 : {tensor(r, element="i1")}, {v}
    %5 = kiln.softmax %x_ : {x}
    %6 = kiln.one_hot %l_, {n} : {labels}
    %7 = kiln.sub %5, %6 : {x}
    %w1 = kiln.broadcast %w_ along [0] : {v} to {x}
    %8 = kiln.mul %7, %w1 : {x}
    %9 = kiln.argmax %x_ : {x}
    %10 = kiln.compare eq, %9, %l_ : {labels}
    %11 = kiln.convert %10 : {tensor(r, element="i1")} to {v}""",
            "test.tolerance = 2.0e-6", "rows")
        function(
            name("reduce", r, n), [("x", x, ""), ("y", tensor(n), "")],
            [("%2", v, ""), ("%3", v, ""), ("%6", x, "{test.donates = 0}"),
             ("%7", tensor(r, element="i32"), "")],
            f"""    %0 = kiln.broadcast %y_ along [1] : {tensor(n)} to {x}
    %1 = kiln.mul %x_, %0 : {x}
    %2 = kiln.reduce sum, %1 along [1] : {x}
    %3 = kiln.reduce max, %x_ along [1] : {x}
    %4 = kiln.broadcast %3 along [0] : {v} to {x}
    %5 = kiln.sub %x_, %4 : {x}
    %6 = kiln.softmax %5 : {x}
    %7 = kiln.argmax %1 : {x}""", "test.tolerance = 2.0e-6", "rows")
    # The first of equals.
    function("ties", [("x", tensor(9, 37), "{test.values = [1.0, 3.0, 2.0, 3.0]}")],
             [("%0", tensor(9, element="i32"), "")],
             f"    %0 = kiln.argmax %x_ : {tensor(9, 37)}", "test.exact", "rows")
    # A label that is no class has a row of zeros.
    function("no_class", [("l", tensor(5, element="i32"),
                           "{test.values = [-1.0, 0.0, 19.0, 20.0, 2.0]}")],
             [("%0", tensor(5, 20), "")],
             f"    %0 = kiln.one_hot %l_, 20 : {tensor(5, element='i32')}",
             "test.exact", "rows")


def columns():
    for r, n in [(1, 1), (64, 10), (7, 16), (64, 31), (9, 32), (3, 33), (64, 128),
                 (5, 100), (13, 49)]:
        x, v = tensor(r, n), tensor(n)
        function(
            name("bias", r, n),
            [("x", x, ""), ("w", v, ""), ("m", v, ""),
             ("v", v, "{test.range = [0.1, 1.0]}"), ("h", tensor(2), "")],
            [("%1#0", v, "{test.donates = 1}"), ("%1#1", v, "{test.donates = 2}"),
             ("%1#2", v, "{test.donates = 3}")],
            f"""    %0 = kiln.reduce sum, %x_ along [0] : {x}
    %1:3 = kiln.adam_update %w_, %0, %m_, %v_, %h_ {{beta_1 = 9.0e-01 : f64,
        beta_2 = 9.99e-01 : f64, epsilon = 1.0e-07 : f64}} : {v}""", "",
            "columns")
        function(name("bare", r, n), [("x", x, "")], [("%0", v, "")],
                 f"    %0 = kiln.reduce sum, %x_ along [0] : {x}", "", "columns")


def total():
    for shape in [(), (1,), (16,), (17,), (64,), (65, 1), (3, 63), (10, 64), (9, 65),
                  (4, 200), (3, 5, 33)]:
        t, s = tensor(*shape), tensor()
        dims = ", ".join(map(str, range(len(shape))))
        function(
            name("penalty", *shape), [("x", t, ""), ("s", s, "")],
            [("%3", s, "")],
            f"""    %0 = kiln.mul %x_, %x_ : {t}
    %1 = kiln.reduce sum, %0 along [{dims}] : {t}
    %2 = kiln.constant dense<1.0e-02> : {s}
    %m = kiln.mul %1, %2 : {s}
    %3 = kiln.add %m, %s_ : {s}""", "test.tolerance = 1.0e-6", "total")
        function(name("max", *shape), [("x", t, "")], [("%0", s, "")],
                 f"    %0 = kiln.reduce max, %x_ along [{dims}] : {t}",
                 "test.exact", "total")


def transpose():
    for m, n in [(1, 1), (1, 20), (20, 1), (7, 8), (8, 9), (15, 16), (16, 16),
                 (17, 33), (32, 31), (128, 10), (65, 47)]:
        function(name("transpose", m, n), [("x", tensor(m, n), "")],
                 [("%0", tensor(n, m), "")],
                 f"    %0 = kiln.transpose %x_ : {tensor(m, n)}", "test.exact",
                 "transpose")


def random():
    counter = tensor(element="i64")
    for shape in [(1,), (4,), (64,), (1, 1), (3, 4), (8, 10), (9, 31), (7, 32),
                  (5, 33), (64, 128), (9, 44), (2, 3, 8), (2, 5, 7)]:
        for rate in ("2.0e-01",) if len(shape) > 1 else ("0.0", "9.9e-01"):
            mask = tensor(*shape, element="i1")
            function(
                name("mask", *shape) + ("_0" if rate == "0.0" else ""),
                [("s", counter, "{test.values = [81985529216486895.0]}"),
                 ("e", counter, "{test.values = [3.0]}"),
                 ("t", counter, "{test.values = [937.0]}")],
                [("%0", mask, "")],
                f"    %0 = kiln.random_mask %s_, %e_, %t_ "
                f"{{rate = {rate} : f64, stream = 4294967301 : i64}} : {mask}",
                "test.exact", "random")


globals()[sys.argv[1]]()

#!/usr/bin/env python3
"""Prints functions of one group each of the kind given, over awkward sizes:

    groups.py elementwise|rows|columns|total|transpose|random|gather|scatter|
              chains|index|copy|steps|parts
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
                + f", %h_ {{{extra}}} : {t}", "test.exact", "elementwise")


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
        function(name("max", r, n), [("x", x, "")], [("%0", v, "")],
                 f"    %0 = kiln.reduce max, %x_ along [0] : {x}", "test.exact",
                 "columns")
    # Parts of a matrix.
    for p, m, n in [(1, 1, 1), (8, 9, 33), (3, 17, 64), (2, 40, 15)]:
        x, y = tensor(p, m, n), tensor(m, n)
        function(name("parts", p, m, n), [("x", x, ""), ("w", y, ""),
                                          ("h", tensor(2), "")],
                 [("%1", y, "{test.donates = 1}")],
                 f"""    %0 = kiln.reduce sum, %x_ along [0] : {x}
    %1 = kiln.sgd_update %w_, %0, %h_ : {y}""", "", "columns")
        c = tensor(m, n, element="i1")
        function(name("epilogue", p, m, n),
                 [("x", x, ""), ("b", tensor(n), ""), ("c", c, "")],
                 [("%3", y, ""), ("%4", y, "")],
                 f"""    %0 = kiln.reduce sum, %x_ along [0] : {x}
    %1 = kiln.broadcast %b_ along [1] : {tensor(n)} to {y}
    %2 = kiln.add %0, %1 : {y}
    %3 = kiln.relu %2 : {y}
    %4 = kiln.dropout %3, %c_ {{rate = 2.0e-01 : f64}} : {y}, {c}""",
                 "test.tolerance = 1.0e-6", "columns")


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


ADAM = "beta_1 = 9.0e-01 : f64, beta_2 = 9.99e-01 : f64, epsilon = 1.0e-07 : f64"
WIDTHS = [1, 7, 16, 17, 64, 100, 128, 200]


def indices(shape, rows):
    """A type of indices into so many rows, some of which are nowhere."""
    return (tensor(*shape, element="i32"), f"{{test.range = [-1.0, {rows - 1}.0]}}")


def gather():
    for n, width in enumerate(WIDTHS):
        for shape in [(1,), (13,), (1, 1), (9, 5), (16, 3), (3, 2, 4)][n % 2::2]:
            rows = 5 + n
            table, out = tensor(rows, width), tensor(*shape, width)
            type, extra = indices(shape, rows)
            function(name("rows", *shape, width), [("t", table, ""), ("i", type, extra)],
                     [("%0", out, "")],
                     f"    %0 = kiln.gather %t_, %i_ {{batch_dims = 0 : i64}} : "
                     f"({table}, {type})", "test.exact", "gather")
        for b, t in [(1, 1), (1, 40), (9, 5), (16, 3)]:
            rows = 4 + n
            table, out = tensor(b, rows, width), tensor(b, t, width)
            mask, scale = tensor(b, width, element="i1"), tensor(b, width)
            type, extra = indices((b, t), rows)
            function(name("own", b, t, width),
                     [("t", table, ""), ("i", type, extra), ("m", mask, ""),
                      ("s", scale, ""), ("y", out, "")],
                     [("%0", out, ""), ("%4", out, "")],
                     f"""    %0 = kiln.gather %t_, %i_ {{batch_dims = 1 : i64}}
       : ({table}, {type})
    %1 = kiln.broadcast %m_ along [0, 2] : {mask} to {tensor(b, t, width, element="i1")}
    %2 = kiln.dropout %0, %1 {{rate = 2.0e-01 : f64}} : {out},
        {tensor(b, t, width, element="i1")}
    %3 = kiln.broadcast %s_ along [0, 2] : {scale} to {out}
    %5 = kiln.mul %2, %3 : {out}
    %4 = kiln.add %5, %y_ : {out}""", "test.exact", "gather")


def scatter():
    """Into a table for each sample."""
    for n, width in enumerate(WIDTHS):
        for b, *inner in [(1, 1), (1, 40), (9, 5), (16, 3), (3, 2, 4), (5,)][n % 3::3]:
            rows = 3 + n
            descending = ", descending" if n % 2 else ""
            type, extra = indices((b, *inner), rows)
            updates, out = tensor(b, *inner, width), tensor(b, rows, width)
            op = (f"kiln.scatter %{{}}, %i_ {{{{batch_dims = 1 : i64, rows = {rows} "
                  f": i64{descending}}}}} : ({updates}, {type})")
            function(name("bare", b, *inner, width), [("x", updates, ""), ("i", type, extra)],
                     [("%0", out, "")], "    %0 = " + op.format("x_"), "", "scatter")
            mask = tensor(b, width, element="i1")
            dims = f"[0, {len(inner) + 1}]"
            masks = tensor(b, *inner, width, element="i1")
            function(name("chain", b, *inner, width),
                     [("x", updates, ""), ("i", type, extra), ("m", mask, ""),
                      ("y", out, "")],
                     [("%4", tensor(b, rows, width, element="i1"), ""), ("%5", out, "")],
                     f"""    %0 = kiln.broadcast %m_ along {dims} : {mask} to {masks}
    %1 = kiln.dropout %x_, %0 {{rate = 2.0e-01 : f64}} : {updates}, {masks}
    %2 = kiln.mul %1, %x_ : {updates}
    %3 = {op.format("2")}
    %4 = kiln.compare gt, %3, %y_ : {out}
    %5 = kiln.mul %3, %y_ : {out}""", "", "scatter")


def chains():
    """Along an inverted index: the gradient of an embedding, with its update."""
    for n, width in enumerate(WIDTHS):
        for shape in [(1,), (40,), (9, 5), (3, 2, 4)][n % 2::2]:
            rows = [1, 7, 8, 33, 40, 65, 100, 130][n]
            type = tensor(*shape, element="i32")
            flat = 1
            for extent in shape:
                flat *= extent
            updates, out = tensor(*shape, width), tensor(rows, width)
            first = tensor(rows, element="i32")
            # Chains of a few elements, for any order is one: 2 -> 1 -> 0, 5 -> 4 -> 3.
            heads = [min(3 * r + 2, flat - 1) if 3 * r < flat and r % 2 == 0 or r == 0
                     else -1 for r in range(rows)]
            nexts = [i - 1 if i % 3 else -1 for i in range(flat)]
            values = lambda v: "[" + ", ".join(f"{x}.0" for x in v) + "]"
            inputs = [("x", updates, ""), ("f", first, f"{{test.values = {values(heads)}}}"),
                      ("n", type, f"{{test.values = {values(nexts)}}}")]
            op = f"kiln.chain_sum %{{}}, %f_, %n_ : ({updates}, {first}, {type})"
            function(name("bare", *shape, width), inputs, [("%0", out, "")],
                     "    %0 = " + op.format("x_"), "", "scatter")
            function(name("adam", *shape, width),
                     inputs + [("w", out, ""), ("m", out, ""),
                               ("v", out, "{test.range = [0.1, 1.0]}"),
                               ("h", tensor(2), "")],
                     [("%2#0", out, "{test.donates = 3}"),
                      ("%2#1", out, "{test.donates = 4}"),
                      ("%2#2", out, "{test.donates = 5}")],
                     f"""    %0 = kiln.mul %x_, %x_ : {updates}
    %l = kiln.mul %w_, %w_ : {out}
    %1 = {op.format("0")}
    %g = kiln.add %1, %l : {out}
    %2:3 = kiln.adam_update %w_, %g, %m_, %v_, %h_ {{{ADAM}}} : {out}""", "",
                     "scatter")


def index():
    for shape in [(1, 1), (1, 300), (9, 5), (17, 64), (3, 500)]:
        type = tensor(*shape, element="i32")
        for last in (0, 3, 40, 9999):
            range = f"{{test.range = [{-1 if last == 3 else 0}.0, {last}.0]}}"
            function(name("unique", *shape, last), [("i", type, range)],
                     [("%0#0", type, ""), ("%0#1", type, ""),
                      ("%0#2", tensor(shape[0], element="i32"), "")],
                     f"    %0:3 = kiln.unique %i_ : {type}", "test.exact", "index")
            function(name("positions", *shape, last), [("i", type, range)],
                     [("%0#1", type, "")], f"    %0:3 = kiln.unique %i_ : {type}",
                     "test.exact", "index")
            for order in ("", ", descending"):
                function(name("chain" + order[2:], *shape, last), [("i", type, range)],
                         [("%0#0", tensor(last + 1, element="i32"), ""),
                          ("%0#1", type, "")],
                         f"    %0:2 = kiln.chain %i_ {{rows = {last + 1} : i64{order}}} "
                         f": {type}", "test.exact", "index")


def copy():
    for shape in [(1,), (16,), (33,), (9, 1), (8, 16), (17, 33), (3, 5, 7), (9, 4, 64),
                  (1, 500, 100)]:
        for parts in (1, 2, 4):
            part = tensor(*shape)
            whole = tensor(*shape[:-1], parts * shape[-1])
            types = ", ".join([part] * parts)
            count = f":{parts}" if parts > 1 else ""
            value = lambda i: f"%0#{i}" if parts > 1 else "%0"
            function(name("split", *shape, parts), [("x", whole, "")],
                     [(value(i), part, "") for i in range(parts)],
                     f"    %0{count} = kiln.split %x_ : {whole} to {types}",
                     "test.exact", "copy")
            function(name("concat", *shape, parts),
                     [(f"x{i}", part, "") for i in range(parts)], [("%0", whole, "")],
                     "    %0 = kiln.concat "
                     + ", ".join(f"%x{i}_" for i in range(parts)) + f" : {types}",
                     "test.exact", "copy")
        function(name("last", *shape), [("x", tensor(*shape[:-1], 3 * shape[-1]), "")],
                 [("%0#2", tensor(*shape), "")],
                 f"    %0:3 = kiln.split %x_ : {tensor(*shape[:-1], 3 * shape[-1])} to "
                 + ", ".join([tensor(*shape)] * 3), "test.exact", "copy")
        for element in ("f32", "i32", "i1"):
            if len(shape) > 1:
                type = tensor(*shape, element=element)
                function(name("reverse_" + element, *shape), [("x", type, "")],
                         [("%0", type, "")], f"    %0 = kiln.reverse %x_ : {type}",
                         "test.exact", "copy")


def steps():
    for b, t, width in [(1, 1, 1), (9, 1, 17), (8, 5, 16), (17, 7, 33), (3, 20, 64),
                        (2, 3, 100), (5, 4, 128), (1, 9, 200)]:
        x, y, mask = tensor(b, t, width), tensor(b, width), tensor(b, t, element="i1")
        masks = tensor(b, t, width, element="i1")
        for kind in ("sum", "max"):
            exact = "test.exact" if kind == "max" else ""
            function(name(kind, b, t, width), [("x", x, "")], [("%0", y, "")],
                     f"    %0 = kiln.reduce {kind}, %x_ along [1] : {x}", exact, "steps")
        # The mean over the steps that count, as pooling has it.
        function(name("mean", b, t, width),
                 [("x", x, ""), ("m", mask, ""),
                  ("n", tensor(b), "{test.range = [1.0, 9.0]}")],
                 [("%3", y, ""), ("%5", y, "")],
                 f"""    %0 = kiln.broadcast %m_ along [0, 1] : {mask} to {masks}
    %1 = kiln.constant dense<0.0> : {x}
    %2 = kiln.select %0, %x_, %1 : {masks}, {x}
    %3 = kiln.reduce sum, %2 along [1] : {x}
    %4 = kiln.broadcast %n_ along [0] : {tensor(b)} to {y}
    %5 = kiln.div %3, %4 : {y}""", "", "steps")
        # A bag of words.
        table, indices = tensor(11, width), mask.replace("i1", "i32")
        function(name("bag", b, t, width),
                 [("t", table, ""), ("i", indices, "{test.range = [-1.0, 10.0]}"),
                  ("m", tensor(b, t), "")],
                 [("%3", y, "")],
                 f"""    %0 = kiln.gather %t_, %i_ {{batch_dims = 0 : i64}} : ({table}, {indices})
    %1 = kiln.broadcast %m_ along [0, 1] : {tensor(b, t)} to {x}
    %2 = kiln.mul %0, %1 : {x}
    %3 = kiln.reduce sum, %2 along [1] : {x}""", "", "steps")
        # Gradients of both.
        function(name("gradients", b, t, width),
                 [("x", x, ""), ("g", y, ""), ("h", y, ""), ("i", mask.replace("i1", "i32"), "")],
                 [("%5", x, ""), ("%8", x, "")],
                 f"""    %0 = kiln.broadcast %h_ along [0, 2] : {y} to {x}
    %1 = kiln.compare eq, %x_, %0 : {x}
    %2 = kiln.broadcast %g_ along [0, 2] : {y} to {x}
    %z = kiln.constant dense<0.0> : {x}
    %3 = kiln.select %1, %2, %z : {masks}, {x}
    %4 = kiln.convert %1 : {masks} to {x}
    %5 = kiln.add %3, %4 : {x}
    %6 = kiln.broadcast %i_ along [0, 1] : {mask.replace("i1", "i32")} to {masks.replace("i1", "i32")}
    %c = kiln.constant dense<0> : {masks.replace("i1", "i32")}
    %7 = kiln.compare ne, %6, %c : {masks.replace("i1", "i32")}
    %8 = kiln.select %7, %3, %x_ : {masks}, {x}""", "test.exact", "elementwise")


def parts():
    """Contractions cut into parts of their sum."""
    for parts, k, m, n in [(1, 1, 1, 1), (1, 40, 9, 17), (3, 7, 8, 32), (8, 5, 13, 33),
                           (4, 64, 16, 64), (5, 3, 33, 100), (2, 600, 20, 40),
                           # Rows so far apart that they are copied, whole and
                           # some k at a time.
                           (2, 80, 33, 4096), (1, 600, 33, 2048)]:
        a, b = tensor(parts * k, m), tensor(parts * k, n)
        out = tensor(parts, m, n)
        function(name("parts", parts, k, m, n), [("a", a, ""), ("b", b, "")],
                 [("%0", out, "")],
                 f"    %0 = kiln.partial_matmul %a_ transposed, %b_, {parts} : ({a}, {b})",
                 "test.exact")
    # The left operand by rows; with few numbers that are not zero, and with so
    # many that all are summed over.
    for parts, k, m, n in [(1, 1, 1, 1), (2, 20, 9, 17), (2, 392, 64, 128), (3, 7, 13, 33),
                           (2, 40, 9, 256), (2, 600, 20, 40), (2, 80, 33, 4096)]:
        a, b = tensor(m, parts * k), tensor(parts * k, n)
        out = tensor(parts, m, n)
        for kind, zeros in [("rows", 0), ("sparse", 0.97), ("full", 0.1)]:
            function(name(kind, parts, k, m, n),
                     [("a", a, f"{{test.zeros = {zeros}}}" if zeros else ""),
                      ("b", b, "")], [("%0", out, "")],
                     f"    %0 = kiln.partial_matmul %a_, %b_, {parts} : ({a}, {b})",
                     "test.exact",
                     marks="attributes {kiln.skip_zeros}" if zeros else "")


globals()[sys.argv[1]]()

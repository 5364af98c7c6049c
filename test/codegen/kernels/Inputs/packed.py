#!/usr/bin/env python3
"""Prints functions that pack operands and contract them, over awkward sizes:

    packed.py pack|contraction
"""
import sys

from kernel_ir import tensor

# In the fourth, a thread's share begins in the middle of the last 16 rows.
SIZES = [  # m, n, k
    (1, 7, 1), (3, 16, 33), (8, 33, 64), (12, 20, 40), (17, 10, 97), (40, 65, 31),
    (65, 97, 2), (130, 1, 96)]


def align(extent, unit):
    return (extent + unit - 1) // unit * unit


def get_packed(is_rhs, extent, k):
    words, others = align(k, 32) // 2, align(extent, 16)
    shape = (words, others) if is_rhs else (others, words)
    return tensor(*shape, element="i32")


def group(result, name, kind, inputs, types, outputs, body):
    arguments = ", ".join(f"{value}_: {type}" for value, type in zip(inputs, types))
    print(f"""  {result} = kiln.fusion "{name}" {kind} ({", ".join(inputs)})
      : ({", ".join(types)}) -> ({outputs}) {{
  ^bb0({arguments}):
{body}
  }}""")


def pack(result, value, shape, is_rhs, transposed):
    """Emits a group that packs `value`, a matrix of `shape`; returns the type."""
    source = tensor(*shape)
    k = shape[0] if is_rhs != transposed else shape[1]
    other = shape[1] if is_rhs != transposed else shape[0]
    packed = get_packed(is_rhs, other, k)
    form = ("rhs " if is_rhs else "") + f"{value}_" + (" transposed" if transposed else "")
    group(result, f"pack{result}", "pack", [value], [source], packed,
          f"    %0 = kiln.pack {form} : {source}\n    kiln.yield %0 : {packed}")
    return packed


# Ties in both directions, the largest numbers, what is below the smallest.
SPECIAL = ["1.00390625", "1.01171875", "-1.00390625", "1.003906369", "3.0e38",
           "3.4e38", "-3.4e38", "1.0e-40", "-1.0e-40", "1.17549421e-38",
           "1.17549435e-38", "0.0", "-0.0", "3.14159274", "-1.0e-3", "7.0",
           "0x7F800000", "0x7FC00000", "0x7F800001", "0x7FFFFFFF", "0xFF800000"]


def packs():
    numbers = ", ".join(f"{n} : f32" for n in SPECIAL)
    for m, _, k in SIZES:
        for is_rhs in (False, True):
            for transposed in (False, True):
                name = f"pack_{m}x{k}_{'rhs' if is_rhs else 'lhs'}"
                name += "_transposed" if transposed else ""
                other_first = is_rhs == transposed
                shape = (m, k) if other_first else (k, m)
                packed = get_packed(is_rhs, m, k)
                for suffix, values in ("", ""), ("_special", f"{{test.values = [{numbers}]}}"):
                    print(f"func.func @{name}{suffix}(%x: {tensor(*shape)} {values}) "
                          f"-> {packed}\n    attributes {{test.exact}} {{")
                    pack("%p", "%x", shape, is_rhs, transposed)
                    print(f"  return %p : {packed}\n}}\n")


def contractions():
    for m, n, k in SIZES:
        out = tensor(m, n)
        left, right = tensor(m, k), tensor(k, n)
        print(f"func.func @bare_{m}x{n}x{k}(%a: {left}, %b: {right}) -> {out}\n"
              "    attributes {test.exact} {")
        p = pack("%p", "%a", (m, k), False, False)
        q = pack("%q", "%b", (k, n), True, False)
        group("%c", "bare", "contraction", ["%p", "%q"], [p, q], out,
              f"    %0 = kiln.packed_matmul %p_, %q_, {k} : ({p}, {q}) -> {out}\n"
              f"    kiln.yield %0 : {out}")
        print(f"  return %c : {out}\n}}\n")
        # A layer with its bias and activation, and a gradient with its update.
        bias = tensor(n)
        print(f"func.func @dense_{m}x{n}x{k}(%a: {left}, %b: {right}, %v: {bias}) "
              f"-> {out}\n    attributes {{test.exact}} {{")
        pack("%p", "%a", (m, k), False, False)
        pack("%q", "%b", (k, n), True, False)
        group("%c", "dense", "contraction", ["%p", "%q", "%v"], [p, q, bias], out,
              f"    %0 = kiln.packed_matmul %p_, %q_, {k} : ({p}, {q}) -> {out}\n"
              f"    %1 = kiln.broadcast %v_ along [1] : {bias} to {out}\n"
              f"    %2 = kiln.add %0, %1 : {out}\n    %3 = kiln.relu %2 : {out}\n"
              f"    kiln.yield %3 : {out}")
        print(f"  return %c : {out}\n}}\n")
        turned = tensor(k, m)
        hyper = tensor(2)
        print(f"func.func @sgd_{m}x{n}x{k}(%a: {turned}, %b: {right}, %w: {out}, "
              f"%h: {hyper}) -> ({out} {{test.donates = 2}})\n"
              "    attributes {test.exact} {")
        pack("%p", "%a", (k, m), False, True)
        pack("%q", "%b", (k, n), True, False)
        group("%c", "sgd", "contraction", ["%p", "%q", "%w", "%h"], [p, q, out, hyper],
              out,
              f"    %0 = kiln.packed_matmul %p_, %q_, {k} : ({p}, {q}) -> {out}\n"
              f"    %1 = kiln.sgd_update %w_, %0, %h_ {{}} : {out}\n"
              f"    kiln.yield %1 : {out}")
        print(f"  return %c : {out}\n}}\n")


{"pack": packs, "contraction": contractions}[sys.argv[1]]()

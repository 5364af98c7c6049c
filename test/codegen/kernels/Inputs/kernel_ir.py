"""Writes functions of one fusion group each, for kiln-test-kernels."""


def tensor(*shape, element="f32"):
    return "tensor<" + "".join(f"{extent}x" for extent in shape) + element + ">"


def function(name, arguments, results, body, attributes, kind="contraction",
             marks=""):
    """A function whose body is one group: `arguments` are (name, type,
    attributes), `results` are (value, type, attributes); `marks` are attributes of
    the group."""
    inputs = ", ".join(f"%{name}: {type} {extra}".strip()
                       for name, type, extra in arguments)
    outputs = ", ".join(f"{type} {extra}".strip() for _, type, extra in results)
    types = ", ".join(type for _, type, _ in arguments)
    result_types = ", ".join(type for _, type, _ in results)
    values = ", ".join(value for value, _, _ in results)
    count = len(results)
    names = ", ".join(f"%out#{i}" for i in range(count)) if count > 1 else "%out"
    print(f"""func.func @{name}({inputs}) -> ({outputs})
    attributes {{{attributes}}} {{
  %out{f":{count}" if count > 1 else ""} = kiln.fusion "{name}" {kind} ({
      ", ".join("%" + name for name, _, _ in arguments)}) {marks}
      : ({types}) -> ({result_types}) {{
  ^bb0({", ".join(f"%{name}_: {type}" for name, type, _ in arguments)}):
{body}
    kiln.yield {values} : {result_types}
  }}
  return {names} : {result_types}
}}
""")

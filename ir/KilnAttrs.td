//===- KilnAttrs.td - Attributes of the kiln dialect -------*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNATTRS_TD
#define KILN_IR_KILNATTRS_TD

include "ir/KilnDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Kiln_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}

class Kiln_EnumAttr<EnumAttrInfo info, string mnemonic>
    : EnumAttr<Kiln_Dialect, info, mnemonic> {
  let assemblyFormat = "$value";
}

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

def Kiln_Predicate : Kiln_Enum<"Predicate", "how two numbers are compared", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>,
    I32EnumAttrCase<"lt", 2>, I32EnumAttrCase<"le", 3>,
    I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]>;
def Kiln_PredicateAttr : Kiln_EnumAttr<Kiln_Predicate, "predicate">;

def Kiln_Reduction : Kiln_Enum<"Reduction", "how a reduction combines", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"max", 1>]>;
def Kiln_ReductionAttr : Kiln_EnumAttr<Kiln_Reduction, "reduction">;

def Kiln_LossKind : Kiln_Enum<"LossKind", "a loss, by Keras's name", [
    I32EnumAttrCase<"sparse_categorical_crossentropy", 0>,
    I32EnumAttrCase<"binary_crossentropy", 1>,
    I32EnumAttrCase<"mse", 2>]>;

def Kiln_MetricKind : Kiln_Enum<"MetricKind", "a metric, resolved", [
    I32EnumAttrCase<"sparse_categorical_accuracy", 0>,
    I32EnumAttrCase<"categorical_accuracy", 1>,
    I32EnumAttrCase<"binary_accuracy", 2>,
    I32EnumAttrCase<"precision", 3>, I32EnumAttrCase<"recall", 4>,
    I32EnumAttrCase<"auc", 5>, I32EnumAttrCase<"f1", 6>]>;

def Kiln_InitializerKind : Kiln_Enum<"InitializerKind",
    "an initializer, by Keras's name", [
    I32EnumAttrCase<"zeros", 0>, I32EnumAttrCase<"ones", 1>,
    I32EnumAttrCase<"constant", 2>, I32EnumAttrCase<"random_uniform", 3>,
    I32EnumAttrCase<"glorot_uniform", 4>, I32EnumAttrCase<"he_normal", 5>,
    I32EnumAttrCase<"orthogonal", 6>]>;

def Kiln_FusionKind : Kiln_Enum<"FusionKind",
    "what a fusion group is built around", [
    I32EnumAttrCase<"elementwise", 0, "elementwise">,
    I32EnumAttrCase<"contraction", 1, "contraction">,
    I32EnumAttrCase<"rows", 2, "rows">,
    I32EnumAttrCase<"columns", 3, "columns">,
    I32EnumAttrCase<"total", 4, "total">,
    I32EnumAttrCase<"transpose", 5, "transpose">,
    I32EnumAttrCase<"random", 6, "random">,
    I32EnumAttrCase<"gather", 7, "gather">,
    I32EnumAttrCase<"scatter", 8, "scatter">,
    I32EnumAttrCase<"index", 9, "index">,
    I32EnumAttrCase<"copy", 10, "copy">,
    I32EnumAttrCase<"steps", 11, "steps">,
    I32EnumAttrCase<"scan", 12, "scan">,
    I32EnumAttrCase<"pack", 13, "pack">]>;
def Kiln_FusionKindAttr : Kiln_EnumAttr<Kiln_FusionKind, "fusion_kind">;

def Kiln_Block : Kiln_Enum<"Block", "a block of memory that a program has", [
    I32EnumAttrCase<"state", 0>, I32EnumAttrCase<"arena", 1>,
    I32EnumAttrCase<"thread", 2>, I32EnumAttrCase<"results", 3>,
    I32EnumAttrCase<"step", 4>, I32EnumAttrCase<"tile", 5>]>;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// An f64, printed so that it reads back as the same number.
def Kiln_Double : AttrOrTypeParameter<"::kiln::UniqueDouble", "f64"> {
  let cppAccessorType = "double";
  let parser = "parseDouble($_parser)";
  let printer = "printDouble($_printer, $_self)";
}

class Kiln_Attr<string name, string attrMnemonic> : AttrDef<Kiln_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def Kiln_InitializerAttr : Kiln_Attr<"Initializer", "init"> {
  let summary = "the distribution that a parameter starts from";
  let description = [{
    `low` and `high` bound `random_uniform`; `low` is the value of `constant`;
    the others take both from the parameter's shape and leave them 0.

    Example: `#kiln.init<glorot_uniform, 0.0, 0.0>`
  }];
  let parameters = (ins EnumParameter<Kiln_InitializerKind>:$kind,
                        Kiln_Double:$low, Kiln_Double:$high);
  let assemblyFormat = "`<` $kind `,` $low `,` $high `>`";
}

def Kiln_RegularizerAttr : Kiln_Attr<"Regularizer", "regularizer"> {
  let summary = "l1 * sum |w| + l2 * sum w^2, added to the loss";
  let description = [{
    Example: `#kiln.regularizer<l1 = 0.0, l2 = 1.0e-04>`
  }];
  let parameters = (ins Kiln_Double:$l1, Kiln_Double:$l2);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Kiln_LossAttr : Kiln_Attr<"Loss", "loss"> {
  let summary = "a loss and whether predictions arrive as logits";
  let description = [{
    Example: `#kiln.loss<mse, from_logits = false>`
  }];
  let parameters = (ins EnumParameter<Kiln_LossKind>:$kind, "bool":$fromLogits);
  let assemblyFormat = "`<` $kind `,` `from_logits` `=` $fromLogits `>`";
}

def Kiln_MetricAttr : Kiln_Attr<"Metric", "metric"> {
  let summary = "a metric under the name that the user gave it";
  let description = [{
    The accuracies are means over samples, computed by the program. The others
    are counted from its output by whoever runs it.

    Example: `#kiln.metric<"accuracy", sparse_categorical_accuracy>`
  }];
  let parameters = (ins StringRefParameter<"shown name">:$name,
                        EnumParameter<Kiln_MetricKind>:$kind);
  let assemblyFormat = "`<` $name `,` $kind `>`";
}

def Kiln_SgdAttr : Kiln_Attr<"Sgd", "sgd"> {
  let summary = "stochastic gradient descent, as keras.optimizers.SGD";
  let description = [{
    Example: `#kiln.sgd<learning_rate = 0.01, momentum = 0.9, nesterov = false>`
  }];
  let parameters = (ins Kiln_Double:$learning_rate, Kiln_Double:$momentum,
                        "bool":$nesterov);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Kiln_AdamAttr : Kiln_Attr<"Adam", "adam"> {
  let summary = "Adam, as keras.optimizers.Adam";
  let description = [{
    Example: `#kiln.adam<learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999,
    epsilon = 1.0e-07>`
  }];
  let parameters = (ins Kiln_Double:$learning_rate, Kiln_Double:$beta_1,
                        Kiln_Double:$beta_2, Kiln_Double:$epsilon);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Kiln_PartitionAttr : Kiln_Attr<"Partition", "partition"> {
  let summary = "how the threads share a fusion group";
  let description = [{
    Dimension `dim` of the group's iteration space is cut into units of `unit`
    elements; of `n` units thread `t` of `T` runs those from `t*n/T` to
    `(t+1)*n/T`. `dim = -1`: thread 0 runs the whole group.

    Example: `#kiln.partition<dim = 1, unit = 32>`
  }];
  let parameters = (ins "int64_t":$dim, "int64_t":$unit);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Kiln_PlaceAttr : Kiln_Attr<"Place", "place"> {
  let summary = "where a value lives once memory is planned";
  let description = [{
    A byte offset in one of the blocks of runtime/Abi.h: the `state` of the
    model, the `arena` that the threads share, each `thread`'s own area, the
    `results`, or the `step`'s numbers. A value in the `tile` lies in a thread's
    area too, but only the part of it that belongs to the tile at hand.

    Example: `#kiln.place<arena, 8192>`
  }];
  let parameters = (ins EnumParameter<Kiln_Block>:$block, "int64_t":$offset);
  let assemblyFormat = "`<` $block `,` $offset `>`";
}

#endif // KILN_IR_KILNATTRS_TD

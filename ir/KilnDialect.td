//===- KilnDialect.td - The kiln dialect -------------------*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNDIALECT_TD
#define KILN_IR_KILNDIALECT_TD

include "mlir/IR/OpBase.td"

def Kiln_Dialect : Dialect {
  let name = "kiln";
  let cppNamespace = "::kiln";
  let summary = "neural networks with static shapes and value semantics";
  let description = [{
    Tensors are ranked, have static shapes and are values: no op of the dialect
    writes to memory. Parameters are declared by `kiln.param` symbols; functions
    take and return them, so that a training step is a pure function. There is
    no implicit broadcasting: `kiln.broadcast` says what repeats.

    Every op carries its type inference, its gradient rule, its meaning in the
    reference interpreter and its cost.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = "void registerAttributes();";
}

#endif // KILN_IR_KILNDIALECT_TD

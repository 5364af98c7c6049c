//===- KilnInterfaces.td - What every kiln op can be asked -*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNINTERFACES_TD
#define KILN_IR_KILNINTERFACES_TD

include "mlir/IR/OpBase.td"

def Kiln_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::kiln";
  let description = [{
    The gradient rule of an op. A rule sees its own op and the adjoints of its
    results, and knows nothing of the graph around it.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the adjoints of the operands.

        `resultAdjoints` has one value a result, null where nothing that
        matters flows back into it (never all null). On success `operandAdjoints`
        holds one value an operand: null where the op does not depend on it
        differentiably; otherwise a value of that operand's type. The rule may
        use the op's operands and results; it may put an op that computes the
        same and more in its place, and leave it without uses; it emits a
        diagnostic on failure.
      }],
      "::llvm::LogicalResult", "buildAdjoints",
      (ins "::mlir::OpBuilder &":$builder,
           "::mlir::ValueRange":$resultAdjoints,
           "::llvm::SmallVectorImpl<::mlir::Value> &":$operandAdjoints)>
  ];
}

def Kiln_InterpretableOpInterface : OpInterface<"InterpretableOpInterface"> {
  let cppNamespace = "::kiln";
  let description = [{
    The meaning of an op, plainly: the oracle for every pass and kernel.
  }];
  let methods = [
    InterfaceMethod<[{
        Computes the results from the operands. Shapes and types have been
        verified. `results` arrives empty and leaves with one tensor a result;
        the interpreter rounds them to its precision.
      }],
      "::llvm::LogicalResult", "interpret",
      (ins "::kiln::Interpreter &":$interpreter,
           "::llvm::ArrayRef<::kiln::Tensor>":$operands,
           "::llvm::SmallVectorImpl<::kiln::Tensor> &":$results)>
  ];
}

def Kiln_CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::kiln";
  let description = [{
    What running an op costs, for the scheduler, `kiln bench` and `info`.
  }];
  let methods = [
    InterfaceMethod<[{
        Floating-point operations of one execution (a fused multiply-add
        counts two; a transcendental counts as one).
      }],
      "int64_t", "getFlops", (ins), "",
      [{ return ::kiln::defaultFlops($_op); }]>,
    InterfaceMethod<[{
        Bytes read and written if nothing stays in a register or cache.
      }],
      "int64_t", "getBytes", (ins), "",
      [{ return ::kiln::defaultBytes($_op); }]>
  ];
}

/// The op has no gradient, and that is no mistake: its results depend on its
/// operands in steps (comparisons, indices, random numbers) or it is an update.
def Kiln_NonDifferentiable : NativeOpTrait<"NonDifferentiable"> {
  let cppNamespace = "::kiln";
}

/// Result element i depends on element i of each operand of the same shape
/// (and on all of the others), so the op can be part of an epilogue.
def Kiln_Elementwise : NativeOpTrait<"ElementwiseLanes"> {
  let cppNamespace = "::kiln";
}

#endif // KILN_IR_KILNINTERFACES_TD

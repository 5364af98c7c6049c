//===- KilnOps.td - Operations of the kiln dialect ---------*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Long, since it is the reference of the dialect: every op with what it means.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNOPS_TD
#define KILN_IR_KILNOPS_TD

include "ir/KilnAttrs.td"
include "ir/KilnInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

//===----------------------------------------------------------------------===//
// Types and base classes
//===----------------------------------------------------------------------===//

def Kiln_Float : StaticShapeTensorOf<[F32]>;
def Kiln_Bools : StaticShapeTensorOf<[I1]>;
def Kiln_Any : StaticShapeTensorOf<[F32, I32, I64, I1]>;

/// A tensor of one rank, with a static shape.
class Kiln_RankedOf<Type element, int rank>
    : RankedTensorOf<[element], [HasStaticShapePred, HasAnyRankOfPred<[rank]>],
                     "statically shaped " # rank # "D tensor">;
def Kiln_Matrix : Kiln_RankedOf<F32, 2>;
def Kiln_Vector : Kiln_RankedOf<F32, 1>;
/// Two bfloat16 in each i32.
def Kiln_Pairs : Kiln_RankedOf<I32, 2>;
def Kiln_RowLabels : Kiln_RankedOf<I32, 1>;
def Kiln_RowBools : Kiln_RankedOf<I1, 1>;

/// A number that counts, kept as a tensor so that every value is one.
def Kiln_Counter : Type<Kiln_RankedOf<I64, 0>.predicate, "tensor<i64>",
                        "::mlir::RankedTensorType">,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;

/// {learning rate, Adam's alpha}, computed once a step by the runtime.
def Kiln_Hyper : Type<And<[
        Kiln_RankedOf<F32, 1>.predicate,
        CPred<"::llvm::cast<::mlir::ShapedType>($_self).getDimSize(0) == 2">]>,
      "tensor<2xf32>", "::mlir::RankedTensorType">,
    BuildableType<"::mlir::RankedTensorType::get({2}, $_builder.getF32Type())">;

class Kiln_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kiln_Dialect, mnemonic, traits>;

/// An op that computes tensors from tensors and can be interpreted.
class Kiln_TensorOp<string mnemonic, list<Trait> traits = []>
    : Kiln_Op<mnemonic, [
        Pure,
        DeclareOpInterfaceMethods<Kiln_InterpretableOpInterface>,
        Kiln_CostOpInterface
      ] # traits>;

/// A tensor op with a gradient rule.
class Kiln_DiffOp<string mnemonic, list<Trait> traits = []>
    : Kiln_TensorOp<mnemonic, [
        DeclareOpInterfaceMethods<Kiln_DifferentiableOpInterface>
      ] # traits>;

/// A tensor op of which no gradient is asked.
class Kiln_StepOp<string mnemonic, list<Trait> traits = []>
    : Kiln_TensorOp<mnemonic, [Kiln_NonDifferentiable] # traits>;

/// What CostOpInterface answers where the default, one operation an element of
/// the results, is wrong.
class Kiln_Flops<string formula> {
  string declaration =
      "int64_t getFlops() { return " # formula # "; }\n";
}

/// `count` operations for every element of the first operand.
class Kiln_FlopsPerElement<string count>
    : Kiln_Flops<"(" # count # ") * "
                 # "::kiln::countElements((*this)->getOperand(0).getType())">;

/// Moves numbers or draws random words: no arithmetic in floating point.
def Kiln_NoFlops : Kiln_Flops<"0">;

/// A tensor op whose result type follows from operands and attributes; the op
/// defines `inferReturnTypes(MLIRContext *, optional<Location>, Adaptor,
/// SmallVectorImpl<Type> &)`.
defvar InferTypes = InferTypeOpAdaptor;

//===----------------------------------------------------------------------===//
// Elementwise families
//===----------------------------------------------------------------------===//

/// y[i] = f(x[i]).
class Kiln_Unary<string mnemonic, string what, string formula,
                 bit folds = 0> :
    Kiln_DiffOp<mnemonic, [SameOperandsAndResultType, Kiln_Elementwise]> {
  let summary = what;
  let description = "Computes `" # formula # "` for every element.\n\n"
      # "Example:\n```mlir\n%y = kiln." # mnemonic
      # " %x : tensor<64x128xf32>\n```";
  let arguments = (ins Kiln_Float:$input);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = folds;
}

def Kiln_NegOp : Kiln_Unary<"neg", "negation", "y = -x", 1>;
def Kiln_AbsOp : Kiln_Unary<"abs", "absolute value", "y = |x|", 1>;
def Kiln_SignOp : Kiln_Unary<"sign", "sign, 0 at 0",
                             "y = (x > 0) - (x < 0)", 1>;
def Kiln_ExpOp : Kiln_Unary<"exp", "exponential", "y = e^x">;
def Kiln_LogOp : Kiln_Unary<"log", "natural logarithm", "y = ln x">;
def Kiln_SqrtOp : Kiln_Unary<"sqrt", "square root", "y = sqrt(x)">;
def Kiln_TanhOp : Kiln_Unary<"tanh", "hyperbolic tangent", "y = tanh(x)">;
def Kiln_SigmoidOp : Kiln_Unary<"sigmoid", "logistic function",
                                "y = 1 / (1 + e^-x)">;
def Kiln_ReluOp : Kiln_Unary<"relu", "rectifier; a NaN stays one",
                             "y = max(x, 0)", 1>;

/// z[i] = f(x[i], y[i]).
class Kiln_BinaryOp<string mnemonic, string what, string formula,
                    list<Trait> traits = [], bit folds = 1, int flops = 1> :
    Kiln_DiffOp<mnemonic,
                [SameOperandsAndResultType, Kiln_Elementwise] # traits> {
  let summary = what;
  let description = "Computes `" # formula # "` for every element.\n\n"
      # "Example:\n```mlir\n%z = kiln." # mnemonic
      # " %x, %y : tensor<64x128xf32>\n```";
  let arguments = (ins Kiln_Float:$lhs, Kiln_Float:$rhs);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
  let hasFolder = folds;
  let extraClassDeclaration = Kiln_FlopsPerElement<!cast<string>(flops)>.declaration;
}

def Kiln_AddOp : Kiln_BinaryOp<"add", "sum", "z = x + y", [Commutative]>;
def Kiln_SubOp : Kiln_BinaryOp<"sub", "difference", "z = x - y">;
def Kiln_MulOp : Kiln_BinaryOp<"mul", "product", "z = x * y", [Commutative]>;
def Kiln_DivOp : Kiln_BinaryOp<"div", "quotient", "z = x / y">;
def Kiln_MaximumOp : Kiln_BinaryOp<"maximum",
    "larger of two (NaN if either is one; the gradient of equals goes to x)",
    "z = max(x, y)", [Commutative]>;
def Kiln_MinimumOp : Kiln_BinaryOp<"minimum",
    "smaller of two (NaN if either is one; the gradient of equals goes to x)",
    "z = min(x, y)", [Commutative]>;
def Kiln_SigmoidCrossEntropyOp : Kiln_BinaryOp<"sigmoid_cross_entropy",
    "binary cross-entropy of a logit x and a target y",
    "z = max(x, 0) - x * y + ln(1 + e^-|x|)", [], /*folds=*/0, /*flops=*/8>;

//===----------------------------------------------------------------------===//
// Comparison, selection, conversion
//===----------------------------------------------------------------------===//

def Kiln_CompareOp : Kiln_StepOp<"compare", [
    SameTypeOperands, SameOperandsAndResultShape, Kiln_Elementwise,
    InferTypes]> {
  let summary = "compares element by element";
  let description = [{
    False wherever a NaN is compared, but for `ne`.

    Example:
    ```mlir
    %c = kiln.compare gt, %x, %y : tensor<64x10xf32>
    ```
  }];
  let arguments = (ins Kiln_PredicateAttr:$predicate,
                       Kiln_Any:$lhs, Kiln_Any:$rhs);
  let results = (outs Kiln_Bools:$output);
  let assemblyFormat = "`` $predicate `,` $lhs `,` $rhs attr-dict `:` type($lhs)";
}

def Kiln_SelectOp : Kiln_DiffOp<"select", [
    AllTypesMatch<["onTrue", "onFalse", "output"]>,
    SameOperandsAndResultShape, Kiln_Elementwise]> {
  let summary = "chooses element by element";
  let description = [{
    `z = c ? x : y`, a choice of bits: a NaN that is not chosen has no effect.

    Example:
    ```mlir
    %z = kiln.select %c, %x, %y : tensor<64x10xi1>, tensor<64x10xf32>
    ```
  }];
  let arguments = (ins Kiln_Bools:$condition, Kiln_Float:$onTrue,
                       Kiln_Float:$onFalse);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = [{
    $condition `,` $onTrue `,` $onFalse attr-dict `:` type($condition) `,`
    type($output)
  }];
  let hasFolder = 1;
}

def Kiln_ConvertOp : Kiln_StepOp<"convert", [
    SameOperandsAndResultShape, Kiln_Elementwise]> {
  let summary = "turns numbers of one type into another";
  let description = [{
    Booleans become 0 and 1; integers are rounded to the nearest f32.

    Example:
    ```mlir
    %f = kiln.convert %c : tensor<64xi1> to tensor<64xf32>
    ```
  }];
  let arguments = (ins Kiln_Any:$input);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Constants and shapes
//===----------------------------------------------------------------------===//

def Kiln_ConstantOp : Kiln_StepOp<"constant", [
    ConstantLike, AllTypesMatch<["value", "output"]>]> {
  let summary = "a tensor known at compile time";
  let description = [{
    Example:
    ```mlir
    %c = kiln.constant dense<1.0> : tensor<64x10xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Kiln_Any:$output);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_BroadcastOp : Kiln_DiffOp<"broadcast"> {
  let summary = "repeats a tensor along new dimensions";
  let description = [{
    Dimension `i` of the input becomes dimension `dims[i]` of the result, of the
    same size; the result repeats along all of its other dimensions.

    Constraints:
    - `broadcast_c1`: one entry of `dims` a dimension of the input;
    - `broadcast_c2`: `dims` increases and stays below the result's rank;
    - `broadcast_c3`: `result.shape[dims[i]] == input.shape[i]`;
    - `broadcast_c4`: element types are equal.

    Example:
    ```mlir
    %y = kiln.broadcast %b along [1] : tensor<128xf32> to tensor<64x128xf32>
    ```
  }];
  let arguments = (ins Kiln_Any:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Kiln_Any:$output);
  let assemblyFormat = [{
    $input `along` $dims attr-dict `:` type($input) `to` type($output)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ReshapeOp : Kiln_DiffOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let description = [{
    Constraints:
    - `reshape_c1`: the numbers of elements are equal;
    - `reshape_c2`: element types are equal.

    Example:
    ```mlir
    %y = kiln.reshape %x : tensor<64x28x28xf32> to tensor<64x784xf32>
    ```
  }];
  let arguments = (ins Kiln_Any:$input);
  let results = (outs Kiln_Any:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    // An alias of its operand: nothing moves.
    int64_t getFlops() { return 0; }
    int64_t getBytes() { return 0; }
  }];
}

def Kiln_TransposeOp : Kiln_DiffOp<"transpose", [InferTypes]> {
  let summary = "swaps the two dimensions of a matrix";
  let description = [{
    Example:
    ```mlir
    %t = kiln.transpose %w : tensor<128x10xf32>
    ```
  }];
  let arguments = (ins Kiln_Matrix:$input);
  let results = (outs Kiln_Matrix:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

//===----------------------------------------------------------------------===//
// Contractions and reductions
//===----------------------------------------------------------------------===//

def Kiln_MatmulOp : Kiln_DiffOp<"matmul", [InferTypes]> {
  let summary = "contraction of two matrices";
  let description = [{
    `C[m, n] = sum over k of A[m, k] * B[k, n]`, where a transposed operand is
    stored with its dimensions swapped. The sum runs over increasing k, from 0,
    by fused multiply-add, for every element: the order is part of the meaning.

    With `bfloat16`, operands are rounded to bfloat16 (to nearest, ties to even;
    a denormal f32 counts as 0), and the sum of f32 has another order, which
    matrix units have: it runs over blocks of 32 k, from 0. In a block, even k
    are summed from 0 by fused multiply-add, so are odd k, and the two sums are
    added; what they give is added to the sum of the blocks before. Gradients
    are contractions of the same kind: rounding has the gradient 1.

    Constraints:
    - `matmul_c1`: both operands agree on the extent of k.

    Example:
    ```mlir
    %y = kiln.matmul %x, %w : (tensor<64x784xf32>, tensor<784x128xf32>)
    %g = kiln.matmul %x transposed, %d
       : (tensor<64x784xf32>, tensor<64x128xf32>)
    %z = kiln.matmul %x, %w {bfloat16}
       : (tensor<64x784xf32>, tensor<784x128xf32>)
    ```
  }];
  let arguments = (ins Kiln_Matrix:$lhs, Kiln_Matrix:$rhs,
                       UnitAttr:$transposeLhs, UnitAttr:$transposeRhs,
                       UnitAttr:$bfloat16);
  let results = (outs Kiln_Matrix:$output);
  let assemblyFormat = [{
    $lhs (`transposed` $transposeLhs^)? `,` $rhs (`transposed` $transposeRhs^)?
    attr-dict `:` `(` type($lhs) `,` type($rhs) `)`
  }];
  let extraClassDeclaration = 
      Kiln_Flops<"2 * getM() * getN() * getK()">.declaration # [{
    /// Rows of the result.
    int64_t getM();
    /// Columns of the result.
    int64_t getN();
    /// Extent of the contracted dimension.
    int64_t getK();
  }];
}

def Kiln_PackOp : Kiln_StepOp<"pack", [InferTypes]> {
  let summary = "a matrix as an operand of packed_matmul";
  let description = [{
    Rounds a matrix to bfloat16 (as `matmul` with `bfloat16` does) and puts the
    numbers of each two k that follow one another, an even one and the next,
    into an i32, the even one into its low half. A left operand `[m, k]` becomes
    `[M, K/2]`, a right operand `[k, n]` (`rhs`) becomes `[K/2, N]`, where K is k
    rounded up to a multiple of 32, and M and N are rounded up to multiples of
    16. What is beyond the matrix is -0 in a left operand, 0 in a right one: their
    products leave any sum as it is. `transposed`: the input is stored with its
    dimensions swapped.

    Example:
    ```mlir
    %a = kiln.pack %x : tensor<64x784xf32>             // tensor<64x400xi32>
    %b = kiln.pack rhs %w : tensor<784x10xf32>         // tensor<400x16xi32>
    %c = kiln.pack rhs %w transposed : tensor<784x10xf32> // tensor<16x784xi32>
    ```
  }];
  let arguments = (ins Kiln_Matrix:$input, UnitAttr:$rhs, UnitAttr:$transposed);
  let results = (outs Kiln_Pairs:$output);
  let assemblyFormat = [{
    (`rhs` $rhs^)? $input (`transposed` $transposed^)? attr-dict `:` type($input)
  }];
  let extraClassDeclaration = Kiln_NoFlops.declaration # [{
    /// Units of k, rows and columns that packed operands are made of.
    static constexpr int64_t kUnit = 32, unit = 16;
  }];
}

def Kiln_PackedMatmulOp : Kiln_StepOp<"packed_matmul"> {
  let summary = "contraction of two packed matrices";
  let description = [{
    What `matmul` with `bfloat16` computes, of operands that `kiln.pack` made.
    The result's shape says how much of them there is; `k` is the extent of
    what is summed over.

    Constraints:
    - `packed_matmul_c1`: the operands have the shapes that `kiln.pack` gives a
      left operand `[m, k]` and a right one `[k, n]`.

    Example:
    ```mlir
    %y = kiln.packed_matmul %a, %b, 784
       : (tensor<64x400xi32>, tensor<400x16xi32>) -> tensor<64x10xf32>
    ```
  }];
  let arguments = (ins Kiln_Pairs:$lhs, Kiln_Pairs:$rhs, I64Attr:$k);
  let results = (outs Kiln_Matrix:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` $k attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = Kiln_Flops<
      "2 * getOutput().getType().getNumElements() * int64_t(getK())">
      .declaration;
}

def Kiln_ReduceOp : Kiln_DiffOp<"reduce", [InferTypes]> {
  let summary = "combines a tensor along some dimensions";
  let description = [{
    Removes the dimensions `dims`. A `max` over a NaN is NaN. The gradient of `max` goes to every element
    that equals the maximum, divided by their number.

    Constraints:
    - `reduce_c1`: `dims` increases and stays below the input's rank.

    Example:
    ```mlir
    %s = kiln.reduce sum, %x along [0] : tensor<64x128xf32>
    ```
  }];
  let arguments = (ins Kiln_ReductionAttr:$kind, Kiln_Float:$input,
                       DenseI64ArrayAttr:$dims);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = "`` $kind `,` $input `along` $dims attr-dict `:` type($input)";
  let hasFolder = 1;
  let extraClassDeclaration = Kiln_FlopsPerElement<"1">.declaration;
}

//===----------------------------------------------------------------------===//
// Rows: ops along the last dimension
//===----------------------------------------------------------------------===//

def Kiln_SoftmaxOp : Kiln_DiffOp<"softmax", [SameOperandsAndResultType]> {
  let summary = "softmax along the last dimension";
  let description = [{
    `y[i] = e^(x[i] - max x) / sum of e^(x[j] - max x)`.

    Constraints:
    - `softmax_c1`: the input has at least one dimension.

    Example:
    ```mlir
    %p = kiln.softmax %x : tensor<64x10xf32>
    ```
  }];
  let arguments = (ins Kiln_Float:$input);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let extraClassDeclaration = 
      // max, difference, exponential, sum, quotient
      Kiln_FlopsPerElement<"5">.declaration;
}

def Kiln_SoftmaxCrossEntropyOp : Kiln_DiffOp<"softmax_cross_entropy", [
    InferTypes]> {
  let summary = "cross-entropy of logits against class labels, a row a sample";
  let description = [{
    `z[r] = max x[r] + ln(sum of e^(x[r, j] - max x[r])) - x[r, label[r]]`.

    Constraints:
    - `softmax_cross_entropy_c1`: one label a row.

    Example:
    ```mlir
    %z = kiln.softmax_cross_entropy %x, %labels
       : (tensor<64x10xf32>, tensor<64xi32>)
    ```
  }];
  let arguments = (ins Kiln_Matrix:$logits, Kiln_RowLabels:$labels);
  let results = (outs Kiln_Vector:$output);
  let assemblyFormat = [{
    $logits `,` $labels attr-dict `:` `(` type($logits) `,` type($labels) `)`
  }];
  let extraClassDeclaration = 
      // max, difference, exponential, sum; the rest is per row
      Kiln_FlopsPerElement<"4">.declaration;
}

def Kiln_OneHotOp : Kiln_StepOp<"one_hot", [InferTypes]> {
  let summary = "1 at the label of each row, 0 elsewhere";
  let description = [{
    A label outside `[0, depth)` gives a row of zeros.

    Constraints:
    - `one_hot_c1`: `depth` is positive.

    Example:
    ```mlir
    %y = kiln.one_hot %labels, 10 : tensor<64xi32>
    ```
  }];
  let arguments = (ins Kiln_RowLabels:$labels, I64Attr:$depth);
  let results = (outs Kiln_Matrix:$output);
  let assemblyFormat = "$labels `,` $depth attr-dict `:` type($labels)";
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ArgmaxOp : Kiln_StepOp<"argmax", [InferTypes]> {
  let summary = "index of the largest element of each row, the first of equals";
  let description = [{
    Example:
    ```mlir
    %i = kiln.argmax %p : tensor<64x10xf32>
    ```
  }];
  let arguments = (ins Kiln_Matrix:$input);
  let results = (outs Kiln_RowLabels:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let extraClassDeclaration = Kiln_FlopsPerElement<"1">.declaration;
}

//===----------------------------------------------------------------------===//
// The batch and its random numbers
//===----------------------------------------------------------------------===//

def Kiln_RowMaskOp : Kiln_StepOp<"row_mask"> {
  let summary = "true for the rows of a batch that hold a sample";
  let description = [{
    `y[i] = i < rows`: a last batch may fill fewer rows than the batch has.

    Example:
    ```mlir
    %m = kiln.row_mask %rows : tensor<64xi1>
    ```
  }];
  let arguments = (ins Kiln_Counter:$rows);
  let results = (outs Kiln_RowBools:$output);
  let assemblyFormat = "$rows attr-dict `:` type($output)";
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_RandomMaskOp : Kiln_StepOp<"random_mask"> {
  let summary = "random booleans that depend on their place alone";
  let description = [{
    True where a uniform 32-bit word is at least `round(rate * 2^32)`. The words
    are Philox4x32-10's with key `(seed, stream)` (low 32 bits of each) and
    counter `(epoch, step, e/4 low, e/4 high)`: element `e` in row-major order
    takes word `e mod 4`. So the mask is the same for any number of threads, any
    tiling, and when drawn again.

    Constraints:
    - `random_mask_c1`: `rate` is in `[0, 1)`.

    Example:
    ```mlir
    %m = kiln.random_mask %seed, %epoch, %step {rate = 2.0e-01 : f64,
        stream = 7 : i64} : tensor<64x128xi1>
    ```
  }];
  let arguments = (ins Kiln_Counter:$seed, Kiln_Counter:$epoch,
                       Kiln_Counter:$step, F64Attr:$rate, I64Attr:$stream);
  let results = (outs Kiln_Bools:$output);
  let assemblyFormat = "$seed `,` $epoch `,` $step attr-dict `:` type($output)";
  let hasVerifier = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration # [{
    /// round(rate * 2^32): words from here on are kept.
    uint64_t getThreshold();
  }];
}

def Kiln_DropoutOp : Kiln_DiffOp<"dropout", [
    AllTypesMatch<["input", "output"]>, SameOperandsAndResultShape,
    Kiln_Elementwise]> {
  let summary = "keeps and scales the elements that a mask chooses";
  let description = [{
    `y = mask ? x * (1 / (1 - rate)) : 0`, the factor rounded once to f32.

    Constraints:
    - `dropout_c1`: `rate` is in `[0, 1)`.

    Example:
    ```mlir
    %y = kiln.dropout %x, %m {rate = 2.0e-01 : f64} : tensor<64x128xf32>,
        tensor<64x128xi1>
    ```
  }];
  let arguments = (ins Kiln_Float:$input, Kiln_Bools:$mask, F64Attr:$rate);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = [{
    $input `,` $mask attr-dict `:` type($input) `,` type($mask)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Rows by index: tables, distinct tokens
//===----------------------------------------------------------------------===//

def Kiln_Indices : StaticShapeTensorOf<[I32]>;

def Kiln_GatherOp : Kiln_DiffOp<"gather", [InferTypes]> {
  let summary = "rows of a table, by index";
  let description = [{
    `z[i..., :] = table[indices[i...], :]`. With `batch_dims = 1` every sample
    has a table of its own: `z[b, i..., :] = table[b, indices[b, i...], :]`. An
    index of -1 gives a row of zeros; any other that is not in the table is the
    reader's error, met before a program runs.

    Constraints:
    - `gather_c1`: `batch_dims` is 0 or 1;
    - `gather_c2`: the table has `batch_dims + 2` dimensions;
    - `gather_c3`: the first `batch_dims` dimensions of both are equal.

    Example:
    ```mlir
    %x = kiln.gather %table, %tokens {batch_dims = 0 : i64}
       : (tensor<10000x128xf32>, tensor<64x500xi32>)
    ```
  }];
  let arguments = (ins Kiln_Float:$table, Kiln_Indices:$indices,
                       I64Attr:$batch_dims);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = [{
    $table `,` $indices attr-dict `:` `(` type($table) `,` type($indices) `)`
  }];
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ScatterOp : Kiln_DiffOp<"scatter", [InferTypes]> {
  let summary = "sums rows by index: the adjoint of gather";
  let description = [{
    `z[r, :]` is the sum of `updates[i..., :]` over all `i` whose index is `r`,
    in increasing order of `i`, or with `descending` in decreasing order, from
    0; with `batch_dims = 1` in each sample by itself. Rows at index -1 are left
    out. `rows` is the extent of the result's row dimension.

    Constraints:
    - `scatter_c1`: `batch_dims` is 0 or 1 and at most the rank of `indices`;
    - `scatter_c2`: `updates` has the shape of `indices` and one dimension more.

    Example:
    ```mlir
    %g = kiln.scatter %dx, %tokens {batch_dims = 0 : i64, rows = 10000 : i64}
       : (tensor<64x500x128xf32>, tensor<64x500xi32>)
    ```
  }];
  let arguments = (ins Kiln_Float:$updates, Kiln_Indices:$indices,
                       I64Attr:$batch_dims, I64Attr:$rows, UnitAttr:$descending);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = [{
    $updates `,` $indices attr-dict `:` `(` type($updates) `,` type($indices) `)`
  }];
  let extraClassDeclaration = Kiln_FlopsPerElement<"1">.declaration;
}

def Kiln_UniqueOp : Kiln_StepOp<"unique", [InferTypes]> {
  let summary = "the distinct indices of each row";
  let description = [{
    For every row `g` of `indices`: `values[g]` lists its distinct indices in
    the order in which they first appear, then -1; `positions[g, i]` is where
    in that list `indices[g, i]` stands; `counts[g]` is their number.

    Example:
    ```mlir
    %values, %positions, %counts = kiln.unique %tokens : tensor<64x500xi32>
    ```
  }];
  let arguments = (ins Kiln_RankedOf<I32, 2>:$indices);
  let results = (outs Kiln_RankedOf<I32, 2>:$values,
                      Kiln_RankedOf<I32, 2>:$positions,
                      Kiln_RankedOf<I32, 1>:$counts);
  let assemblyFormat = "$indices attr-dict `:` type($indices)";
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ChainOp : Kiln_StepOp<"chain", [InferTypes]> {
  let summary = "an inverted index: where each row of a table is named";
  let description = [{
    Counts the elements of `indices` in row-major order: `first[r]` is the first
    one that is `r`, `next[i]` the one after element `i` that names the same
    row; -1 where there is none. With `descending` chains go from the last
    element to the first. Elements of -1 are in no chain.

    Constraints:
    - `chain_c1`: `rows` is positive.

    Example:
    ```mlir
    %first, %next = kiln.chain %tokens {rows = 10000 : i64}
        : tensor<64x500xi32>
    ```
  }];
  let arguments = (ins Kiln_Indices:$indices, I64Attr:$rows,
                       UnitAttr:$descending);
  let results = (outs Kiln_RankedOf<I32, 1>:$first, Kiln_Indices:$next);
  let assemblyFormat = "$indices attr-dict `:` type($indices)";
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ChainSumOp : Kiln_StepOp<"chain_sum", [InferTypes]> {
  let summary = "sums rows along the chains of an inverted index";
  let description = [{
    `z[r, :]` is the sum of `updates[i..., :]` over the elements `i` of chain
    `r` (`kiln.chain`), in its order, from 0: a scatter in which every row of
    the result has one owner.

    Constraints:
    - `chain_sum_c1`: `updates` has the shape of `next` and one dimension more.

    Example:
    ```mlir
    %g = kiln.chain_sum %dx, %first, %next
       : (tensor<64x500x128xf32>, tensor<10000xi32>, tensor<64x500xi32>)
    ```
  }];
  let arguments = (ins Kiln_Float:$updates, Kiln_RankedOf<I32, 1>:$first,
                       Kiln_Indices:$next);
  let results = (outs Kiln_Matrix:$output);
  let assemblyFormat = [{
    $updates `,` $first `,` $next attr-dict `:` `(` type($updates) `,`
    type($first) `,` type($next) `)`
  }];
  let extraClassDeclaration = Kiln_FlopsPerElement<"1">.declaration;
}

//===----------------------------------------------------------------------===//
// Parts along the last dimension, order of steps
//===----------------------------------------------------------------------===//

def Kiln_SplitOp : Kiln_DiffOp<"split"> {
  let summary = "equal parts of a tensor along its last dimension";
  let description = [{
    Constraints:
    - `split_c1`: results are of one type: the input's but for the last
      dimension, whose extents add up to the input's.

    Example:
    ```mlir
    %i, %f, %g, %o = kiln.split %z : tensor<64x256xf32> to tensor<64x64xf32>,
        tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>
    ```
  }];
  let arguments = (ins Kiln_Float:$input);
  let results = (outs Variadic<Kiln_Float>:$parts);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($parts)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ConcatOp : Kiln_DiffOp<"concat", [InferTypes]> {
  let summary = "tensors of one type side by side along the last dimension";
  let description = [{
    Constraints:
    - `concat_c1`: one input or more, all of one type of rank 1 or higher.

    Example:
    ```mlir
    %z = kiln.concat %a, %b : tensor<64x64xf32>, tensor<64x64xf32>
    ```
  }];
  let arguments = (ins Variadic<Kiln_Float>:$inputs);
  let results = (outs Kiln_Float:$output);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasFolder = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_ReverseOp : Kiln_DiffOp<"reverse", [SameOperandsAndResultType]> {
  let summary = "the steps of every sample in the opposite order";
  let description = [{
    `z[b, t, ...] = x[b, T - 1 - t, ...]`.

    Constraints:
    - `reverse_c1`: the input has two dimensions or more.

    Example:
    ```mlir
    %y = kiln.reverse %x : tensor<64x500x128xf32>
    ```
  }];
  let arguments = (ins Kiln_Any:$input);
  let results = (outs Kiln_Any:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = Kiln_NoFlops.declaration;
}

def Kiln_PartialMatmulOp : Kiln_StepOp<"partial_matmul", [InferTypes]> {
  let summary = "a contraction of two matrices, cut into parts of its sum";
  let description = [{
    `C[p, m, n] = sum over the k of part p of A[m, k] * B[k, n]`, where a
    transposed left operand is stored with its dimensions swapped: the k are cut
    into `parts` ranges of equal length, and each sum runs over increasing k,
    from 0, by fused multiply-add. A gradient of weights over a batch of sequences
    is the sum of such parts, one for each tile of the batch; a product with
    weights, one for each thread's rows of them.

    Constraints:
    - `partial_matmul_c1`: both operands agree on the extent of k, a multiple of
      `parts`.

    Example:
    ```mlir
    %c = kiln.partial_matmul %x transposed, %d, 8
       : (tensor<32000x128xf32>, tensor<32000x64xf32>)
    %h = kiln.partial_matmul %y, %w, 2
       : (tensor<64x784xf32>, tensor<784x128xf32>)
    ```
  }];
  let arguments = (ins Kiln_Matrix:$lhs, Kiln_Matrix:$rhs, I64Attr:$parts,
                       UnitAttr:$transposeLhs);
  let results = (outs Kiln_RankedOf<F32, 3>:$output);
  let assemblyFormat = [{
    $lhs (`transposed` $transposeLhs^)? `,` $rhs `,` $parts attr-dict
    `:` `(` type($lhs) `,` type($rhs) `)`
  }];
  let extraClassDeclaration = Kiln_Flops<
      "2 * getLhs().getType().getNumElements() * "
      # "getRhs().getType().getDimSize(1)">.declaration # [{
    /// Extent of the contracted dimension, all parts together.
    int64_t getK() { return getRhs().getType().getDimSize(0); }
    /// Of these, those of one part.
    int64_t getPartLength() { return getK() / int64_t(getParts()); }
  }];
}

//===----------------------------------------------------------------------===//
// Recurrence
//===----------------------------------------------------------------------===//

def Kiln_ScanOp : Kiln_Op<"scan", [
    Pure, IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments,
    AttrSizedResultSegments,
    DeclareOpInterfaceMethods<Kiln_InterpretableOpInterface>,
    DeclareOpInterfaceMethods<Kiln_DifferentiableOpInterface>,
    DeclareOpInterfaceMethods<Kiln_CostOpInterface, ["getFlops"]>]> {
  let summary = "runs a cell over the steps of a batch of sequences";
  let description = [{
    The region is the cell: what one step computes for `R` samples (`R` is the
    whole batch `B`, or with `tile_rows` a tile of it; tiles are independent).
    Its arguments are, in this order,

    - a state `[R, ...]` for each of `init` (`[B, ...]`);
    - the step's part `[R, ...]` of each of `sequences`, which are `[B, T, ...]`
      or, kept in tiles, `[B/R, T, R, ...]`;
    - the tile's rows `[R, ...]` of each of `rows` (`[B, ...]`): what belongs to
      a sample and does not change, such as dropout masks;
    - each of `captures` as it is: weights.

    It yields the next states; then what this step adds to the stacked `outputs`
    (`[B, T, ...]` or in tiles, each at its own step); then what it contributes
    to each of `sums`, which are the sums over all steps, in the order in which
    they run, and then over all tiles in increasing order; with `tile_rows` the
    tiles' sums are results of their own, `[B/R, ...]`.

    Steps run from 0 to T-1, or with `reverse` from T-1 down to 0. Cells say
    themselves what a masked step does, by selection.

    `idle_when`, if given, is the number of a sequence of booleans: a promise
    that a step at which it is false for all rows of a tile leaves the states as
    they are, adds nothing to the sums, and puts out zeros, or what nothing but
    steps that may be left out as well reads: so it is for outputs in tiles
    (kiln-skip-masked-steps). Such a step may be left out but for the zeros of
    outputs that are not in tiles. `chunk`: so many steps of a sum's contraction
    are done at once.

    The gradient is a scan in the other direction, whose states are the adjoints
    of the states and whose sums are those of the captures. Scans with sums, or
    with a schedule, have none.

    Constraints:
    - `scan_c1`: the types of the region's arguments and yields fit those of
      operands and results, as above;
    - `scan_c2`: there is a sequence; all agree on T; all row operands on B;
    - `scan_c3`: `tile_rows` divides B;
    - `scan_c4`: `idle_when` numbers a sequence of booleans `[B, T]`;
    - `scan_c5`: the region holds tensor ops of the dialect.

    Example:
    ```mlir
    %h = kiln.scan init(%h0 : tensor<64x8xf32>)
        sequences(%z : tensor<64x500x8xf32>)
        captures(%u : tensor<8x8xf32>) -> (tensor<64x8xf32>) {
    ^bb0(%s: tensor<64x8xf32>, %x: tensor<64x8xf32>, %w: tensor<8x8xf32>):
      %r = kiln.matmul %s, %w : (tensor<64x8xf32>, tensor<8x8xf32>)
      %a = kiln.add %x, %r : tensor<64x8xf32>
      %n = kiln.tanh %a : tensor<64x8xf32>
      kiln.yield %n : tensor<64x8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Kiln_Any>:$init, Variadic<Kiln_Any>:$sequences,
                       Variadic<Kiln_Any>:$rows, Variadic<Kiln_Any>:$captures,
                       UnitAttr:$reverse, OptionalAttr<I64Attr>:$tile_rows,
                       OptionalAttr<I64Attr>:$idle_when,
                       OptionalAttr<I64Attr>:$chunk);
  let results = (outs Variadic<Kiln_Any>:$states, Variadic<Kiln_Any>:$outputs,
                      Variadic<Kiln_Any>:$sums);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`reverse` $reverse^)?
    (`init` `(` $init^ `:` type($init) `)`)?
    (`sequences` `(` $sequences^ `:` type($sequences) `)`)?
    (`rows` `(` $rows^ `:` type($rows) `)`)?
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    (`->` `(` type($states)^ `)`)?
    (`outputs` `(` type($outputs)^ `)`)?
    (`sums` `(` type($sums)^ `)`)?
    attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// Samples of the batch.
    int64_t getBatch();
    /// Samples that the region sees at once.
    int64_t getRowsAtOnce();
    /// Steps of the sequences.
    int64_t getSteps();
    /// The yield at the end of the cell.
    YieldOp getYield();
    /// The cell's arguments, by kind.
    ::mlir::Block::BlockArgListType getStateArguments();
    ::mlir::Block::BlockArgListType getSequenceArguments();
    ::mlir::Block::BlockArgListType getRowArguments();
    ::mlir::Block::BlockArgListType getCaptureArguments();
    /// What the cell yields, by kind.
    ::mlir::OperandRange getNextStates();
    ::mlir::OperandRange getStepOutputs();
    ::mlir::OperandRange getContributions();
  }];
}

//===----------------------------------------------------------------------===//
// Optimizer updates
//===----------------------------------------------------------------------===//

def Kiln_SgdUpdateOp : Kiln_StepOp<"sgd_update", [
    AllTypesMatch<["param", "gradient", "newParam"]>, Kiln_Elementwise]> {
  let summary = "plain gradient descent";
  let description = [{
    `w' = w - lr * g`.

    Example:
    ```mlir
    %w1 = kiln.sgd_update %w, %g, %hyper : tensor<784x128xf32>
    ```
  }];
  let arguments = (ins Kiln_Float:$param, Kiln_Float:$gradient,
                       Kiln_Hyper:$hyper);
  let results = (outs Kiln_Float:$newParam);
  let assemblyFormat = [{
    $param `,` $gradient `,` $hyper attr-dict `:` type($param)
  }];
  let extraClassDeclaration = Kiln_FlopsPerElement<"2">.declaration;
}

def Kiln_MomentumUpdateOp : Kiln_StepOp<"momentum_update", [
    AllTypesMatch<["param", "gradient", "velocity", "newParam",
                   "newVelocity"]>, Kiln_Elementwise]> {
  let summary = "gradient descent with momentum, as keras.optimizers.SGD";
  let description = [{
    `m' = momentum * m - lr * g`; `w' = w + m'`, or with `nesterov`
    `w' = w + momentum * m' - lr * g`. `momentum` is rounded once to f32, in f64
    interpretation too: so does Keras.

    Example:
    ```mlir
    %w1, %m1 = kiln.momentum_update %w, %g, %m, %hyper {momentum = 9.0e-01 : f64}
        : tensor<784x128xf32>
    ```
  }];
  let arguments = (ins Kiln_Float:$param, Kiln_Float:$gradient,
                       Kiln_Float:$velocity, Kiln_Hyper:$hyper,
                       F64Attr:$momentum, UnitAttr:$nesterov);
  let results = (outs Kiln_Float:$newParam, Kiln_Float:$newVelocity);
  let assemblyFormat = [{
    $param `,` $gradient `,` $velocity `,` $hyper attr-dict `:` type($param)
  }];
  let extraClassDeclaration = 
      Kiln_FlopsPerElement<"getNesterov() ? 6 : 4">.declaration;
}

def Kiln_AdamUpdateOp : Kiln_StepOp<"adam_update", [
    AllTypesMatch<["param", "gradient", "momentum", "velocity", "newParam",
                   "newMomentum", "newVelocity"]>, Kiln_Elementwise]> {
  let summary = "Adam, as keras.optimizers.Adam";
  let description = [{
    `m' = m + (g - m) * (1 - beta_1)`; `v' = v + (g * g - v) * (1 - beta_2)`;
    `w' = w - m' * alpha / (sqrt(v') + epsilon)`. The factors `1 - beta` are
    computed in f64 and rounded once to f32. Each sum in `m'` and `v'` is rounded
    together with the product in it.

    Example:
    ```mlir
    %w1, %m1, %v1 = kiln.adam_update %w, %g, %m, %v, %hyper {
        beta_1 = 9.0e-01 : f64, beta_2 = 9.99e-01 : f64,
        epsilon = 1.0e-07 : f64} : tensor<784x128xf32>
    ```
  }];
  let arguments = (ins Kiln_Float:$param, Kiln_Float:$gradient,
                       Kiln_Float:$momentum, Kiln_Float:$velocity,
                       Kiln_Hyper:$hyper, F64Attr:$beta_1, F64Attr:$beta_2,
                       F64Attr:$epsilon);
  let results = (outs Kiln_Float:$newParam, Kiln_Float:$newMomentum,
                      Kiln_Float:$newVelocity);
  let assemblyFormat = [{
    $param `,` $gradient `,` $momentum `,` $velocity `,` $hyper attr-dict `:`
    type($param)
  }];
  let extraClassDeclaration = 
      // m' 3, v' 4, w' 5
      Kiln_FlopsPerElement<"12">.declaration;
}

//===----------------------------------------------------------------------===//
// Structure: declarations and fusion groups
//===----------------------------------------------------------------------===//

def Kiln_ParamOp : Kiln_Op<"param", [Symbol]> {
  let summary = "declares a trainable parameter";
  let description = [{
    The symbol is Keras's variable path without the model's prefix. Functions
    refer to it by the argument attribute `kiln.param`.

    With `unit_forget_bias` the second quarter of it starts from 1, whatever the
    initializer: the bias of an LSTM's forget gate.

    Constraints:
    - `param_c1`: the type is an f32 tensor with a static shape;
    - `param_c2`: what has a `unit_forget_bias` is a vector of four equal parts.

    Example:
    ```mlir
    kiln.param @"dense/kernel" : tensor<784x128xf32>
        init #kiln.init<glorot_uniform, 0.0, 0.0>
        {layer = "dense", regularizer = #kiln.regularizer<l1 = 0.0, l2 = 1.0e-4>}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type,
                       Kiln_InitializerAttr:$initializer, StrAttr:$layer,
                       OptionalAttr<Kiln_RegularizerAttr>:$regularizer,
                       UnitAttr:$unit_forget_bias);
  let assemblyFormat = "$sym_name `:` $type `init` $initializer attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The parameter's type, f32 with a static shape.
    ::mlir::RankedTensorType getTensorType() {
      return ::llvm::cast<::mlir::RankedTensorType>(getType());
    }
  }];
}

def Kiln_CompileOp : Kiln_Op<"compile"> {
  let summary = "how the module's model is to be trained";
  let description = [{
    One a module: the loss between `@forward`'s result and the targets, the
    optimizer (`#kiln.sgd` or `#kiln.adam`) and the metrics.

    Constraints:
    - `compile_c1`: the optimizer is `#kiln.sgd` or `#kiln.adam`.

    Example:
    ```mlir
    kiln.compile loss #kiln.loss<mse, from_logits = false>
        optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0,
                            nesterov = false>
        metrics [#kiln.metric<"accuracy", binary_accuracy>]
    ```
  }];
  let arguments = (ins Kiln_LossAttr:$loss, AnyAttr:$optimizer,
                       TypedArrayAttrBase<Kiln_MetricAttr, "metrics">:$metrics);
  let assemblyFormat = [{
    `loss` $loss `optimizer` $optimizer `metrics` $metrics attr-dict
  }];
  let hasVerifier = 1;
}

def Kiln_YieldOp : Kiln_Op<"yield", [
    Pure, Terminator, ReturnLike, ParentOneOf<["FusionOp", "ScanOp"]>]> {
  let summary = "hands the results of a fusion group or a cell out";
  let description = [{
    Example: `kiln.yield %y, %z : tensor<64x128xf32>, tensor<64xf32>`
  }];
  let arguments = (ins Variadic<Kiln_Any>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  // What SingleBlockImplicitTerminator adds to an empty body yields nothing.
  let builders = [OpBuilder<(ins), "build($_builder, $_state, {});">];
}

def Kiln_FusionOp : Kiln_Op<"fusion", [
    Pure, IsolatedFromAbove, SingleBlockImplicitTerminator<"YieldOp">,
    DeclareOpInterfaceMethods<Kiln_InterpretableOpInterface>,
    DeclareOpInterfaceMethods<Kiln_CostOpInterface, ["getFlops"]>]> {
  let summary = "ops that run as one kernel";
  let description = [{
    The body computes exactly what its ops compute one after another: a fusion
    is a choice of kernels, never of meaning. `kind` says what the kernel is
    built around: a `contraction` whose epilogue runs on the tile in registers;
    `rows`, ops along the last dimension, a row at a time; `columns`, a
    reduction over dimension 0 with an epilogue; `total`, a reduction to one
    number; `transpose`; `random`; `gather`; `scatter`, sums by index with an
    epilogue on rows of the table; `index`, integers alone; `copy`, parts put
    together or taken apart; `pack`, an operand in bfloat16; `steps`, a reduction along dimension 1 of 3; `scan`, a
    recurrence whose cell is made of groups itself; or nothing but `elementwise`
    ops.

    `id` is unique in its function: the anchor's name, what the group does, and
    the line of the model file. `partition`, once scheduled, says how the threads
    share it. The location is the anchor's; `fused_from` keeps the others.

    Constraints:
    - `fusion_c1`: one block argument an input, of its type;
    - `fusion_c2`: the yielded types are the result types;
    - `fusion_c3`: the body holds tensor ops of the dialect.

    Example:
    ```mlir
    %y = kiln.fusion "dense.forward@mlp.toml:14" contraction (%x, %w)
        : (tensor<64x784xf32>, tensor<784x128xf32>) -> tensor<64x128xf32> {
    ^bb0(%a: tensor<64x784xf32>, %b: tensor<784x128xf32>):
      %c = kiln.matmul %a, %b : (tensor<64x784xf32>, tensor<784x128xf32>)
      %d = kiln.relu %c : tensor<64x128xf32>
      kiln.yield %d : tensor<64x128xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$id, Kiln_FusionKindAttr:$kind,
                       Variadic<Kiln_Any>:$inputs,
                       OptionalAttr<Kiln_PartitionAttr>:$partition,
                       OptionalAttr<LocationArrayAttr>:$fused_from);
  let results = (outs Variadic<Kiln_Any>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $id `` $kind `(` $inputs `)` attr-dict-with-keyword `:`
    functional-type($inputs, $outputs) $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The yield at the end of the body.
    YieldOp getYield();
    /// The op that the kernel is built around: the contraction, the first
    /// reduction or row op, or the first op of an elementwise group.
    ::mlir::Operation *getAnchor();
  }];
}

def Kiln_BarrierOp : Kiln_Op<"barrier"> {
  let summary = "all threads finish what is above before any goes on";
  let description = [{
    Placed between fusion groups once they are scheduled, where a thread needs
    what another one wrote or overwrites what another one reads.

    Example: `kiln.barrier`
  }];
  let assemblyFormat = "attr-dict";
}

#endif // KILN_IR_KILNOPS_TD

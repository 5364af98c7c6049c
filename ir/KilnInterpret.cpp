//===- KilnInterpret.cpp - The meaning of kiln ops ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Plainly, one element at a time. In f32, elementwise ops and updates round
// every step of their formula, and contractions accumulate by f32 fused
// multiply-add, so that these have the bits that kernels must have. Elementary
// functions and reductions are computed in f64 and rounded once, but in a draw
// of roundings, which is to lose what kernels may lose.
//
// Long, since it has a function for each op of the dialect.
//
// One file for all ops, long as it is: what they mean is read side by side.
//
//===----------------------------------------------------------------------===//

#include "ir/Interpreter.h"
#include "ir/KilnOps.h"
#include "ir/MathBounds.h"
#include "runtime/Philox.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

static RankedTensorType getResultType(Operation *op, unsigned index = 0) {
  return llvm::cast<RankedTensorType>(op->getResult(index).getType());
}

/// Row-major strides of `shape`, in elements.
static llvm::SmallVector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t dim = shape.size(); dim-- > 1;)
    strides[dim - 1] = strides[dim] * shape[dim];
  return strides;
}

/// One tensor of the op's result type, element i being `compute(i)`.
template <typename Function>
static LogicalResult fill(Operation *op, llvm::SmallVectorImpl<Tensor> &results,
                          Function compute) {
  Tensor result(getResultType(op));
  for (int64_t i = 0; i < result.size(); ++i)
    result[i] = compute(i);
  results.push_back(std::move(result));
  return success();
}

// NaNs propagate through both, as in `arith.maximumf`.
static double maximum(double x, double y) {
  return std::isnan(x) || x > y ? x : y;
}
static double minimum(double x, double y) {
  return std::isnan(x) || x < y ? x : y;
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

static double computeTanh(const Interpreter &interpreter, double x) {
  double y = std::tanh(x);
  if (!interpreter.isDraw())
    return y;
  if (std::fabs(x) > 9)
    return std::copysign(1, x);
  return maximum(minimum(interpreter.approximate(y, ulps::tanh), 1), -1);
}

/// ln(1 + e^-|x|).
static double computeSoftplusTail(const Interpreter &interpreter, double x) {
  return interpreter.approximate(std::log1p(std::exp(-std::fabs(x))),
                                 ulps::softplusTail);
}

/// Element i of the result is EXPRESSION in x, element i of the operand.
#define KILN_UNARY(OP, EXPRESSION)                                             \
  LogicalResult OP::interpret(Interpreter &interpreter,                        \
                              llvm::ArrayRef<Tensor> operands,                 \
                              llvm::SmallVectorImpl<Tensor> &results) {        \
    return fill(*this, results, [&](int64_t i) {                               \
      double x = operands[0][i];                                               \
      return EXPRESSION;                                                       \
    });                                                                        \
  }

KILN_UNARY(NegOp, -x)
KILN_UNARY(AbsOp, std::fabs(x))
KILN_UNARY(SignOp, double((x > 0) - (x < 0)))
KILN_UNARY(ExpOp, interpreter.approximate(std::exp(x), ulps::exp))
KILN_UNARY(LogOp, interpreter.approximate(std::log(x), ulps::log))
KILN_UNARY(SqrtOp, std::sqrt(x))
KILN_UNARY(TanhOp, computeTanh(interpreter, x))
KILN_UNARY(SigmoidOp, minimum(interpreter.approximate(1 / (1 + std::exp(-x)),
                                                      ulps::sigmoid),
                              1))
KILN_UNARY(ReluOp, maximum(x, 0))
KILN_UNARY(ConvertOp, x)
KILN_UNARY(ReshapeOp, x)

/// The same with x and y, elements i of both operands.
#define KILN_BINARY(OP, EXPRESSION)                                            \
  LogicalResult OP::interpret(Interpreter &interpreter,                        \
                              llvm::ArrayRef<Tensor> operands,                 \
                              llvm::SmallVectorImpl<Tensor> &results) {        \
    return fill(*this, results, [&](int64_t i) {                               \
      double x = operands[0][i], y = operands[1][i];                           \
      return EXPRESSION;                                                       \
    });                                                                        \
  }

// Rounding an f64 sum, difference, product, quotient or root of f32 numbers
// gives the bits of the f32 operation (53 >= 2 * 24 + 2).
KILN_BINARY(AddOp, x + y)
KILN_BINARY(SubOp, x - y)
KILN_BINARY(MulOp, x *y)
KILN_BINARY(DivOp, x / y)
KILN_BINARY(MaximumOp, maximum(x, y))
KILN_BINARY(MinimumOp, minimum(x, y))
KILN_BINARY(SigmoidCrossEntropyOp,
            interpreter.roundStep(maximum(x, 0) -
                                  interpreter.roundStep(x * y)) +
                computeSoftplusTail(interpreter, x))

static bool compareNumbers(Predicate predicate, double x, double y) {
  switch (predicate) {
  case Predicate::eq:
    return x == y;
  case Predicate::ne:
    return x != y;
  case Predicate::lt:
    return x < y;
  case Predicate::le:
    return x <= y;
  case Predicate::gt:
    return x > y;
  case Predicate::ge:
    return x >= y;
  }
  llvm_unreachable("unknown predicate");
}

KILN_BINARY(CompareOp, double(compareNumbers(getPredicate(), x, y)))

LogicalResult SelectOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  return fill(*this, results, [&](int64_t i) {
    return operands[0][i] != 0 ? operands[1][i] : operands[2][i];
  });
}

LogicalResult DropoutOp::interpret(Interpreter &interpreter,
                                   llvm::ArrayRef<Tensor> operands,
                                   llvm::SmallVectorImpl<Tensor> &results) {
  // A constant of f32 in both precisions, as the op says.
  double scale = float(1 / (1 - getRate().convertToDouble()));
  return fill(*this, results, [&](int64_t i) {
    return operands[1][i] != 0 ? operands[0][i] * scale : 0;
  });
}

//===----------------------------------------------------------------------===//
// Constants and shapes
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::interpret(Interpreter &interpreter,
                                    llvm::ArrayRef<Tensor> operands,
                                    llvm::SmallVectorImpl<Tensor> &results) {
  auto elements = llvm::dyn_cast<DenseElementsAttr>(getValue());
  if (!elements)
    return emitOpError("cannot be interpreted: expected dense elements");
  Tensor result(getResultType(*this));
  bool isBool = elements.getElementType().isInteger(1);
  int64_t i = 0;
  if (elements.getElementType().isF32())
    for (const llvm::APFloat &value : elements.getValues<llvm::APFloat>())
      result[i++] = value.convertToFloat();
  else
    for (const llvm::APInt &value : elements.getValues<llvm::APInt>())
      result[i++] =
          isBool ? double(value.getZExtValue()) : double(value.getSExtValue());
  results.push_back(std::move(result));
  return success();
}

LogicalResult BroadcastOp::interpret(Interpreter &interpreter,
                                     llvm::ArrayRef<Tensor> operands,
                                     llvm::SmallVectorImpl<Tensor> &results) {
  llvm::ArrayRef<int64_t> shape = getResultType(*this).getShape();
  llvm::SmallVector<int64_t> strides = getStrides(shape);
  llvm::SmallVector<int64_t> inputStrides = getStrides(operands[0].getShape());
  return fill(*this, results, [&](int64_t i) {
    int64_t source = 0;
    for (auto [dim, stride] : llvm::zip(getDims(), inputStrides))
      source += i / strides[dim] % shape[dim] * stride;
    return operands[0][source];
  });
}

LogicalResult TransposeOp::interpret(Interpreter &interpreter,
                                     llvm::ArrayRef<Tensor> operands,
                                     llvm::SmallVectorImpl<Tensor> &results) {
  int64_t rows = operands[0].getShape()[0], columns = operands[0].getShape()[1];
  return fill(*this, results, [&](int64_t i) {
    return operands[0][i % rows * columns + i / rows];
  });
}

//===----------------------------------------------------------------------===//
// Contractions and reductions
//===----------------------------------------------------------------------===//

namespace {
/// The extents of a contraction and the strides of its operands.
struct Contraction {
  int64_t m, n, k;
  int64_t lhsM, lhsK;
  /// Whether the sums are those of bfloat16.
  bool inBlocks = false;
};
} // namespace

/// `result[m, n]` = fma over increasing k of lhs and the row-major rhs [k, n].
/// Instantiated with and without the machine's FMA: the same bits.
template <typename Number>
LLVM_ATTRIBUTE_ALWAYS_INLINE static void
contract(const Contraction &c, const Number *lhs, const Number *rhs,
         Number *result) {
  for (int64_t m = 0; m < c.m; ++m) {
    Number *row = result + m * c.n;
    for (int64_t k = 0; k < c.k; ++k) {
      Number x = lhs[m * c.lhsM + k * c.lhsK];
      for (int64_t n = 0; n < c.n; ++n)
        row[n] = std::fma(x, rhs[k * c.n + n], row[n]);
    }
  }
}

/// The same in blocks of k, even and odd k of a block apart.
template <typename Number>
LLVM_ATTRIBUTE_ALWAYS_INLINE static void
contractBlocks(const Contraction &c, const Number *lhs, const Number *rhs,
               Number *result) {
  std::vector<Number> sums[2];
  for (int64_t m = 0; m < c.m; ++m) {
    Number *row = result + m * c.n;
    for (int64_t first = 0; first < c.k; first += PackOp::kUnit) {
      for (std::vector<Number> &sum : sums)
        sum.assign(c.n, 0);
      int64_t end = std::min(first + PackOp::kUnit, c.k);
      for (int64_t k = first; k < end; ++k) {
        Number x = lhs[m * c.lhsM + k * c.lhsK];
        Number *sum = sums[k % 2].data();
        for (int64_t n = 0; n < c.n; ++n)
          sum[n] = std::fma(x, rhs[k * c.n + n], sum[n]);
      }
      for (int64_t n = 0; n < c.n; ++n)
        row[n] += sums[0][n] + sums[1][n];
    }
  }
}

template <typename Number>
LLVM_ATTRIBUTE_ALWAYS_INLINE static void
contractInOrder(const Contraction &c, const Number *lhs, const Number *rhs,
                Number *result) {
  if (c.inBlocks)
    contractBlocks(c, lhs, rhs, result);
  else
    contract(c, lhs, rhs, result);
}

#if defined(__x86_64__)
template <typename Number>
__attribute__((target("avx2,fma"))) static void
contractWithFma(const Contraction &c, const Number *lhs, const Number *rhs,
                Number *result) {
  contractInOrder(c, lhs, rhs, result);
}
#endif

template <typename Number>
static std::vector<double> contract(const Contraction &c,
                                    llvm::ArrayRef<double> lhs,
                                    llvm::ArrayRef<double> rhs) {
  std::vector<Number> x(lhs.begin(), lhs.end());
  std::vector<Number> y(rhs.begin(), rhs.end());
  std::vector<Number> result(c.m * c.n);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    contractWithFma(c, x.data(), y.data(), result.data());
  else
#endif
    contractInOrder(c, x.data(), y.data(), result.data());
  return std::vector<double>(result.begin(), result.end());
}

/// The same in a draw of roundings; one sum takes the place of two, too.
static std::vector<double> contractInDraw(const Interpreter &interpreter,
                                          const Contraction &c,
                                          llvm::ArrayRef<double> lhs,
                                          llvm::ArrayRef<double> rhs) {
  std::vector<double> result(c.m * c.n);
  for (int64_t m = 0; m < c.m; ++m)
    for (int64_t k = 0; k < c.k; ++k)
      for (int64_t n = 0; n < c.n; ++n) {
        double &sum = result[m * c.n + n];
        sum = interpreter.round(
            std::fma(lhs[m * c.lhsM + k * c.lhsK], rhs[k * c.n + n], sum));
      }
  return result;
}

static std::vector<double> contract(const Interpreter &interpreter,
                                    const Contraction &c,
                                    llvm::ArrayRef<double> lhs,
                                    llvm::ArrayRef<double> rhs) {
  if (interpreter.isDraw())
    return contractInDraw(interpreter, c, lhs, rhs);
  return interpreter.getPrecision() == Precision::F32
             ? contract<float>(c, lhs, rhs)
             : contract<double>(c, lhs, rhs);
}

/// The bits of a number rounded to bfloat16: to nearest, ties to even. What is
/// denormal in f32 is 0; a NaN stays one.
static uint32_t roundToBfloat16(double value) {
  if (std::isnan(value))
    return 0x7fc0;
  llvm::APFloat number(value);
  bool losesInfo;
  if (std::abs(value) < std::numeric_limits<float>::min())
    number = llvm::APFloat(std::copysign(0.0, value));
  number.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.bitcastToAPInt().getZExtValue();
}

static double fromBfloat16(uint32_t bits) {
  return llvm::bit_cast<float>(bits << 16);
}

static void roundToBfloat16(std::vector<double> &values) {
  for (double &value : values)
    value = fromBfloat16(roundToBfloat16(value));
}

LogicalResult MatmulOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  Contraction c{getM(), getN(), getK(), 0, 0, getBfloat16()};
  c.lhsM = getTransposeLhs() ? 1 : c.k;
  c.lhsK = getTransposeLhs() ? c.m : 1;
  std::vector<double> rhs = operands[1].getData();
  if (getTransposeRhs())
    for (int64_t k = 0; k < c.k; ++k)
      for (int64_t n = 0; n < c.n; ++n)
        rhs[k * c.n + n] = operands[1][n * c.k + k];
  std::vector<double> lhs = operands[0].getData();
  if (getBfloat16()) {
    roundToBfloat16(lhs);
    roundToBfloat16(rhs);
  }
  results.emplace_back(getResultType(*this),
                       contract(interpreter, c, lhs, rhs));
  return success();
}

LogicalResult PackOp::interpret(Interpreter &interpreter,
                                llvm::ArrayRef<Tensor> operands,
                                llvm::SmallVectorImpl<Tensor> &results) {
  llvm::ArrayRef<int64_t> input = operands[0].getShape();
  // Strides of the packed matrix's two dimensions in the input, and how far
  // they go.
  int64_t strides[] = {input[1], 1}, extents[] = {input[0], input[1]};
  if (getTransposed()) {
    std::swap(strides[0], strides[1]);
    std::swap(extents[0], extents[1]);
  }
  int64_t columns = getResultType(*this).getShape()[1];
  auto getBits = [&](int64_t row, int64_t column) -> uint32_t {
    if (row >= extents[0] || column >= extents[1])
      return getRhs() ? 0 : 0x8000;
    return roundToBfloat16(operands[0][row * strides[0] + column * strides[1]]);
  };
  return fill(*this, results, [&](int64_t i) -> double {
    int64_t row = i / columns, column = i % columns;
    uint32_t low =
        getRhs() ? getBits(2 * row, column) : getBits(row, 2 * column);
    uint32_t high =
        getRhs() ? getBits(2 * row + 1, column) : getBits(row, 2 * column + 1);
    return int32_t(low | high << 16);
  });
}

LogicalResult
PackedMatmulOp::interpret(Interpreter &interpreter,
                          llvm::ArrayRef<Tensor> operands,
                          llvm::SmallVectorImpl<Tensor> &results) {
  llvm::ArrayRef<int64_t> shape = getResultType(*this).getShape();
  Contraction c{shape[0], shape[1], int64_t(getK()), int64_t(getK()), 1, true};
  std::vector<double> lhs(c.m * c.k), rhs(c.k * c.n);
  auto unpack = [](const Tensor &packed, int64_t i, int64_t k) {
    uint32_t pair = int32_t(packed[i]);
    return fromBfloat16(k % 2 ? pair >> 16 : pair & 0xffff);
  };
  int64_t lhsColumns = operands[0].getShape()[1];
  int64_t rhsColumns = operands[1].getShape()[1];
  for (int64_t k = 0; k < c.k; ++k) {
    for (int64_t m = 0; m < c.m; ++m)
      lhs[m * c.k + k] = unpack(operands[0], m * lhsColumns + k / 2, k);
    for (int64_t n = 0; n < c.n; ++n)
      rhs[k * c.n + n] = unpack(operands[1], k / 2 * rhsColumns + n, k);
  }
  results.emplace_back(getResultType(*this),
                       contract(interpreter, c, lhs, rhs));
  return success();
}

LogicalResult
PartialMatmulOp::interpret(Interpreter &interpreter,
                           llvm::ArrayRef<Tensor> operands,
                           llvm::SmallVectorImpl<Tensor> &results) {
  llvm::ArrayRef<int64_t> shape = getResultType(*this).getShape();
  int64_t k = getPartLength();
  Contraction c{shape[1], shape[2], k, /*lhsM=*/1, /*lhsK=*/shape[1]};
  if (!getTransposeLhs()) {
    c.lhsM = getK();
    c.lhsK = 1;
  }
  llvm::ArrayRef<double> lhs = operands[0].getData();
  llvm::ArrayRef<double> rhs = operands[1].getData();
  std::vector<double> result;
  for (int64_t part = 0; part < shape[0]; ++part)
    llvm::append_range(result, contract(interpreter, c,
                                        lhs.drop_front(part * k * c.lhsK),
                                        rhs.slice(part * k * c.n, k * c.n)));
  results.emplace_back(getResultType(*this), std::move(result));
  return success();
}

LogicalResult ReduceOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  Tensor result(getResultType(*this));
  bool isSum = getKind() == Reduction::sum;
  if (!isSum)
    result.getData().assign(result.size(),
                            -std::numeric_limits<double>::infinity());
  llvm::ArrayRef<int64_t> shape = operands[0].getShape();
  llvm::SmallVector<int64_t> strides = getStrides(shape);
  llvm::SmallVector<int64_t> kept = getOtherDims(getDims(), shape.size());
  llvm::SmallVector<int64_t> resultStrides = getStrides(result.getShape());
  for (int64_t i = 0; i < operands[0].size(); ++i) {
    int64_t target = 0;
    for (auto [dim, stride] : llvm::zip(kept, resultStrides))
      target += i / strides[dim] % shape[dim] * stride;
    double x = operands[0][i];
    result[target] = isSum ? interpreter.roundStep(result[target] + x)
                           : maximum(result[target], x);
  }
  results.push_back(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// e^(x[j] - largest) of every j, and their sum.
static std::pair<llvm::SmallVector<double>, double>
computePowers(const Interpreter &interpreter, llvm::ArrayRef<double> x,
              double largest) {
  llvm::SmallVector<double> powers;
  double sum = 0;
  for (double value : x) {
    double distance = interpreter.roundStep(value - largest);
    powers.push_back(interpreter.approximate(std::exp(distance), ulps::exp));
    sum = interpreter.roundStep(sum + powers.back());
  }
  return {powers, sum};
}

static double getLargest(llvm::ArrayRef<double> x) {
  double largest = x[0];
  for (double value : x.drop_front())
    largest = maximum(largest, value);
  return largest;
}

LogicalResult SoftmaxOp::interpret(Interpreter &interpreter,
                                   llvm::ArrayRef<Tensor> operands,
                                   llvm::SmallVectorImpl<Tensor> &results) {
  Tensor result(getResultType(*this));
  int64_t columns = result.getShape().back();
  for (int64_t begin = 0; begin < result.size(); begin += columns) {
    auto x = llvm::ArrayRef(operands[0].getData()).slice(begin, columns);
    auto [powers, sum] = computePowers(interpreter, x, getLargest(x));
    for (int64_t j = 0; j < columns; ++j)
      result[begin + j] = powers[j] / sum;
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult
SoftmaxCrossEntropyOp::interpret(Interpreter &interpreter,
                                 llvm::ArrayRef<Tensor> operands,
                                 llvm::SmallVectorImpl<Tensor> &results) {
  Tensor result(getResultType(*this));
  int64_t columns = operands[0].getShape()[1];
  for (int64_t row = 0; row < result.size(); ++row) {
    auto x =
        llvm::ArrayRef(operands[0].getData()).slice(row * columns, columns);
    int64_t label = int64_t(operands[1][row]);
    if (label < 0 || label >= columns)
      return emitOpError("cannot be interpreted: expected labels in [0, ")
             << columns << "), got " << label << " in row " << row;
    double largest = getLargest(x);
    double sum = computePowers(interpreter, x, largest).second;
    double logarithm =
        interpreter.approximate(std::log(interpreter.round(sum)), ulps::log);
    result[row] =
        interpreter.round(largest - x[label]) + interpreter.round(logarithm);
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult OneHotOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  int64_t depth = getDepth();
  return fill(*this, results, [&](int64_t i) {
    return double(operands[0][i / depth] == double(i % depth));
  });
}

LogicalResult ArgmaxOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  int64_t columns = operands[0].getShape()[1];
  return fill(*this, results, [&](int64_t row) {
    int64_t best = 0;
    for (int64_t j = 1; j < columns; ++j)
      if (operands[0][row * columns + j] > operands[0][row * columns + best])
        best = j;
    return double(best);
  });
}

//===----------------------------------------------------------------------===//
// The batch and its random numbers
//===----------------------------------------------------------------------===//

LogicalResult RowMaskOp::interpret(Interpreter &interpreter,
                                   llvm::ArrayRef<Tensor> operands,
                                   llvm::SmallVectorImpl<Tensor> &results) {
  return fill(*this, results,
              [&](int64_t i) { return double(double(i) < operands[0][0]); });
}

LogicalResult RandomMaskOp::interpret(Interpreter &interpreter,
                                      llvm::ArrayRef<Tensor> operands,
                                      llvm::SmallVectorImpl<Tensor> &results) {
  auto injected = interpreter.injectedMasks.find(getStream());
  if (injected != interpreter.injectedMasks.end()) {
    if (injected->second.getType() != getResultType(*this))
      return emitOpError("expected an injected mask of type ")
             << getType() << ", got " << injected->second.getType();
    results.push_back(injected->second);
    return success();
  }
  auto seed = int64_t(operands[0][0]), epoch = int64_t(operands[1][0]),
       step = int64_t(operands[2][0]);
  return fill(*this, results, [&](int64_t i) {
    return double(philoxElement(seed, getStream(), epoch, step, i) >=
                  getThreshold());
  });
}

//===----------------------------------------------------------------------===//
// Rows by index
//===----------------------------------------------------------------------===//

namespace {
/// Where the rows of tables stand to which indices lead.
struct TableRows {
  /// With `batchDims` 1, every sample has a table of `rows` rows of its own.
  TableRows(const Tensor &indices, int64_t batchDims, int64_t rows)
      : indices(indices), rows(rows),
        perTable(batchDims ? indices.size() / indices.getShape()[0]
                           : indices.size()) {}

  /// The row, counted over all tables, of index `i`; -1 if that leads nowhere.
  FailureOr<int64_t> lookUp(Operation *op, int64_t i) const {
    auto index = int64_t(indices[i]);
    if (index < -1 || index >= rows)
      return op->emitOpError("cannot be interpreted: expected indices in [0, ")
             << rows << ") or -1, got " << index << " at " << i;
    return index < 0 ? -1 : i / perTable * rows + index;
  }

  const Tensor &indices;
  int64_t rows, perTable;
};
} // namespace

LogicalResult GatherOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  Tensor result(getResultType(*this));
  int64_t columns = result.getShape().back();
  TableRows table(operands[1], getBatchDims(),
                  operands[0].getShape()[getBatchDims()]);
  for (int64_t i = 0; i < operands[1].size(); ++i) {
    FailureOr<int64_t> row = table.lookUp(*this, i);
    if (failed(row))
      return failure();
    if (*row >= 0)
      for (int64_t j = 0; j < columns; ++j)
        result[i * columns + j] = operands[0][*row * columns + j];
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult ScatterOp::interpret(Interpreter &interpreter,
                                   llvm::ArrayRef<Tensor> operands,
                                   llvm::SmallVectorImpl<Tensor> &results) {
  Tensor result(getResultType(*this));
  int64_t columns = result.getShape().back(), count = operands[1].size();
  TableRows table(operands[1], getBatchDims(), getRows());
  for (int64_t step = 0; step < count; ++step) {
    int64_t i = getDescending() ? count - 1 - step : step;
    FailureOr<int64_t> row = table.lookUp(*this, i);
    if (failed(row))
      return failure();
    if (*row >= 0)
      for (int64_t j = 0; j < columns; ++j) {
        double &sum = result[*row * columns + j];
        sum = interpreter.round(sum + operands[0][i * columns + j]);
      }
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult UniqueOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  Tensor values(getResultType(*this, 0)), positions(getResultType(*this, 1)),
      counts(getResultType(*this, 2));
  values.getData().assign(values.size(), -1);
  int64_t length = values.getShape()[1];
  for (int64_t row = 0; row < counts.size(); ++row) {
    llvm::DenseMap<int64_t, int64_t> seen;
    for (int64_t i = row * length; i < (row + 1) * length; ++i) {
      auto index = int64_t(operands[0][i]);
      auto [entry, isNew] = seen.try_emplace(index, seen.size());
      if (isNew)
        values[row * length + entry->second] = double(index);
      positions[i] = double(entry->second);
    }
    counts[row] = double(seen.size());
  }
  results.push_back(std::move(values));
  results.push_back(std::move(positions));
  results.push_back(std::move(counts));
  return success();
}

//===----------------------------------------------------------------------===//
// Parts along the last dimension, order of steps
//===----------------------------------------------------------------------===//

LogicalResult SplitOp::interpret(Interpreter &interpreter,
                                 llvm::ArrayRef<Tensor> operands,
                                 llvm::SmallVectorImpl<Tensor> &results) {
  int64_t count = getNumResults();
  int64_t columns = getResultType(*this).getShape().back();
  for (int64_t part = 0; part < count; ++part) {
    Tensor result(getResultType(*this, part));
    for (int64_t i = 0; i < result.size(); ++i)
      result[i] =
          operands[0][(i / columns * count + part) * columns + i % columns];
    results.push_back(std::move(result));
  }
  return success();
}

LogicalResult ConcatOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  int64_t count = operands.size();
  int64_t columns = operands[0].getShape().back();
  return fill(*this, results, [&](int64_t i) {
    int64_t part = i / columns;
    return operands[part % count][part / count * columns + i % columns];
  });
}

LogicalResult ReverseOp::interpret(Interpreter &interpreter,
                                   llvm::ArrayRef<Tensor> operands,
                                   llvm::SmallVectorImpl<Tensor> &results) {
  llvm::ArrayRef<int64_t> shape = operands[0].getShape();
  int64_t steps = shape[1], stride = getStrides(shape)[1];
  return fill(*this, results, [&](int64_t i) {
    int64_t step = i / stride % steps;
    return operands[0][i + (steps - 1 - 2 * step) * stride];
  });
}

//===----------------------------------------------------------------------===//
// Optimizer updates
//===----------------------------------------------------------------------===//

LogicalResult SgdUpdateOp::interpret(Interpreter &interpreter,
                                     llvm::ArrayRef<Tensor> operands,
                                     llvm::SmallVectorImpl<Tensor> &results) {
  auto round = [&](double value) { return interpreter.round(value); };
  double lr = operands[2][0];
  return fill(*this, results, [&](int64_t i) {
    return operands[0][i] - round(lr * operands[1][i]);
  });
}

LogicalResult
MomentumUpdateOp::interpret(Interpreter &interpreter,
                            llvm::ArrayRef<Tensor> operands,
                            llvm::SmallVectorImpl<Tensor> &results) {
  auto round = [&](double value) { return interpreter.round(value); };
  double lr = operands[3][0];
  // A constant of f32 in both precisions, as the op says.
  double momentum = float(getMomentum().convertToDouble());
  Tensor param = operands[0], velocity = operands[2];
  for (int64_t i = 0; i < param.size(); ++i) {
    double descent = round(lr * operands[1][i]);
    velocity[i] = round(round(momentum * velocity[i]) - descent);
    param[i] = getNesterov()
                   ? round(param[i] + round(momentum * velocity[i])) - descent
                   : param[i] + velocity[i];
  }
  results.push_back(std::move(param));
  results.push_back(std::move(velocity));
  return success();
}

LogicalResult AdamUpdateOp::interpret(Interpreter &interpreter,
                                      llvm::ArrayRef<Tensor> operands,
                                      llvm::SmallVectorImpl<Tensor> &results) {
  auto round = [&](double value) { return interpreter.round(value); };
  double alpha = operands[4][1];
  double rest1 = round(1 - getBeta_1().convertToDouble());
  double rest2 = round(1 - getBeta_2().convertToDouble());
  double epsilon = round(getEpsilon().convertToDouble());
  Tensor param = operands[0], momentum = operands[2], velocity = operands[3];
  for (int64_t i = 0; i < param.size(); ++i) {
    double g = operands[1][i];
    momentum[i] = interpreter.fma(round(g - momentum[i]), rest1, momentum[i]);
    velocity[i] = interpreter.fma(interpreter.fma(g, g, -velocity[i]), rest2,
                                  velocity[i]);
    double root = round(round(std::sqrt(velocity[i])) + epsilon);
    param[i] = param[i] - round(round(momentum[i] * alpha) / root);
  }
  results.push_back(std::move(param));
  results.push_back(std::move(momentum));
  results.push_back(std::move(velocity));
  return success();
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

LogicalResult FusionOp::interpret(Interpreter &interpreter,
                                  llvm::ArrayRef<Tensor> operands,
                                  llvm::SmallVectorImpl<Tensor> &results) {
  auto values = interpreter.run(getBody().front(), operands);
  if (failed(values))
    return failure();
  results.assign(values->begin(), values->end());
  return success();
}

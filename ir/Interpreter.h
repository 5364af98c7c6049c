//===- Interpreter.h - The reference interpreter ----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Runs functions of the kiln dialect plainly, one op after another, in f64 or
// f32: the oracle of every pass and kernel.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_INTERPRETER_H
#define KILN_IR_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/DenseMap.h"

#include <cmath>
#include <memory>
#include <vector>

namespace kiln {

/// Numbers of a tensor in row-major order. Every element type is held as f64,
/// which represents each f32, i32 and i1 exactly, and i64 up to 2^53.
///
/// A value: copies share their numbers until one of them is written to.
class Tensor {
public:
  Tensor() : Tensor(mlir::RankedTensorType(), {}) {}
  /// A tensor of zeros.
  explicit Tensor(mlir::RankedTensorType type)
      : Tensor(type, std::vector<double>(type.getNumElements())) {}
  Tensor(mlir::RankedTensorType type, std::vector<double> data)
      : type(type),
        data(std::make_shared<std::vector<double>>(std::move(data))) {
    assert(!type || size() == type.getNumElements());
  }
  /// A tensor of rank 0.
  static Tensor scalar(mlir::Type elementType, double value) {
    return Tensor(mlir::RankedTensorType::get({}, elementType), {value});
  }

  mlir::RankedTensorType getType() const { return type; }
  llvm::ArrayRef<int64_t> getShape() const { return type.getShape(); }
  int64_t size() const { return int64_t(data->size()); }
  double operator[](int64_t i) const { return (*data)[i]; }
  double &operator[](int64_t i) { return getData()[i]; }
  std::vector<double> &getData() {
    if (data.use_count() > 1)
      data = std::make_shared<std::vector<double>>(*data);
    return *data;
  }
  const std::vector<double> &getData() const { return *data; }

private:
  mlir::RankedTensorType type;
  std::shared_ptr<std::vector<double>> data;
};

/// How the interpreter rounds floating-point results.
enum class Precision { F32, F64 };

/// Interprets functions of kiln ops.
///
/// In f32, a draw other than 0 stands for some other code that keeps to the
/// same bounds: every rounding goes up or down at random, the more likely the
/// nearer; elementary functions are off by up to what MathBounds.h grants them;
/// the steps within softmax and sums are rounded, too. What several draws lose
/// is what compiled code may lose. Equal numbers are rounded alike, as they are
/// by code, so that their errors add up.
class Interpreter {
public:
  explicit Interpreter(Precision precision, uint64_t draw = 0)
      : precision(precision), draw(draw) {}

  Precision getPrecision() const { return precision; }
  /// Whether roundings are drawn at random.
  bool isDraw() const { return precision == Precision::F32 && draw != 0; }

  /// Rounds to the interpreter's precision.
  double round(double value) const {
    if (isDraw())
      return roundAtRandom(value);
    return precision == Precision::F32 ? double(float(value)) : value;
  }

  /// x * y + z, rounded once.
  double fma(double x, double y, double z) const {
    if (precision == Precision::F64 || isDraw())
      return round(std::fma(x, y, z));
    return std::fma(float(x), float(y), float(z));
  }
  /// What an op computes on the way to a result that is rounded once: rounded
  /// in draws alone.
  double roundStep(double value) const {
    return isDraw() ? roundAtRandom(value) : value;
  }

  /// The exact value of an elementary function; in draws, rounded and off by up
  /// to `ulps` units in the last place.
  double approximate(double value, double ulps) const;

  /// Calls `func` with one tensor an argument, of the argument's type. Emits a
  /// diagnostic at the op that cannot be interpreted.
  llvm::FailureOr<std::vector<Tensor>> call(mlir::func::FuncOp func,
                                            llvm::ArrayRef<Tensor> arguments);

  /// Runs the ops of a block whose arguments have the values `arguments`, and
  /// returns what its terminator yields.
  llvm::FailureOr<std::vector<Tensor>> run(mlir::Block &block,
                                           llvm::ArrayRef<Tensor> arguments);

  /// Mask tensors that stand in for what `kiln.random_mask` draws, by stream:
  /// tests inject masks so.
  llvm::DenseMap<int64_t, Tensor> injectedMasks;

private:
  double roundAtRandom(double value) const;

  Precision precision;
  uint64_t draw;
};

} // namespace kiln

#endif // KILN_IR_INTERPRETER_H

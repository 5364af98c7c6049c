//===- InterpreterTest.cpp - Calling the reference interpreter ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/Interpreter.h"
#include "ir/KilnOps.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace kiln;

namespace {
struct InterpreterTest : testing::Test {
  InterpreterTest() {
    context.loadDialect<KilnDialect, mlir::func::FuncDialect>();
    f32 = mlir::Float32Type::get(&context);
    i1 = mlir::IntegerType::get(&context, 1);
  }

  mlir::func::FuncOp parse(const char *text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return *module->getOps<mlir::func::FuncOp>().begin();
  }

  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> shape,
                              mlir::Type element) {
    return mlir::RankedTensorType::get(shape, element);
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::Type f32, i1;
};
} // namespace

TEST_F(InterpreterTest, TensorsAreValues) {
  Tensor a(type({2}, f32), {1, 2});
  Tensor b = a;
  b[0] = 3;
  Tensor c = b;
  c.getData()[1] = 4;
  EXPECT_EQ(a.getData(), (std::vector<double>{1, 2}));
  EXPECT_EQ(b.getData(), (std::vector<double>{3, 2}));
  EXPECT_EQ(c.getData(), (std::vector<double>{3, 4}));
  EXPECT_EQ(Tensor().size(), 0);
}

static constexpr const char *dropout = R"(
  func.func @f(%x: tensor<4xf32>, %s: tensor<i64>) -> tensor<4xf32> {
    %m = kiln.random_mask %s, %s, %s {rate = 0.5 : f64, stream = 7 : i64}
       : tensor<4xi1>
    %y = kiln.dropout %x, %m {rate = 0.5 : f64}
       : tensor<4xf32>, tensor<4xi1>
    return %y : tensor<4xf32>
  })";

TEST_F(InterpreterTest, InjectedMasksStandInForDrawnOnes) {
  mlir::func::FuncOp func = parse(dropout);
  Interpreter interpreter(Precision::F32);
  interpreter.injectedMasks[7] = Tensor(type({4}, i1), {1, 0, 0, 1});
  Tensor x(type({4}, f32), {1, 2, 3, 4});
  Tensor seed = Tensor::scalar(mlir::IntegerType::get(&context, 64), 0);
  auto results = interpreter.call(func, {x, seed});
  ASSERT_TRUE(mlir::succeeded(results));
  EXPECT_EQ(results->front().getData(), (std::vector<double>{2, 0, 0, 8}));
}

TEST_F(InterpreterTest, InjectedMasksMustHaveTheShape) {
  mlir::func::FuncOp func = parse(dropout);
  Interpreter interpreter(Precision::F32);
  interpreter.injectedMasks[7] = Tensor(type({3}, i1), {1, 0, 0});
  Tensor x(type({4}, f32), {1, 2, 3, 4});
  Tensor seed = Tensor::scalar(mlir::IntegerType::get(&context, 64), 0);
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context,
                                        [&](mlir::Diagnostic &diagnostic) {
                                          message = diagnostic.str();
                                          return mlir::success();
                                        });
  EXPECT_TRUE(mlir::failed(interpreter.call(func, {x, seed})));
  EXPECT_EQ(message, "'kiln.random_mask' op expected an injected mask of type "
                     "'tensor<4xi1>', got 'tensor<3xi1>'");
}

TEST_F(InterpreterTest, ArgumentsMustHaveTheTypes) {
  mlir::func::FuncOp func = parse(R"(
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      return %x : tensor<4xf32>
    })");
  Interpreter interpreter(Precision::F32);
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context,
                                        [&](mlir::Diagnostic &diagnostic) {
                                          message = diagnostic.str();
                                          return mlir::success();
                                        });
  EXPECT_TRUE(mlir::failed(interpreter.call(func, {Tensor(type({3}, f32))})));
  EXPECT_EQ(message, "expected argument 0 of type 'tensor<4xf32>', got "
                     "'tensor<3xf32>'");
}

// A draw is off by more than rounding to nearest is, but by no more than the
// stated bounds, and equal arguments give equal results.
TEST_F(InterpreterTest, DrawsKeepToTheStatedBounds) {
  mlir::func::FuncOp func = parse(R"(
    func.func @f(%x: tensor<512xf32>) -> (tensor<512xf32>, tensor<512xf32>,
        tensor<512xf32>, tensor<512xf32>) {
      %tanh = kiln.tanh %x : tensor<512xf32>
      %sigmoid = kiln.sigmoid %x : tensor<512xf32>
      %exp = kiln.exp %x : tensor<512xf32>
      %product = kiln.mul %x, %tanh : tensor<512xf32>
      return %tanh, %sigmoid, %exp, %product : tensor<512xf32>,
        tensor<512xf32>, tensor<512xf32>, tensor<512xf32>
    })");
  // Equal halves, from -12 to 12.
  Tensor x(type({512}, f32));
  for (int64_t i = 0; i < 512; ++i)
    x[i] = float(double(i % 256 - 128) * 0.0937);
  auto exact = Interpreter(Precision::F64).call(func, {x});
  auto nearest = Interpreter(Precision::F32, 0).call(func, {x});
  auto draw = Interpreter(Precision::F32, 1).call(func, {x});
  auto other = Interpreter(Precision::F32, 2).call(func, {x});
  ASSERT_TRUE(succeeded(exact) && succeeded(nearest) && succeeded(draw) &&
              succeeded(other));
  // The product's factor is off by tanh's bound, twice that in its own units.
  double bounds[] = {5.2, 3.0, 1.0, 2 * 6.2}, least[] = {2.5, 1.5, 0.6, 2.5};
  for (unsigned result = 0; result < 4; ++result) {
    double largest = 0;
    unsigned differences = 0;
    for (int64_t i = 0; i < 512; ++i) {
      double value = (*exact)[result][i], ulp = 0x1p-23;
      ulp = std::ldexp(ulp, value == 0 ? -126 : std::ilogb(value));
      // Moved, then rounded to one of the two beside it.
      double error = std::abs((*draw)[result][i] - value) / ulp;
      EXPECT_LE(error, bounds[result] + 1) << result << ", " << i;
      EXPECT_LE(std::abs((*nearest)[result][i] - value) / ulp, 1.01);
      largest = std::max(largest, error);
      differences += (*draw)[result][i] != (*other)[result][i];
      EXPECT_EQ((*draw)[result][i], (*draw)[result][(i + 256) % 512]);
      if (result == 0 && std::abs(x[i]) > 9) {
        EXPECT_EQ(std::abs((*draw)[result][i]), 1.0);
      }
    }
    EXPECT_GE(largest, least[result]) << result;
    EXPECT_GE(differences, 200u) << result;
  }
}

// Rounding up or down at random is right in the mean; what f32 holds, and what
// is not finite, stays.
TEST_F(InterpreterTest, DrawsRoundEitherWay) {
  unsigned up = 0;
  for (uint64_t draw = 1; draw <= 4000; ++draw) {
    Interpreter interpreter(Precision::F32, draw);
    double rounded = interpreter.round(1 + 0x1p-25);
    up += rounded == 1 + 0x1p-23;
    EXPECT_TRUE(rounded == 1 || rounded == 1 + 0x1p-23);
    EXPECT_EQ(interpreter.round(1.5), 1.5);
    EXPECT_EQ(interpreter.round(1e300), INFINITY);
    EXPECT_TRUE(std::isnan(interpreter.round(NAN)));
    EXPECT_EQ(interpreter.approximate(0.0, 5.2), 0.0);
  }
  EXPECT_NEAR(up, 1000, 150);
  EXPECT_EQ(Interpreter(Precision::F64, 1).round(1 + 0x1p-25), 1 + 0x1p-25);
}

// A sum of many rounds every step, one way or the other.
TEST_F(InterpreterTest, DrawsLoseInSums) {
  mlir::func::FuncOp func = parse(R"(
    func.func @f(%x: tensor<1x900xf32>, %y: tensor<900x1xf32>)
        -> (tensor<1xf32>, tensor<1x1xf32>) {
      %0 = kiln.reduce sum, %x along [1] : tensor<1x900xf32>
      %1 = kiln.matmul %x, %y : (tensor<1x900xf32>, tensor<900x1xf32>)
      return %0, %1 : tensor<1xf32>, tensor<1x1xf32>
    })");
  Tensor x(type({1, 900}, f32)), y(type({900, 1}, f32));
  for (int64_t i = 0; i < 900; ++i) {
    x[i] = float(1.0 / double(i + 1));
    y[i] = 1;
  }
  auto exact = Interpreter(Precision::F64).call(func, {x, y});
  ASSERT_TRUE(succeeded(exact));
  for (unsigned result = 0; result < 2; ++result) {
    double sum = 0;
    for (uint64_t draw = 1; draw <= 16; ++draw) {
      auto drawn = Interpreter(Precision::F32, draw).call(func, {x, y});
      ASSERT_TRUE(succeeded(drawn));
      double error = (*drawn)[result][0] - (*exact)[result][0];
      sum += error * error;
    }
    // 900 roundings of about half an ulp of 4 to 8, which is 2^-21.
    double deviation = std::sqrt(sum / 16) / 0x1p-21;
    EXPECT_GT(deviation, 4) << result;
    EXPECT_LT(deviation, 20) << result;
  }
}

TEST_F(InterpreterTest, MatmulHasTheBitsOfFusedMultiplyAdds) {
  mlir::func::FuncOp func = parse(R"(
    func.func @f(%a: tensor<3x17xf32>, %b: tensor<17x5xf32>)
        -> tensor<3x5xf32> {
      %c = kiln.matmul %a, %b : (tensor<3x17xf32>, tensor<17x5xf32>)
      return %c : tensor<3x5xf32>
    })");
  Tensor a(type({3, 17}, f32)), b(type({17, 5}, f32));
  uint32_t state = 1;
  for (Tensor *tensor : {&a, &b})
    for (double &value : tensor->getData()) {
      state = state * 1664525 + 1013904223;
      value = float(int32_t(state)) * 0x1p-31f;
    }
  auto results = Interpreter(Precision::F32).call(func, {a, b});
  ASSERT_TRUE(mlir::succeeded(results));
  for (int64_t m = 0; m < 3; ++m)
    for (int64_t n = 0; n < 5; ++n) {
      float sum = 0;
      for (int64_t k = 0; k < 17; ++k)
        sum = std::fma(float(a[m * 17 + k]), float(b[k * 5 + n]), sum);
      EXPECT_EQ(float(results->front()[m * 5 + n]), sum) << m << ", " << n;
    }
}

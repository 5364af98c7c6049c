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

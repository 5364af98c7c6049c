//===- InterfacesTest.cpp - Every op answers every question ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <set>

using namespace kiln;

/// Ops that compute no tensor: what they mean is said by those that read them.
static const std::set<std::string> structure = {"kiln.param", "kiln.compile",
                                                "kiln.yield", "kiln.barrier"};

/// Names of all registered ops of the dialect.
static std::vector<mlir::RegisteredOperationName>
getOps(mlir::MLIRContext &context) {
  context.loadDialect<KilnDialect>();
  std::vector<mlir::RegisteredOperationName> ops;
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations())
    if (name.getDialectNamespace() == "kiln")
      ops.push_back(name);
  return ops;
}

TEST(Interfaces, EveryTensorOpCanBeInterpretedAndCosts) {
  mlir::MLIRContext context;
  unsigned tensorOps = 0;
  for (mlir::RegisteredOperationName name : getOps(context)) {
    std::string text = name.getStringRef().str();
    bool isTensorOp = !structure.count(text);
    tensorOps += isTensorOp;
    EXPECT_EQ(name.hasInterface<InterpretableOpInterface>(), isTensorOp)
        << text;
    EXPECT_EQ(name.hasInterface<CostOpInterface>(), isTensorOp) << text;
  }
  // A dialect that was not loaded would pass.
  EXPECT_GE(tensorOps, 30u);
}

TEST(Interfaces, EveryTensorOpHasAGradientOrSaysThatItHasNone) {
  mlir::MLIRContext context;
  for (mlir::RegisteredOperationName name : getOps(context)) {
    std::string text = name.getStringRef().str();
    // Gradients are built before ops are fused.
    if (structure.count(text) || text == "kiln.fusion")
      continue;
    EXPECT_NE(name.hasInterface<DifferentiableOpInterface>(),
              name.hasTrait<NonDifferentiable>())
        << text << " must have a gradient rule or be NonDifferentiable";
  }
}

TEST(Interfaces, TensorOpsArePure) {
  mlir::MLIRContext context;
  for (mlir::RegisteredOperationName name : getOps(context)) {
    std::string text = name.getStringRef().str();
    if (!structure.count(text)) {
      EXPECT_TRUE(name.hasInterface<mlir::MemoryEffectOpInterface>()) << text;
    }
  }
}

namespace {
/// What an op in IR costs.
struct Cost : testing::Test {
  Cost() { context.loadDialect<KilnDialect, mlir::func::FuncDialect>(); }

  /// The op that a function returns.
  CostOpInterface parse(const std::string &arguments, const std::string &op,
                        const std::string &type) {
    std::string text = "func.func @f(" + arguments + ") -> " + type +
                       " {\n%r = " + op + "\nreturn %r : " + type + "\n}";
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    auto func = *module->getOps<mlir::func::FuncOp>().begin();
    return mlir::cast<CostOpInterface>(
        func.front().getTerminator()->getOperand(0).getDefiningOp());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};
} // namespace

TEST_F(Cost, Matmul) {
  CostOpInterface op =
      parse("%a: tensor<64x784xf32>, %b: tensor<784x128xf32>",
            "kiln.matmul %a, %b : (tensor<64x784xf32>, tensor<784x128xf32>)",
            "tensor<64x128xf32>");
  EXPECT_EQ(op.getFlops(), 2 * 64 * 784 * 128);
  EXPECT_EQ(op.getBytes(), 4 * (64 * 784 + 784 * 128 + 64 * 128));
}

TEST_F(Cost, Elementwise) {
  CostOpInterface op =
      parse("%a: tensor<4x8xf32>, %b: tensor<4x8xf32>",
            "kiln.add %a, %b : tensor<4x8xf32>", "tensor<4x8xf32>");
  EXPECT_EQ(op.getFlops(), 32);
  EXPECT_EQ(op.getBytes(), 3 * 32 * 4);
}

TEST_F(Cost, BooleansTakeAByte) {
  CostOpInterface op =
      parse("%a: tensor<4x8xf32>, %b: tensor<4x8xf32>",
            "kiln.compare gt, %a, %b : tensor<4x8xf32>", "tensor<4x8xi1>");
  EXPECT_EQ(op.getBytes(), 2 * 32 * 4 + 32);
}

TEST_F(Cost, ReshapeIsFree) {
  CostOpInterface op = parse(
      "%a: tensor<4x8xf32>",
      "kiln.reshape %a : tensor<4x8xf32> to tensor<32xf32>", "tensor<32xf32>");
  EXPECT_EQ(op.getFlops(), 0);
  EXPECT_EQ(op.getBytes(), 0);
}

TEST_F(Cost, ReduceCountsWhatItReads) {
  CostOpInterface op = parse(
      "%a: tensor<4x8xf32>",
      "kiln.reduce sum, %a along [0, 1] : tensor<4x8xf32>", "tensor<f32>");
  EXPECT_EQ(op.getFlops(), 32);
  EXPECT_EQ(op.getBytes(), 32 * 4 + 4);
}

TEST_F(Cost, FusionKeepsWhatPassesBetweenItsOps) {
  CostOpInterface op =
      parse("%a: tensor<4x8xf32>",
            "kiln.fusion \"f\" elementwise (%a) : (tensor<4x8xf32>)"
            " -> tensor<4x8xf32> {\n^bb0(%x: tensor<4x8xf32>):\n"
            "%y = kiln.tanh %x : tensor<4x8xf32>\n"
            "%z = kiln.neg %y : tensor<4x8xf32>\n"
            "kiln.yield %z : tensor<4x8xf32>\n}",
            "tensor<4x8xf32>");
  EXPECT_EQ(op.getFlops(), 2 * 32);
  EXPECT_EQ(op.getBytes(), 2 * 32 * 4);
}

TEST_F(Cost, ScanRunsItsCellForEveryStepAndTile) {
  CostOpInterface op =
      parse("%a: tensor<4x5x8xf32>",
            "kiln.scan sequences(%a : tensor<4x5x8xf32>)"
            " outputs(tensor<4x5x8xf32>)"
            " attributes {tile_rows = 2 : i64} {\n^bb0(%x: tensor<2x8xf32>):\n"
            "%y = kiln.tanh %x : tensor<2x8xf32>\n"
            "kiln.yield %y : tensor<2x8xf32>\n}",
            "tensor<4x5x8xf32>");
  EXPECT_EQ(op.getFlops(), 4 * 5 * 8);
  EXPECT_EQ(op.getBytes(), 2 * 4 * 5 * 8 * 4);
}

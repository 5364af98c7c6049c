//===- EachPassTest.cpp - A wrong pass is named ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/EachPass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "gtest/gtest.h"

using namespace kiln;

namespace {
/// Turns x - y into y - x, in functions of more than one op.
struct SwapOperands
    : mlir::PassWrapper<SwapOperands, mlir::OperationPass<mlir::func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SwapOperands)
  llvm::StringRef getArgument() const final { return "test-swap-operands"; }
  void runOnOperation() final {
    getOperation().walk([](SubOp sub) {
      mlir::Value lhs = sub->getOperand(0);
      sub->setOperand(0, sub->getOperand(1));
      sub->setOperand(1, lhs);
    });
  }
};

/// Adds 2^-40 of itself to every difference: as much as f32 does not show.
struct AddLittle
    : mlir::PassWrapper<AddLittle, mlir::OperationPass<mlir::func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AddLittle)
  llvm::StringRef getArgument() const final { return "test-add-little"; }
  void runOnOperation() final {
    getOperation().walk([](SubOp sub) {
      mlir::OpBuilder builder(sub->getContext());
      builder.setInsertionPointAfter(sub);
      auto type = llvm::cast<mlir::RankedTensorType>(sub.getType());
      mlir::Value little = builder.create<ConstantOp>(
          sub.getLoc(), mlir::DenseElementsAttr::get(type, 0x1p-40f));
      auto product = builder.create<MulOp>(sub.getLoc(), sub, little);
      auto sum = builder.create<AddOp>(sub.getLoc(), sub, product);
      llvm::SmallPtrSet<mlir::Operation *, 2> own = {product, sum};
      sub.getResult().replaceAllUsesExcept(sum, own);
    });
  }
};

/// Does to @predict what it is told.
struct Change
    : mlir::PassWrapper<Change, mlir::OperationPass<mlir::func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Change)
  Change(void (*apply)(mlir::func::FuncOp)) : apply(apply) {}
  llvm::StringRef getArgument() const final { return "test-change"; }
  void runOnOperation() final {
    if (getOperation().getName() == "predict")
      apply(getOperation());
  }
  void (*apply)(mlir::func::FuncOp);
};

constexpr llvm::StringLiteral source = R"mlir(
  func.func @other(%x: tensor<4xf32> {kiln.role = "input"})
      -> (tensor<4xf32> {kiln.role = "output"}) {
    %0 = kiln.exp %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  func.func @predict(%x: tensor<4xf32> {kiln.role = "input"})
      -> (tensor<4xf32> {kiln.role = "loss"},
          tensor<4xf32> {kiln.role = "output"}) {
    %0 = kiln.exp %x : tensor<4xf32>
    %1 = kiln.exp %x : tensor<4xf32>
    %2 = kiln.add %0, %1 : tensor<4xf32>
    %3 = kiln.sub %2, %x : tensor<4xf32>
    %4 = kiln.tanh %2 : tensor<4xf32>
    return %4, %3 : tensor<4xf32>, tensor<4xf32>
  })mlir";

class EachPassTest : public testing::Test {
protected:
  EachPassTest() {
    mlir::PassRegistration<SwapOperands>();
    mlir::registerCSEPass();
    context.loadDialect<KilnDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect>();
    parse();
  }

  void parse() {
    module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
  }

  /// The interpreter after a correct pass and `pass`.
  void run(EachPass &checker, std::unique_ptr<mlir::Pass> pass) {
    mlir::PassManager pm(&context);
    checker.watch(pm);
    pm.addPass(mlir::createCSEPass());
    pm.addNestedPass<mlir::func::FuncOp>(std::move(pass));
    ASSERT_TRUE(succeeded(pm.run(*module)));
  }

  /// What is found after a pass that does `apply`: `RESULT: what`.
  std::string find(void (*apply)(mlir::func::FuncOp)) {
    parse();
    EachPass checker{Inputs()};
    run(checker, std::make_unique<Change>(apply));
    if (!checker.getFinding())
      return "";
    EXPECT_EQ(checker.getFinding()->pass, "test-change");
    EXPECT_EQ(checker.getFinding()->function, "predict");
    return checker.getFinding()->result + ": " + checker.getFinding()->what;
  }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
};
} // namespace

TEST_F(EachPassTest, NamesTheWrongPass) {
  Inputs inputs;
  EachPass checker(inputs);
  run(checker, std::make_unique<SwapOperands>());
  ASSERT_TRUE(checker.getFinding());
  PassFinding &finding = *checker.getFinding();
  EXPECT_EQ(finding.pass, "test-swap-operands");
  EXPECT_EQ(finding.function, "predict");
  EXPECT_EQ(finding.result, "output");
  EXPECT_EQ(finding.pipeline, "builtin.module(func.func(test-swap-operands))");
  ASSERT_EQ(checker.getRecords().size(), 2u);
  EXPECT_TRUE(checker.getRecords()[0].passed);
  EXPECT_EQ(checker.getRecords()[0].functions,
            std::vector<std::string>{"predict"});
  EXPECT_FALSE(checker.getRecords()[1].passed);
}

TEST_F(EachPassTest, ReducesTheModuleBefore) {
  Inputs inputs;
  EachPass checker(inputs);
  run(checker, std::make_unique<SwapOperands>());
  ASSERT_TRUE(checker.getFinding());
  PassFinding &finding = *checker.getFinding();
  reduceFinding(finding, inputs);
  mlir::ModuleOp before = *finding.before;
  auto functions = before.getOps<mlir::func::FuncOp>();
  ASSERT_EQ(std::distance(functions.begin(), functions.end()), 1);
  mlir::func::FuncOp func = *functions.begin();
  EXPECT_EQ(func.getNumResults(), 1u);
  // exp, add, sub, return: no tanh, and the difference not swapped yet.
  EXPECT_EQ(func.front().getOperations().size(), 4u);
  func.walk([](SubOp sub) {
    EXPECT_TRUE(llvm::isa<mlir::BlockArgument>(sub->getOperand(1)));
  });

  std::string text;
  llvm::raw_string_ostream os(text);
  writeReproducer(finding, os);
  EXPECT_NE(text.find("pipeline: \"builtin.module(func.func("
                      "test-swap-operands))\""),
            std::string::npos);
  EXPECT_TRUE(mlir::parseSourceString<mlir::ModuleOp>(
      text, mlir::ParserConfig(&context)));
}

TEST_F(EachPassTest, SeesInF64WhatF32DoesNotShow) {
  EachPass checker{Inputs()};
  run(checker, std::make_unique<AddLittle>());
  ASSERT_TRUE(checker.getFinding());
  EXPECT_EQ(checker.getFinding()->pass, "test-add-little");
  // 2^-40, which an exact pass may not add.
  EXPECT_EQ(checker.getFinding()->what,
            "differs in f64 by 9.09e-13 of its norm, 0e+00 allowed");
}

TEST_F(EachPassTest, SaysWhatIsWrong) {
  EXPECT_EQ(find([](mlir::func::FuncOp func) {
              mlir::Operation *end = func.front().getTerminator();
              mlir::OpBuilder builder(end);
              end->setOperand(0, builder.create<mlir::arith::NegFOp>(
                                     end->getLoc(), end->getOperand(0)));
            }),
            ": cannot be interpreted any more");
  EXPECT_EQ(find([](mlir::func::FuncOp func) {
              func.setResultAttr(
                  1, "kiln.role",
                  mlir::StringAttr::get(func.getContext(), "metric"));
            }),
            "output: is no longer there");
  EXPECT_EQ(find([](mlir::func::FuncOp func) {
              mlir::Operation *end = func.front().getTerminator();
              mlir::OpBuilder builder(end);
              auto type = mlir::RankedTensorType::get(
                  {2, 2}, mlir::Float32Type::get(func.getContext()));
              end->setOperand(0, builder.create<ReshapeOp>(end->getLoc(), type,
                                                           end->getOperand(0)));
              func.setFunctionType(builder.getFunctionType(
                  func.getArgumentTypes(), {type, func.getResultTypes()[1]}));
            }),
            "loss: has another type");
}

TEST_F(EachPassTest, FindsNothingInWhatIsRight) {
  EachPass checker{Inputs()};
  run(checker, mlir::createCSEPass());
  EXPECT_FALSE(checker.getFinding());
}

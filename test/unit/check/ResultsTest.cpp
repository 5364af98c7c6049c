//===- ResultsTest.cpp - Bounds and verdicts of comparisons ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/Results.h"
#include "check/CompiledCheck.h"

#include "ir/KilnAttrs.h"
#include "ir/KilnDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace kiln;

namespace {
class CarryError : public ::testing::Test {
protected:
  CarryError() { context.loadDialect<KilnDialect>(); }

  Tensor make(std::vector<double> values) {
    auto type = mlir::RankedTensorType::get({int64_t(values.size())},
                                            builder.getF32Type());
    return Tensor(type, std::move(values));
  }

  /// How far a slot moves when element `at` of the gradient grows by `error`,
  /// beside what carryError allows it.
  std::pair<double, double> move(mlir::Attribute optimizer, unsigned slot,
                                 int64_t at, double error) {
    Tensor gradient = make({0.5, -2.0, 1.0}), other = gradient;
    other[at] += other[at] < 0 ? -error : error;
    Tensor param = make({1.0, 2.0, 3.0}), hyper = make({0.25, 0.5});
    std::vector<Tensor> slots(getSlotNames(optimizer).size(),
                              make({0.125, 0.25, 0.5}));
    Update exact = applyOptimizer(optimizer, param, gradient, slots, hyper);
    Update moved = applyOptimizer(optimizer, param, other, slots, hyper);
    return {getDistance(exact.slots[slot], moved.slots[slot]),
            carryError(optimizer, getSlotNames(optimizer)[slot], gradient,
                       error, hyper)};
  }

  mlir::MLIRContext context;
  mlir::Builder builder{&context};
};
} // namespace

// No slot moves further than that, and the worst error moves it as far.
TEST_F(CarryError, IsTheLeastBound) {
  mlir::Attribute optimizers[] = {
      AdamAttr::get(&context, 0.001, 0.9, 0.999, 1e-7),
      SgdAttr::get(&context, 0.01, 0.9, /*nesterov=*/false),
      SgdAttr::get(&context, 0.01, 0.5, /*nesterov=*/true)};
  for (mlir::Attribute optimizer : optimizers)
    for (unsigned slot = 0; slot < getSlotNames(optimizer).size(); ++slot)
      for (double error : {1e-3, 1.0}) {
        for (int64_t at : {0, 1, 2}) {
          auto [moved, allowed] = move(optimizer, slot, at, error);
          EXPECT_LE(moved, allowed * (1 + 1e-10));
        }
        auto [moved, allowed] = move(optimizer, slot, 1, error);
        EXPECT_NEAR(moved, allowed, 1e-10 * allowed);
      }
}

// Adam's velocity squares the gradient: what f32 cannot hold bounds nothing.
TEST_F(CarryError, IsInfiniteWhereF32Overflows) {
  auto adam = AdamAttr::get(&context, 0.001, 0.9, 0.999, 1e-7);
  Tensor hyper = make({0.25, 0.5});
  auto carry = [&](double gradient, llvm::StringRef slot) {
    return carryError(adam, slot, make({0.0, gradient}), 1.0, hyper);
  };
  EXPECT_TRUE(std::isfinite(carry(-1e19, "velocity")));
  EXPECT_FALSE(std::isfinite(carry(-2e19, "velocity")));
  EXPECT_FALSE(std::isfinite(
      carry(std::numeric_limits<double>::quiet_NaN(), "velocity")));
  EXPECT_TRUE(std::isfinite(carry(-2e19, "momentum")));
}

// What has no finite reference is neither right nor wrong; what has one, and is
// not finite itself, is wrong.
TEST(Comparison, DivergesWithoutAFiniteReference) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  struct {
    double error, allowed, norm;
    bool passed, diverges;
  } cases[] = {{1.0, 1.0, 5.0, true, false},
               {2.0, 1.0, 5.0, false, false},
               {nan, 1.0, 5.0, false, false},
               {infinity, 1.0, 5.0, false, false},
               {0.0, nan, nan, false, true},
               {0.0, infinity, infinity, false, true},
               // Finite in f64 alone.
               {1.0, infinity, 5.0, false, true}};
  for (auto &c : cases) {
    Comparison comparison{"step 1", "loss", c.error, c.allowed, c.norm};
    EXPECT_EQ(comparison.passed(), c.passed);
    EXPECT_EQ(comparison.diverges(), c.diverges);
  }
}

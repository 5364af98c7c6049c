// Which functions run, and what cannot.
// RUN: kiln interpret %s | FileCheck %s
// RUN: kiln interpret %s --function=b | FileCheck %s --check-prefix=ONE
// RUN: not kiln interpret %s --function=c 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not kiln interpret %s --function=needs 2>&1 | FileCheck %s --check-prefix=NEEDS

// CHECK: a: 0: tensor<f32> [1]
// CHECK-NEXT: b: 0: tensor<f32> [2]
// CHECK-NOT: needs
// ONE-NOT: a: 0
// ONE: b: 0: tensor<f32> [2]
// MISSING: error: no function 'c'
// NEEDS: error: expected 1 arguments, got 0
func.func @a() -> tensor<f32> {
  %0 = kiln.constant dense<1.0> : tensor<f32>
  return %0 : tensor<f32>
}
func.func @b() -> tensor<f32> {
  %0 = kiln.constant dense<2.0> : tensor<f32>
  return %0 : tensor<f32>
}
func.func @needs(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}

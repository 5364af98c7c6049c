// RUN: kiln interpret %s | FileCheck %s
// RUN: kiln interpret %s --precision=f64 | FileCheck %s --check-prefix=F64

// f32 drops 2^-30 beside 1.
// CHECK: add: 0: tensor<2xf32> [3, 1]
// F64: add: 0: tensor<2xf32> [3, 1.0000000009313226]
func.func @add() -> tensor<2xf32> {
  %x = kiln.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %y = kiln.constant dense<[2.0, 9.31322574615478515625e-10]> : tensor<2xf32>
  %0 = kiln.add %x, %y : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK: sub: 0: tensor<2xf32> [-1, 2.5]
func.func @sub() -> tensor<2xf32> {
  %x = kiln.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = kiln.constant dense<[2.0, -0.5]> : tensor<2xf32>
  %0 = kiln.sub %x, %y : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK: mul: 0: tensor<3xf32> [2, -1, {{-?}}nan]
func.func @mul() -> tensor<3xf32> {
  %x = kiln.constant dense<[1.0, 2.0, 0x7F800000]> : tensor<3xf32>
  %y = kiln.constant dense<[2.0, -0.5, 0.0]> : tensor<3xf32>
  %0 = kiln.mul %x, %y : tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK: div: 0: tensor<3xf32> [0.333333343, -4, inf]
// F64: div: 0: tensor<3xf32> [0.33333333333333331, -4, inf]
func.func @div() -> tensor<3xf32> {
  %x = kiln.constant dense<[1.0, 2.0, 1.0]> : tensor<3xf32>
  %y = kiln.constant dense<[3.0, -0.5, 0.0]> : tensor<3xf32>
  %0 = kiln.div %x, %y : tensor<3xf32>
  return %0 : tensor<3xf32>
}

// A NaN on either side stays.
// CHECK: maximum: 0: tensor<4xf32> [2, -0.5, {{-?}}nan, {{-?}}nan]
// CHECK: maximum: 1: tensor<4xf32> [1, -3, {{-?}}nan, {{-?}}nan]
func.func @maximum() -> (tensor<4xf32>, tensor<4xf32>) {
  %x = kiln.constant dense<[1.0, -0.5, 0x7FC00000, 1.0]> : tensor<4xf32>
  %y = kiln.constant dense<[2.0, -3.0, 1.0, 0x7FC00000]> : tensor<4xf32>
  %0 = kiln.maximum %x, %y : tensor<4xf32>
  %1 = kiln.minimum %x, %y : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// At logit 0 it is ln 2; ln(1 + e^-1) and 1 + ln(1 + e^-1); far out it is
// linear and does not overflow.
// CHECK: sigmoid_cross_entropy: 0: tensor<5xf32> [0.693147182, 0.313261688, 1.31326163, 0, 1000]
func.func @sigmoid_cross_entropy() -> tensor<5xf32> {
  %x = kiln.constant dense<[0.0, 1.0, 1.0, -1000.0, -1000.0]> : tensor<5xf32>
  %y = kiln.constant dense<[0.0, 1.0, 0.0, 0.0, 1.0]> : tensor<5xf32>
  %0 = kiln.sigmoid_cross_entropy %x, %y : tensor<5xf32>
  return %0 : tensor<5xf32>
}

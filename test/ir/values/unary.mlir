// RUN: kiln interpret %s | FileCheck %s
// RUN: kiln interpret %s --precision=f64 | FileCheck %s --check-prefix=F64

// CHECK: neg: 0: tensor<4xf32> [2, -0, -1, -inf]
func.func @neg() -> tensor<4xf32> {
  %x = kiln.constant dense<[-2.0, 0.0, 1.0, 0x7F800000]> : tensor<4xf32>
  %0 = kiln.neg %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK: abs: 0: tensor<3xf32> [2, 0, 1]
func.func @abs() -> tensor<3xf32> {
  %x = kiln.constant dense<[-2.0, -0.0, 1.0]> : tensor<3xf32>
  %0 = kiln.abs %x : tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK: sign: 0: tensor<4xf32> [-1, 0, 0, 1]
func.func @sign() -> tensor<4xf32> {
  %x = kiln.constant dense<[-2.0, 0.0, -0.0, 0.5]> : tensor<4xf32>
  %0 = kiln.sign %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// e, and 1/e.
// CHECK: exp: 0: tensor<3xf32> [1, 2.71828175, 0.36787945]
// F64: exp: 0: tensor<3xf32> [1, 2.7182818284590451, 0.36787944117144233]
func.func @exp() -> tensor<3xf32> {
  %x = kiln.constant dense<[0.0, 1.0, -1.0]> : tensor<3xf32>
  %0 = kiln.exp %x : tensor<3xf32>
  return %0 : tensor<3xf32>
}

// ln 2 and ln 10; nothing below 0.
// CHECK: log: 0: tensor<5xf32> [0, 0.693147182, 2.30258512, -inf, {{-?}}nan]
// F64: log: 0: tensor<5xf32> [0, 0.69314718055994529, 2.3025850929940459, -inf, {{-?}}nan]
func.func @log() -> tensor<5xf32> {
  %x = kiln.constant dense<[1.0, 2.0, 10.0, 0.0, -1.0]> : tensor<5xf32>
  %0 = kiln.log %x : tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK: sqrt: 0: tensor<4xf32> [0, 1.41421354, 1.5, {{-?}}nan]
// F64: sqrt: 0: tensor<4xf32> [0, 1.4142135623730951, 1.5, {{-?}}nan]
func.func @sqrt() -> tensor<4xf32> {
  %x = kiln.constant dense<[0.0, 2.0, 2.25, -1.0]> : tensor<4xf32>
  %0 = kiln.sqrt %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK: tanh: 0: tensor<4xf32> [0, 0.761594176, -0.761594176, 1]
// F64: tanh: 0: tensor<4xf32> [0, 0.76159415595576485, -0.76159415595576485, 1]
func.func @tanh() -> tensor<4xf32> {
  %x = kiln.constant dense<[0.0, 1.0, -1.0, 100.0]> : tensor<4xf32>
  %0 = kiln.tanh %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Neither end overflows to NaN.
// CHECK: sigmoid: 0: tensor<4xf32> [0.5, 0.731058598, 0, 1]
func.func @sigmoid() -> tensor<4xf32> {
  %x = kiln.constant dense<[0.0, 1.0, -1000.0, 1000.0]> : tensor<4xf32>
  %0 = kiln.sigmoid %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK: relu: 0: tensor<4xf32> [0, 0, 0.5, {{-?}}nan]
func.func @relu() -> tensor<4xf32> {
  %x = kiln.constant dense<[-2.0, 0.0, 0.5, 0x7FC00000]> : tensor<4xf32>
  %0 = kiln.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// RUN: kiln interpret %s | FileCheck %s
// RUN: kiln interpret %s --precision=f64 | FileCheck %s --check-prefix=F64

// One product, its operands stored in all four ways.
// CHECK: matmul: 0: tensor<2x2xf32> [22, 28, 49, 64]
// CHECK: matmul: 1: tensor<2x2xf32> [22, 28, 49, 64]
// CHECK: matmul: 2: tensor<2x2xf32> [22, 28, 49, 64]
// CHECK: matmul: 3: tensor<2x2xf32> [22, 28, 49, 64]
func.func @matmul() -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>,
                        tensor<2x2xf32>) {
  %a = kiln.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]>
     : tensor<2x3xf32>
  %b = kiln.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]>
     : tensor<3x2xf32>
  %at = kiln.transpose %a : tensor<2x3xf32>
  %bt = kiln.transpose %b : tensor<3x2xf32>
  %0 = kiln.matmul %a, %b : (tensor<2x3xf32>, tensor<3x2xf32>)
  %1 = kiln.matmul %at transposed, %b : (tensor<3x2xf32>, tensor<3x2xf32>)
  %2 = kiln.matmul %a, %bt transposed : (tensor<2x3xf32>, tensor<2x3xf32>)
  %3 = kiln.matmul %at transposed, %bt transposed
     : (tensor<3x2xf32>, tensor<2x3xf32>)
  return %0, %1, %2, %3 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>,
                          tensor<2x2xf32>
}

// The order of k is part of the meaning: 2^24 swallows each 1 that comes after
// it, one at a time. In f64 nothing is lost.
// CHECK: order: 0: tensor<1x1xf32> [16777216]
// CHECK: order: 1: tensor<1x1xf32> [16777218]
// F64: order: 0: tensor<1x1xf32> [16777218]
// F64: order: 1: tensor<1x1xf32> [16777218]
func.func @order() -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %large = kiln.constant dense<[[16777216.0, 1.0, 1.0]]> : tensor<1x3xf32>
  %small = kiln.constant dense<[[1.0, 1.0, 16777216.0]]> : tensor<1x3xf32>
  %ones = kiln.constant dense<1.0> : tensor<3x1xf32>
  %0 = kiln.matmul %large, %ones : (tensor<1x3xf32>, tensor<3x1xf32>)
  %1 = kiln.matmul %small, %ones : (tensor<1x3xf32>, tensor<3x1xf32>)
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf32>
}

// A fused multiply-add keeps the product whole: (1 + 2^-12)^2 - 1 - 2^-11 is
// 2^-24, of which a rounded product would leave 0.
// CHECK: fused: 0: tensor<1x1xf32> [5.96046448e-08]
func.func @fused() -> tensor<1x1xf32> {
  %a = kiln.constant dense<[[-1.00048828125, 1.000244140625]]>
     : tensor<1x2xf32>
  %b = kiln.constant dense<[[1.0], [1.000244140625]]> : tensor<2x1xf32>
  %0 = kiln.matmul %a, %b : (tensor<1x2xf32>, tensor<2x1xf32>)
  return %0 : tensor<1x1xf32>
}

// Operands are rounded to bfloat16, ties to even: 1 + 2^-8 becomes 1, 1 + 3 * 2^-8
// becomes 1 + 2^-6. Sums stay f32; even k and odd k of 32 are summed apart, so 2^24
// swallows only the ones of its own side.
// CHECK: bfloat16: 0: tensor<1x1xf32> [2.015625]
// CHECK: bfloat16: 1: tensor<1x1xf32> [16777216]
// CHECK: bfloat16: 2: tensor<1x1xf32> [16777218]
// CHECK: bfloat16: 3: tensor<1x1xf32> [16777224]
// F64: bfloat16: 0: tensor<1x1xf32> [2.015625]
// F64: bfloat16: 1: tensor<1x1xf32> [16777217]
// F64: bfloat16: 2: tensor<1x1xf32> [16777218]
// F64: bfloat16: 3: tensor<1x1xf32> [16777224]
func.func @bfloat16() -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>,
                          tensor<1x1xf32>) {
  %ties = kiln.constant dense<[[1.00390625, 1.01171875]]> : tensor<1x2xf32>
  %two = kiln.constant dense<1.0> : tensor<2x1xf32>
  %0 = kiln.matmul %ties, %two {bfloat16}
     : (tensor<1x2xf32>, tensor<2x1xf32>)
  %ones = kiln.constant dense<1.0> : tensor<4x1xf32>
  %same = kiln.constant dense<[[16777216.0, 0.0, 1.0, 0.0]]> : tensor<1x4xf32>
  %1 = kiln.matmul %same, %ones {bfloat16}
     : (tensor<1x4xf32>, tensor<4x1xf32>)
  %other = kiln.constant dense<[[16777216.0, 1.0, 0.0, 1.0]]> : tensor<1x4xf32>
  %2 = kiln.matmul %other, %ones {bfloat16}
     : (tensor<1x4xf32>, tensor<4x1xf32>)
  // Ones of a block are one number when they meet the block before it.
  %blocks = kiln.constant dense<[[16777216.0,
      0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]> : tensor<1x40xf32>
  %many = kiln.constant dense<1.0> : tensor<40x1xf32>
  %3 = kiln.matmul %blocks, %many {bfloat16}
     : (tensor<1x40xf32>, tensor<40x1xf32>)
  return %0, %1, %2, %3 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>,
                          tensor<1x1xf32>
}

// The same of packed operands, of a matrix stored in any way. 0x3f80 is 1, 0x4000
// is 2, 0x4040 is 3; beyond the matrix stands -0 on the left.
// CHECK: packed: 0: tensor<16x16xi32> [1073758080, -2147467200, -2147450880,
// CHECK: packed: 1: tensor<16x16xi32> [1073758080, 0,
// CHECK: packed: 2: tensor<1x1xf32> [14]
// CHECK: packed: 3: tensor<1x1xf32> [14]
func.func @packed() -> (tensor<16x16xi32>, tensor<16x16xi32>, tensor<1x1xf32>,
                        tensor<1x1xf32>) {
  %row = kiln.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %column = kiln.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32>
  %0 = kiln.pack %row : tensor<1x3xf32>
  %1 = kiln.pack rhs %column : tensor<3x1xf32>
  %2 = kiln.packed_matmul %0, %1, 3
     : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<1x1xf32>
  %3 = kiln.pack %column transposed : tensor<3x1xf32>
  %4 = kiln.pack rhs %row transposed : tensor<1x3xf32>
  %5 = kiln.packed_matmul %3, %4, 3
     : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<1x1xf32>
  return %0, %1, %2, %5 : tensor<16x16xi32>, tensor<16x16xi32>,
                          tensor<1x1xf32>, tensor<1x1xf32>
}

// CHECK: reduce: 0: tensor<3xf32> [5, -3, 9]
// CHECK: reduce: 1: tensor<2xf32> [-4, 15]
// CHECK: reduce: 2: tensor<f32> [11]
// CHECK: reduce: 3: tensor<2xf32> [3, 6]
// CHECK: reduce: 4: tensor<f32> [6]
// CHECK: reduce: 5: tensor<2x1xf32> [5, 5]
func.func @reduce() -> (tensor<3xf32>, tensor<2xf32>, tensor<f32>,
                        tensor<2xf32>, tensor<f32>, tensor<2x1xf32>) {
  %x = kiln.constant dense<[[1.0, -8.0, 3.0], [4.0, 5.0, 6.0]]>
     : tensor<2x3xf32>
  %y = kiln.constant dense<[[[1.0], [4.0]], [[2.0], [3.0]]]>
     : tensor<2x2x1xf32>
  %0 = kiln.reduce sum, %x along [0] : tensor<2x3xf32>
  %1 = kiln.reduce sum, %x along [1] : tensor<2x3xf32>
  %2 = kiln.reduce sum, %x along [0, 1] : tensor<2x3xf32>
  %3 = kiln.reduce max, %x along [1] : tensor<2x3xf32>
  %4 = kiln.reduce max, %x along [0, 1] : tensor<2x3xf32>
  %5 = kiln.reduce sum, %y along [1] : tensor<2x2x1xf32>
  return %0, %1, %2, %3, %4, %5
      : tensor<3xf32>, tensor<2xf32>, tensor<f32>, tensor<2xf32>, tensor<f32>,
        tensor<2x1xf32>
}

// CHECK: reduce_nan: 0: tensor<2xf32> [{{-?}}nan, {{-?}}nan]
func.func @reduce_nan() -> tensor<2xf32> {
  %x = kiln.constant dense<[[1.0, 0x7FC00000], [0x7FC00000, 1.0]]>
     : tensor<2x2xf32>
  %0 = kiln.reduce max, %x along [1] : tensor<2x2xf32>
  return %0 : tensor<2xf32>
}

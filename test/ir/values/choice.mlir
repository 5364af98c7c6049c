// RUN: kiln interpret %s | FileCheck %s

// Only ne holds for a NaN.
// CHECK: compare: 0: tensor<4xi1> [0, 1, 0, 0]
// CHECK: compare: 1: tensor<4xi1> [1, 0, 1, 1]
// CHECK: compare: 2: tensor<4xi1> [1, 0, 0, 0]
// CHECK: compare: 3: tensor<4xi1> [1, 1, 0, 0]
// CHECK: compare: 4: tensor<4xi1> [0, 0, 1, 0]
// CHECK: compare: 5: tensor<4xi1> [0, 1, 1, 0]
func.func @compare() -> (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>,
                         tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) {
  %x = kiln.constant dense<[1.0, 2.0, 3.0, 0x7FC00000]> : tensor<4xf32>
  %y = kiln.constant dense<2.0> : tensor<4xf32>
  %0 = kiln.compare eq, %x, %y : tensor<4xf32>
  %1 = kiln.compare ne, %x, %y : tensor<4xf32>
  %2 = kiln.compare lt, %x, %y : tensor<4xf32>
  %3 = kiln.compare le, %x, %y : tensor<4xf32>
  %4 = kiln.compare gt, %x, %y : tensor<4xf32>
  %5 = kiln.compare ge, %x, %y : tensor<4xf32>
  return %0, %1, %2, %3, %4, %5
      : tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>,
        tensor<4xi1>
}

// The NaN that is not chosen leaves no trace.
// CHECK: select: 0: tensor<2xf32> [1, 4]
func.func @select() -> tensor<2xf32> {
  %c = kiln.constant dense<[true, false]> : tensor<2xi1>
  %x = kiln.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  %y = kiln.constant dense<[0x7FC00000, 4.0]> : tensor<2xf32>
  %0 = kiln.select %c, %x, %y : tensor<2xi1>, tensor<2xf32>
  return %0 : tensor<2xf32>
}

// 2^24 + 1 rounds to the even neighbour.
// CHECK: convert: 0: tensor<2xf32> [1, 0]
// CHECK: convert: 1: tensor<2xf32> [-3, 16777216]
// CHECK: convert: 2: tensor<f32> [5]
func.func @convert() -> (tensor<2xf32>, tensor<2xf32>, tensor<f32>) {
  %b = kiln.constant dense<[true, false]> : tensor<2xi1>
  %i = kiln.constant dense<[-3, 16777217]> : tensor<2xi32>
  %l = kiln.constant dense<5> : tensor<i64>
  %0 = kiln.convert %b : tensor<2xi1> to tensor<2xf32>
  %1 = kiln.convert %i : tensor<2xi32> to tensor<2xf32>
  %2 = kiln.convert %l : tensor<i64> to tensor<f32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<f32>
}

// RUN: kiln interpret %s | FileCheck %s

// CHECK: row_mask: 0: tensor<4xi1> [1, 1, 1, 0]
func.func @row_mask() -> tensor<4xi1> {
  %rows = kiln.constant dense<3> : tensor<i64>
  %0 = kiln.row_mask %rows : tensor<4xi1>
  return %0 : tensor<4xi1>
}

// A rate of 0 keeps all. Of the words 6627e8d5 e169c58d bc57ac4c 9b00dbd8 that
// Philox4x32-10 is published to give for key 0 and counter 0, all but the first
// are above one half, the second and third above 0.7, the second above 0.75.
// CHECK: random_mask: 0: tensor<4xi1> [1, 1, 1, 1]
// CHECK: random_mask: 1: tensor<2x2xi1> [0, 1, 1, 1]
// CHECK: random_mask: 2: tensor<2x2xi1> [0, 1, 1, 0]
// CHECK: random_mask: 3: tensor<2x2xi1> [0, 1, 0, 0]
func.func @random_mask()
    -> (tensor<4xi1>, tensor<2x2xi1>, tensor<2x2xi1>, tensor<2x2xi1>) {
  %z = kiln.constant dense<0> : tensor<i64>
  %0 = kiln.random_mask %z, %z, %z {rate = 0.0 : f64, stream = 0 : i64}
     : tensor<4xi1>
  %1 = kiln.random_mask %z, %z, %z {rate = 0.5 : f64, stream = 0 : i64}
     : tensor<2x2xi1>
  %2 = kiln.random_mask %z, %z, %z {rate = 0.7 : f64, stream = 0 : i64}
     : tensor<2x2xi1>
  %3 = kiln.random_mask %z, %z, %z {rate = 0.75 : f64, stream = 0 : i64}
     : tensor<2x2xi1>
  return %0, %1, %2, %3
      : tensor<4xi1>, tensor<2x2xi1>, tensor<2x2xi1>, tensor<2x2xi1>
}

// Seed and stream are the key, epoch and step the first two words of the
// counter, and the second four elements have the next counter: words 89478800
// 3f477f41 15b9143f b62d6243, 720dd2ed 855d151d ed1f536e ad73951c, computed from
// the paper's definition.
// CHECK: places: 0: tensor<8xi1> [1, 0, 0, 1, 0, 1, 1, 1]
func.func @places() -> tensor<8xi1> {
  %a = kiln.constant dense<11> : tensor<i64>
  %b = kiln.constant dense<22> : tensor<i64>
  %c = kiln.constant dense<33> : tensor<i64>
  %0 = kiln.random_mask %a, %b, %c {rate = 0.5 : f64, stream = 44 : i64}
     : tensor<8xi1>
  return %0 : tensor<8xi1>
}

// 1 / (1 - 0.2) is 1.25; what falls out is 0 even where it was NaN.
// CHECK: dropout: 0: tensor<3xf32> [1.25, 0, -2.5]
func.func @dropout() -> tensor<3xf32> {
  %x = kiln.constant dense<[1.0, 0x7FC00000, -2.0]> : tensor<3xf32>
  %m = kiln.constant dense<[true, false, true]> : tensor<3xi1>
  %0 = kiln.dropout %x, %m {rate = 0.2 : f64} : tensor<3xf32>, tensor<3xi1>
  return %0 : tensor<3xf32>
}

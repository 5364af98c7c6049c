// RUN: kiln interpret %s | FileCheck %s

// -1 gives zeros.
// CHECK: gather: 0: tensor<2x2x2xf32> [5, 6, 1, 2, 0, 0, 5, 6]
// CHECK: gather: 1: tensor<2x3x1xf32> [2, 1, 2, 0, 4, 3]
func.func @gather() -> (tensor<2x2x2xf32>, tensor<2x3x1xf32>) {
  %t = kiln.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]>
     : tensor<3x2xf32>
  %i = kiln.constant dense<[[2, 0], [-1, 2]]> : tensor<2x2xi32>
  %0 = kiln.gather %t, %i {batch_dims = 0 : i64}
     : (tensor<3x2xf32>, tensor<2x2xi32>)
  // Each sample reads its own table.
  %u = kiln.constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]>
     : tensor<2x2x1xf32>
  %j = kiln.constant dense<[[1, 0, 1], [-1, 1, 0]]> : tensor<2x3xi32>
  %1 = kiln.gather %u, %j {batch_dims = 1 : i64}
     : (tensor<2x2x1xf32>, tensor<2x3xi32>)
  return %0, %1 : tensor<2x2x2xf32>, tensor<2x3x1xf32>
}

// CHECK: scatter: 0: tensor<3x2xf32> [3, 4, 0, 0, 8, 10]
// CHECK: scatter: 1: tensor<2x2x1xf32> [2, 4, 6, 5]
func.func @scatter() -> (tensor<3x2xf32>, tensor<2x2x1xf32>) {
  %x = kiln.constant dense<[[[1.0, 2.0], [3.0, 4.0]],
                            [[5.0, 6.0], [7.0, 8.0]]]> : tensor<2x2x2xf32>
  %i = kiln.constant dense<[[2, 0], [-1, 2]]> : tensor<2x2xi32>
  %0 = kiln.scatter %x, %i {batch_dims = 0 : i64, rows = 3 : i64}
     : (tensor<2x2x2xf32>, tensor<2x2xi32>)
  %y = kiln.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]>
     : tensor<2x3x1xf32>
  %j = kiln.constant dense<[[1, 0, 1], [-1, 1, 0]]> : tensor<2x3xi32>
  %1 = kiln.scatter %y, %j {batch_dims = 1 : i64, rows = 2 : i64}
     : (tensor<2x3x1xf32>, tensor<2x3xi32>)
  return %0, %1 : tensor<3x2xf32>, tensor<2x2x1xf32>
}

// The order is part of the meaning: 2^24 swallows each 1 that comes after it.
// CHECK: scatter_order: 0: tensor<1x1xf32> [16777216]
// CHECK: scatter_order: 1: tensor<1x1xf32> [16777218]
func.func @scatter_order() -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %x = kiln.constant dense<[[16777216.0], [1.0], [1.0]]> : tensor<3x1xf32>
  %i = kiln.constant dense<0> : tensor<3xi32>
  %0 = kiln.scatter %x, %i {batch_dims = 0 : i64, rows = 1 : i64}
     : (tensor<3x1xf32>, tensor<3xi32>)
  %1 = kiln.scatter %x, %i {batch_dims = 0 : i64, descending, rows = 1 : i64}
     : (tensor<3x1xf32>, tensor<3xi32>)
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf32>
}

// In the order in which they first appear.
// CHECK: unique: 0: tensor<2x4xi32> [7, 3, 0, -1, 5, -1, -1, -1]
// CHECK: unique: 1: tensor<2x4xi32> [0, 1, 0, 2, 0, 0, 0, 0]
// CHECK: unique: 2: tensor<2xi32> [3, 1]
func.func @unique() -> (tensor<2x4xi32>, tensor<2x4xi32>, tensor<2xi32>) {
  %i = kiln.constant dense<[[7, 3, 7, 0], [5, 5, 5, 5]]> : tensor<2x4xi32>
  %0, %1, %2 = kiln.unique %i : tensor<2x4xi32>
  return %0, %1, %2 : tensor<2x4xi32>, tensor<2x4xi32>, tensor<2xi32>
}

// CHECK: parts: 0: tensor<2x2xf32> [1, 2, 5, 6]
// CHECK: parts: 1: tensor<2x2xf32> [3, 4, 7, 8]
// CHECK: parts: 2: tensor<2x6xf32> [3, 4, 1, 2, 1, 2, 7, 8, 5, 6, 5, 6]
func.func @parts() -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x6xf32>) {
  %x = kiln.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]>
     : tensor<2x4xf32>
  %0, %1 = kiln.split %x : tensor<2x4xf32> to tensor<2x2xf32>, tensor<2x2xf32>
  %2 = kiln.concat %1, %0, %0
     : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
  return %0, %1, %2 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x6xf32>
}

// CHECK: reverse: 0: tensor<2x3x2xf32> [5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]
// CHECK: reverse: 1: tensor<2x3xi1> [1, 0, 0, 1, 1, 0]
func.func @reverse() -> (tensor<2x3x2xf32>, tensor<2x3xi1>) {
  %x = kiln.constant dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
                            [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]>
     : tensor<2x3x2xf32>
  %m = kiln.constant dense<[[false, false, true], [false, true, true]]>
     : tensor<2x3xi1>
  %0 = kiln.reverse %x : tensor<2x3x2xf32>
  %1 = kiln.reverse %m : tensor<2x3xi1>
  return %0, %1 : tensor<2x3x2xf32>, tensor<2x3xi1>
}

// Rows 0 and 1, then rows 2 and 3; each part starts from 0.
// CHECK: partial_matmul: 0: tensor<2x2x1xf32> [7, 10, 53, 62]
// CHECK: partial_matmul: 1: tensor<2x1x1xf32> [16777216, 2]
// CHECK: partial_matmul: 2: tensor<2x2x1xf32> [5, 29, 29, 67]
func.func @partial_matmul() -> (tensor<2x2x1xf32>, tensor<2x1x1xf32>, tensor<2x2x1xf32>) {
  %a = kiln.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]>
     : tensor<4x2xf32>
  %b = kiln.constant dense<[[1.0], [2.0], [5.0], [4.0]]> : tensor<4x1xf32>
  %0 = kiln.partial_matmul %a transposed, %b, 2 : (tensor<4x2xf32>, tensor<4x1xf32>)
  %c = kiln.constant dense<[[16777216.0], [1.0], [1.0], [1.0]]>
     : tensor<4x1xf32>
  %ones = kiln.constant dense<1.0> : tensor<4x1xf32>
  %1 = kiln.partial_matmul %c transposed, %ones, 2 : (tensor<4x1xf32>, tensor<4x1xf32>)
  // Columns 0 and 1, then columns 2 and 3.
  %d = kiln.constant dense<[[1.0, 2.0, 3.0, 3.5], [9.0, 10.0, 11.0, 3.0]]>
     : tensor<2x4xf32>
  %2 = kiln.partial_matmul %d, %b, 2 : (tensor<2x4xf32>, tensor<4x1xf32>)
  return %0, %1, %2 : tensor<2x2x1xf32>, tensor<2x1x1xf32>, tensor<2x2x1xf32>
}

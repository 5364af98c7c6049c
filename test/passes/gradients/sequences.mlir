// Gradients of ops on rows, parts and steps against finite differences.
// RUN: kiln check %s | FileCheck %s --implicit-check-not=WRONG

module {
  kiln.param @p : tensor<3x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @q : tensor<2x3x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}

  // Rows read twice or not at all; an index that is in no table.
  // CHECK-LABEL: gradients of @gather
  // CHECK: p 3 12 {{.*}} ok
  // CHECK-NEXT: q 3 20 {{.*}} ok
  func.func @gather(%x: tensor<3x4xf32> {kiln.param = @p},
                    %y: tensor<2x3x4xf32> {kiln.param = @q},
                    %tokens: tensor<2x5xi32>)
      -> (tensor<2x5x4xf32>, tensor<2x4x4xf32>, tensor<2x4x4xf32>) {
    %i = kiln.constant dense<[[2, 0, 2, -1], [1, -1, 1, 1]]> : tensor<2x4xi32>
    %0 = kiln.exp %x : tensor<3x4xf32>
    %1 = kiln.gather %0, %tokens {batch_dims = 0 : i64}
        : (tensor<3x4xf32>, tensor<2x5xi32>)
    %2 = kiln.gather %0, %i {batch_dims = 0 : i64}
        : (tensor<3x4xf32>, tensor<2x4xi32>)
    %3 = kiln.gather %y, %i {batch_dims = 1 : i64}
        : (tensor<2x3x4xf32>, tensor<2x4xi32>)
    %4 = kiln.tanh %3 : tensor<2x4x4xf32>
    %5 = kiln.mul %2, %4 : tensor<2x4x4xf32>
    return %1, %4, %5
        : tensor<2x5x4xf32>, tensor<2x4x4xf32>, tensor<2x4x4xf32>
  }

  // CHECK-LABEL: gradients of @scatter
  // CHECK: q 3 20 {{.*}} ok
  func.func @scatter(%y: tensor<2x3x4xf32> {kiln.param = @q})
      -> (tensor<3x4xf32>, tensor<2x2x4xf32>) {
    %i = kiln.constant dense<[[2, 0, 2], [0, -1, 0]]> : tensor<2x3xi32>
    %j = kiln.constant dense<[[1, 0, 1], [0, -1, 0]]> : tensor<2x3xi32>
    %0 = kiln.scatter %y, %i {batch_dims = 0 : i64, rows = 3 : i64}
        : (tensor<2x3x4xf32>, tensor<2x3xi32>)
    %1 = kiln.sigmoid %0 : tensor<3x4xf32>
    %2 = kiln.scatter %y, %j {batch_dims = 1 : i64, descending, rows = 2 : i64}
        : (tensor<2x3x4xf32>, tensor<2x3xi32>)
    %3 = kiln.exp %2 : tensor<2x2x4xf32>
    return %1, %3 : tensor<3x4xf32>, tensor<2x2x4xf32>
  }

  // Each sample's distinct rows, computed once and read where they stood.
  // CHECK-LABEL: gradients of @distinct
  // CHECK: p 3 12 {{.*}} ok
  func.func @distinct(%x: tensor<3x4xf32> {kiln.param = @p})
      -> tensor<2x4x4xf32> {
    %tokens = kiln.constant dense<[[2, 0, 2, 2], [1, 1, 1, 1]]>
        : tensor<2x4xi32>
    %values, %positions, %counts = kiln.unique %tokens : tensor<2x4xi32>
    %0 = kiln.gather %x, %values {batch_dims = 0 : i64}
        : (tensor<3x4xf32>, tensor<2x4xi32>)
    %1 = kiln.exp %0 : tensor<2x4x4xf32>
    %2 = kiln.gather %1, %positions {batch_dims = 1 : i64}
        : (tensor<2x4x4xf32>, tensor<2x4xi32>)
    %3 = kiln.mul %2, %2 : tensor<2x4x4xf32>
    return %3 : tensor<2x4x4xf32>
  }

  // A part that nothing reads has zeros.
  // CHECK-LABEL: gradients of @parts
  // CHECK: p 3 12 {{.*}} ok
  // CHECK-NEXT: q 3 20 {{.*}} ok
  func.func @parts(%x: tensor<3x4xf32> {kiln.param = @p},
                   %y: tensor<2x3x4xf32> {kiln.param = @q})
      -> (tensor<3x4xf32>, tensor<2x3x8xf32>) {
    %0, %1 = kiln.split %x : tensor<3x4xf32>
        to tensor<3x2xf32>, tensor<3x2xf32>
    %2 = kiln.tanh %1 : tensor<3x2xf32>
    %3 = kiln.concat %2, %0 : tensor<3x2xf32>, tensor<3x2xf32>
    %4 = kiln.exp %3 : tensor<3x4xf32>
    %5:4 = kiln.split %y : tensor<2x3x4xf32>
        to tensor<2x3x1xf32>, tensor<2x3x1xf32>, tensor<2x3x1xf32>,
           tensor<2x3x1xf32>
    %6 = kiln.concat %5#2, %5#0 : tensor<2x3x1xf32>, tensor<2x3x1xf32>
    %7 = kiln.sigmoid %6 : tensor<2x3x2xf32>
    %8 = kiln.concat %7, %7, %7, %7 : tensor<2x3x2xf32>, tensor<2x3x2xf32>,
        tensor<2x3x2xf32>, tensor<2x3x2xf32>
    return %4, %8 : tensor<3x4xf32>, tensor<2x3x8xf32>
  }

  // CHECK-LABEL: gradients of @reverse
  // CHECK: q 3 20 {{.*}} ok
  func.func @reverse(%y: tensor<2x3x4xf32> {kiln.param = @q})
      -> tensor<2x3x4xf32> {
    %0 = kiln.reverse %y : tensor<2x3x4xf32>
    %1 = kiln.exp %y : tensor<2x3x4xf32>
    %2 = kiln.mul %0, %1 : tensor<2x3x4xf32>
    return %2 : tensor<2x3x4xf32>
  }
}

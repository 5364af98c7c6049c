// Inverted indices, printed and read back.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @chains
func.func @chains(%i: tensor<4x5xi32>, %x: tensor<4x5x3xf32>)
    -> tensor<7x3xf32> {
  // CHECK: kiln.chain %{{.*}} {rows = 7 : i64} : tensor<4x5xi32>
  %first, %next = kiln.chain %i {rows = 7 : i64} : tensor<4x5xi32>
  // CHECK: kiln.chain %{{.*}} {descending, rows = 7 : i64} : tensor<4x5xi32>
  %last, %previous = kiln.chain %i {rows = 7 : i64, descending}
      : tensor<4x5xi32>
  // CHECK: kiln.chain_sum %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4x5x3xf32>, tensor<7xi32>, tensor<4x5xi32>)
  %0 = kiln.chain_sum %x, %first, %previous
     : (tensor<4x5x3xf32>, tensor<7xi32>, tensor<4x5xi32>)
  return %0 : tensor<7x3xf32>
}

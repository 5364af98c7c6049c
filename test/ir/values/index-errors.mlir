// An index that is in no table ends the run where it is used.
// RUN: not kiln interpret %s --function=gather 2>&1 | FileCheck %s --check-prefix=GATHER
// RUN: not kiln interpret %s --function=scatter 2>&1 | FileCheck %s --check-prefix=SCATTER
// RUN: not kiln interpret %s --function=chain 2>&1 | FileCheck %s --check-prefix=CHAIN

// GATHER: index-errors.mlir:[[#@LINE+5]]:8: error: 'kiln.gather' op cannot be interpreted: expected indices in [0, 2) or -1, got 2 at 1
func.func @gather() -> tensor<3x1xf32> {
  %x = kiln.constant dense<0.0> : tensor<2x1xf32>
  %i = kiln.constant dense<[1, 2, -1]> : tensor<3xi32>
  // Position 1:
  %0 = kiln.gather %x, %i {batch_dims = 0 : i64}
     : (tensor<2x1xf32>, tensor<3xi32>)
  return %0 : tensor<3x1xf32>
}

// SCATTER: index-errors.mlir:[[#@LINE+5]]:8: error: 'kiln.scatter' op cannot be interpreted: expected indices in [0, 2) or -1, got -2 at 2
func.func @scatter() -> tensor<2x1xf32> {
  %x = kiln.constant dense<0.0> : tensor<3x1xf32>
  %i = kiln.constant dense<[1, -1, -2]> : tensor<3xi32>
  // Position 2:
  %0 = kiln.scatter %x, %i {batch_dims = 0 : i64, rows = 2 : i64}
     : (tensor<3x1xf32>, tensor<3xi32>)
  return %0 : tensor<2x1xf32>
}

// CHAIN: index-errors.mlir:[[#@LINE+3]]:10: error: 'kiln.chain' op cannot be interpreted: expected indices below 3, got 3 at 1
func.func @chain() -> tensor<3xi32> {
  %i = kiln.constant dense<[0, 3, 1]> : tensor<3xi32>
  %0:2 = kiln.chain %i {rows = 3 : i64} : tensor<3xi32>
  return %0#0 : tensor<3xi32>
}

// What must stay as it is.
// RUN: kiln-opt %s -kiln-skip-zeros --split-input-file | FileCheck %s

// CHECK-NOT: kiln.skip_zeros

// So few columns that a list costs more than it saves.
func.func @narrow(%x: tensor<8x16xf32> {kiln.role = "input"}, %w: tensor<16x10xf32>) -> tensor<8x10xf32> {
  %y = kiln.fusion "forward" contraction(%x, %w) : (tensor<8x16xf32>, tensor<16x10xf32>) -> tensor<8x10xf32> {
  ^bb0(%a: tensor<8x16xf32>, %b: tensor<16x10xf32>):
    %m = kiln.matmul %a, %b : (tensor<8x16xf32>, tensor<16x10xf32>)
    kiln.yield %m : tensor<8x10xf32>
  }
  return %y : tensor<8x10xf32>
}

// -----

// The input is on the right; on the left stand weights.
func.func @right(%x: tensor<16x64xf32> {kiln.role = "input"}, %w: tensor<8x16xf32>) -> tensor<8x64xf32> {
  %y = kiln.fusion "forward" contraction(%w, %x) : (tensor<8x16xf32>, tensor<16x64xf32>) -> tensor<8x64xf32> {
  ^bb0(%a: tensor<8x16xf32>, %b: tensor<16x64xf32>):
    %m = kiln.matmul %a, %b : (tensor<8x16xf32>, tensor<16x64xf32>)
    kiln.yield %m : tensor<8x64xf32>
  }
  return %y : tensor<8x64xf32>
}

// -----

// No contraction.
func.func @other(%x: tensor<8x64xf32> {kiln.role = "input"}) -> tensor<8x64xf32> {
  %y = kiln.fusion "neg" elementwise(%x) : (tensor<8x64xf32>) -> tensor<8x64xf32> {
  ^bb0(%a: tensor<8x64xf32>):
    %m = kiln.neg %a : tensor<8x64xf32>
    kiln.yield %m : tensor<8x64xf32>
  }
  return %y : tensor<8x64xf32>
}

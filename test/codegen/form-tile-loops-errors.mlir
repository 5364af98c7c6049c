// RUN: kiln-opt %s --kiln-form-tile-loops --verify-diagnostics

func.func @unscheduled(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'kiln.fusion' op expected a partition, got none (hint: 'kiln-schedule' runs before)}}
  %0 = kiln.fusion "a" elementwise (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %u = kiln.exp %a : tensor<4xf32>
    kiln.yield %u : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// RUN: kiln-opt %s --kiln-schedule --verify-diagnostics

func.func @loose(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'kiln.exp' op expected to be inside a fusion group (hint: 'kiln-form-groups' runs before)}}
  %0 = kiln.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

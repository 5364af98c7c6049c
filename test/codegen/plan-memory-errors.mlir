// RUN: kiln-opt %s --kiln-plan-memory --verify-diagnostics

// expected-error @+1 {{'func.func' op expected argument 0 to be a parameter, a slot or to have a known role}}
func.func @predict(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

func.func @other(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = kiln.exp %x : tensor<4x4xf32>
  %1 = kiln.relu %0 : tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}
func.func @predict(%x: tensor<4x8xf32>, %w: tensor<8x4xf32>) -> tensor<4x4xf32> {
  %0 = kiln.matmul %x, %w : (tensor<4x8xf32>, tensor<8x4xf32>)
  %1 = kiln.exp %0 : tensor<4x4xf32>
  %2 = kiln.add %0, %1 : tensor<4x4xf32>
  %3 = kiln.relu %2 : tensor<4x4xf32>
  %4 = kiln.tanh %3 : tensor<4x4xf32>
  %5 = kiln.add %4, %1 : tensor<4x4xf32>
  %6 = kiln.exp %5 : tensor<4x4xf32>
  %7 = kiln.mul %6, %2 : tensor<4x4xf32>
  return %7 : tensor<4x4xf32>
}

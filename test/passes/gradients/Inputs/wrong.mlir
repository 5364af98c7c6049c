module {
  kiln.param @p : tensor<2xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  func.func @f(%x: tensor<2xf32> {kiln.param = @p}) -> tensor<2xf32> {
    %0 = kiln.convert %x : tensor<2xf32> to tensor<2xf32>
    return %0 : tensor<2xf32>
  }
}

// The functions that tools/bench_math.sh measures, one kernel each.

func.func @exp(%x: tensor<2048xf32>) -> tensor<2048xf32> {
  %r = kiln.fusion "exp" elementwise (%x) : (tensor<2048xf32>) -> tensor<2048xf32> {
  ^bb0(%a: tensor<2048xf32>):
    %0 = kiln.exp %a : tensor<2048xf32>
    kiln.yield %0 : tensor<2048xf32>
  }
  return %r : tensor<2048xf32>
}

func.func @log(%x: tensor<2048xf32>) -> tensor<2048xf32> {
  %r = kiln.fusion "log" elementwise (%x) : (tensor<2048xf32>) -> tensor<2048xf32> {
  ^bb0(%a: tensor<2048xf32>):
    %0 = kiln.log %a : tensor<2048xf32>
    kiln.yield %0 : tensor<2048xf32>
  }
  return %r : tensor<2048xf32>
}

func.func @tanh(%x: tensor<2048xf32>) -> tensor<2048xf32> {
  %r = kiln.fusion "tanh" elementwise (%x) : (tensor<2048xf32>) -> tensor<2048xf32> {
  ^bb0(%a: tensor<2048xf32>):
    %0 = kiln.tanh %a : tensor<2048xf32>
    kiln.yield %0 : tensor<2048xf32>
  }
  return %r : tensor<2048xf32>
}

func.func @sigmoid(%x: tensor<2048xf32>) -> tensor<2048xf32> {
  %r = kiln.fusion "sigmoid" elementwise (%x) : (tensor<2048xf32>) -> tensor<2048xf32> {
  ^bb0(%a: tensor<2048xf32>):
    %0 = kiln.sigmoid %a : tensor<2048xf32>
    kiln.yield %0 : tensor<2048xf32>
  }
  return %r : tensor<2048xf32>
}

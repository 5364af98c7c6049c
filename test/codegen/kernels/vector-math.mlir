// Vector math against the f64 interpreter, over all that f32 can represent:
// errors in units in the last place, as codegen/VectorMath.h states them.

// RUN: kiln-test-kernels %s

func.func @exp_positive(%x: tensor<200001xf32> {test.sweep = [0.0, 90.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 1.0 : f64} {
  %r = kiln.fusion "exp_positive" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.exp %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @exp_negative(%x: tensor<200001xf32> {test.sweep = [-105.0, 0.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 1.0 : f64} {
  %r = kiln.fusion "exp_negative" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.exp %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @exp_edges(%x: tensor<21xf32> {test.values = [0.0, -0.0, 0x7FF0000000000000 : f64, 0xFFF0000000000000 : f64, 0x7FF8000000000000 : f64,
    1.0, -1.0, 3.4e+38, -3.4e+38, 1.2e-38, -1.2e-38, 88.72, 88.73, 89.5,
    -87.33, -87.4, -104.5, 9.0, 9.1, -9.0, -9.1]}) -> tensor<21xf32>
    attributes {test.ulps = 1.0 : f64} {
  %r = kiln.fusion "exp_edges" elementwise (%x) : (tensor<21xf32>)
      -> tensor<21xf32> {
  ^bb0(%a: tensor<21xf32>):
    %0 = kiln.exp %a : tensor<21xf32>
    kiln.yield %0 : tensor<21xf32>
  }
  return %r : tensor<21xf32>
}

func.func @log_all(%x: tensor<200001xf32> {test.sweep = [1.2e-38, 3.4e+38]}) -> tensor<200001xf32>
    attributes {test.ulps = 1.0 : f64} {
  %r = kiln.fusion "log_all" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.log %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @log_near_one(%x: tensor<200001xf32> {test.sweep = [0.9, 1.1]}) -> tensor<200001xf32>
    attributes {test.ulps = 1.0 : f64} {
  %r = kiln.fusion "log_near_one" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.log %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @log_edges(%x: tensor<21xf32> {test.values = [0.0, -0.0, 0x7FF0000000000000 : f64, 0xFFF0000000000000 : f64, 0x7FF8000000000000 : f64,
    1.0, -1.0, 3.4e+38, -3.4e+38, 1.2e-38, -1.2e-38, 88.72, 88.73, 89.5,
    -87.33, -87.4, -104.5, 9.0, 9.1, -9.0, -9.1]}) -> tensor<21xf32>
    attributes {test.ulps = 1.0 : f64} {
  %r = kiln.fusion "log_edges" elementwise (%x) : (tensor<21xf32>)
      -> tensor<21xf32> {
  ^bb0(%a: tensor<21xf32>):
    %0 = kiln.log %a : tensor<21xf32>
    kiln.yield %0 : tensor<21xf32>
  }
  return %r : tensor<21xf32>
}

func.func @tanh_all(%x: tensor<200001xf32> {test.sweep = [-3.4e+38, 3.4e+38]}) -> tensor<200001xf32>
    attributes {test.ulps = 5.0 : f64} {
  %r = kiln.fusion "tanh_all" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.tanh %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @tanh_middle(%x: tensor<200001xf32> {test.sweep = [0.01, 10.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 5.0 : f64} {
  %r = kiln.fusion "tanh_middle" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.tanh %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @tanh_edges(%x: tensor<21xf32> {test.values = [0.0, -0.0, 0x7FF0000000000000 : f64, 0xFFF0000000000000 : f64, 0x7FF8000000000000 : f64,
    1.0, -1.0, 3.4e+38, -3.4e+38, 1.2e-38, -1.2e-38, 88.72, 88.73, 89.5,
    -87.33, -87.4, -104.5, 9.0, 9.1, -9.0, -9.1]}) -> tensor<21xf32>
    attributes {test.ulps = 5.0 : f64} {
  %r = kiln.fusion "tanh_edges" elementwise (%x) : (tensor<21xf32>)
      -> tensor<21xf32> {
  ^bb0(%a: tensor<21xf32>):
    %0 = kiln.tanh %a : tensor<21xf32>
    kiln.yield %0 : tensor<21xf32>
  }
  return %r : tensor<21xf32>
}

func.func @sigmoid_positive(%x: tensor<200001xf32> {test.sweep = [0.0, 90.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 3.0 : f64} {
  %r = kiln.fusion "sigmoid_positive" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.sigmoid %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @sigmoid_negative(%x: tensor<200001xf32> {test.sweep = [-90.0, 0.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 3.0 : f64} {
  %r = kiln.fusion "sigmoid_negative" elementwise (%x) : (tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>):
    %0 = kiln.sigmoid %a : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @sigmoid_edges(%x: tensor<21xf32> {test.values = [0.0, -0.0, 0x7FF0000000000000 : f64, 0xFFF0000000000000 : f64, 0x7FF8000000000000 : f64,
    1.0, -1.0, 3.4e+38, -3.4e+38, 1.2e-38, -1.2e-38, 88.72, 88.73, 89.5,
    -87.33, -87.4, -104.5, 9.0, 9.1, -9.0, -9.1]}) -> tensor<21xf32>
    attributes {test.ulps = 3.0 : f64} {
  %r = kiln.fusion "sigmoid_edges" elementwise (%x) : (tensor<21xf32>)
      -> tensor<21xf32> {
  ^bb0(%a: tensor<21xf32>):
    %0 = kiln.sigmoid %a : tensor<21xf32>
    kiln.yield %0 : tensor<21xf32>
  }
  return %r : tensor<21xf32>
}

// Where the target is what the sign says, ln(1 + e^-|x|) is left alone.
func.func @sigmoid_cross_entropy_positive(%x: tensor<200001xf32> {test.sweep = [0.0, 80.0]},
    %y: tensor<200001xf32> {test.values = [1.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 3.0 : f64} {
  %r = kiln.fusion "sigmoid_cross_entropy_positive" elementwise (%x, %y) : (tensor<200001xf32>, tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>, %b: tensor<200001xf32>):
    %0 = kiln.sigmoid_cross_entropy %a, %b : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @sigmoid_cross_entropy_negative(%x: tensor<200001xf32> {test.sweep = [-80.0, 0.0]},
    %y: tensor<200001xf32> {test.values = [0.0]}) -> tensor<200001xf32>
    attributes {test.ulps = 3.0 : f64} {
  %r = kiln.fusion "sigmoid_cross_entropy_negative" elementwise (%x, %y) : (tensor<200001xf32>, tensor<200001xf32>)
      -> tensor<200001xf32> {
  ^bb0(%a: tensor<200001xf32>, %b: tensor<200001xf32>):
    %0 = kiln.sigmoid_cross_entropy %a, %b : tensor<200001xf32>
    kiln.yield %0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

// One number alone takes the scalar form of the same expressions.
func.func @scalar(%x: tensor<f32> {test.range = [0.5, 2.0]}) -> (tensor<f32>,
    tensor<f32>, tensor<f32>, tensor<f32>) attributes {test.ulps = 5.0 : f64} {
  %r:4 = kiln.fusion "scalar" elementwise (%x) : (tensor<f32>)
      -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) {
  ^bb0(%a: tensor<f32>):
    %0 = kiln.exp %a : tensor<f32>
    %1 = kiln.log %a : tensor<f32>
    %2 = kiln.tanh %a : tensor<f32>
    %3 = kiln.sigmoid %a : tensor<f32>
    kiln.yield %0, %1, %2, %3 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
  }
  return %r#0, %r#1, %r#2, %r#3 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
}

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

// Adam's root is not the same sequence on AVX-512 and AVX2, and has the same bits.
// w' = -1 / (sqrt(v / 2) + epsilon); two sweeps, for of neighbours the quotient
// tells some apart where the root is, relative to a power of 2, small.
func.func @adam_root(%w: tensor<1048577xf32> {test.values = [0.0]},
    %g: tensor<1048577xf32> {test.values = [0.0]},
    %m: tensor<1048577xf32> {test.values = [2.0]},
    %v: tensor<1048577xf32> {test.sweep = [2.0, 8.0]},
    %h: tensor<2xf32> {test.values = [1.0]})
    -> tensor<1048577xf32> attributes {test.exact} {
  %r = kiln.fusion "adam_root" elementwise (%w, %g, %m, %v, %h)
      : (tensor<1048577xf32>, tensor<1048577xf32>, tensor<1048577xf32>,
         tensor<1048577xf32>, tensor<2xf32>) -> tensor<1048577xf32> {
  ^bb0(%w_: tensor<1048577xf32>, %g_: tensor<1048577xf32>, %m_: tensor<1048577xf32>,
       %v_: tensor<1048577xf32>, %h_: tensor<2xf32>):
    %0:3 = kiln.adam_update %w_, %g_, %m_, %v_, %h_ {beta_1 = 5.0e-01 : f64,
        beta_2 = 5.0e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<1048577xf32>
    kiln.yield %0#0 : tensor<1048577xf32>
  }
  return %r : tensor<1048577xf32>
}

func.func @adam_root_all(%w: tensor<200001xf32> {test.values = [0.0]},
    %g: tensor<200001xf32> {test.values = [0.0]},
    %m: tensor<200001xf32> {test.values = [2.0]},
    %v: tensor<200001xf32> {test.sweep = [0.0, 3.4e+38]},
    %h: tensor<2xf32> {test.values = [1.0]})
    -> tensor<200001xf32> attributes {test.exact} {
  %r = kiln.fusion "adam_root_all" elementwise (%w, %g, %m, %v, %h)
      : (tensor<200001xf32>, tensor<200001xf32>, tensor<200001xf32>,
         tensor<200001xf32>, tensor<2xf32>) -> tensor<200001xf32> {
  ^bb0(%w_: tensor<200001xf32>, %g_: tensor<200001xf32>, %m_: tensor<200001xf32>,
       %v_: tensor<200001xf32>, %h_: tensor<2xf32>):
    %0:3 = kiln.adam_update %w_, %g_, %m_, %v_, %h_ {beta_1 = 5.0e-01 : f64,
        beta_2 = 5.0e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<200001xf32>
    kiln.yield %0#0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @adam_root_small(%w: tensor<200001xf32> {test.values = [0.0]},
    %g: tensor<200001xf32> {test.values = [0.0]},
    %m: tensor<200001xf32> {test.values = [2.0]},
    %v: tensor<200001xf32> {test.sweep = [1.0e-31, 1.0e-21]},
    %h: tensor<2xf32> {test.values = [1.0]})
    -> tensor<200001xf32> attributes {test.exact} {
  %r = kiln.fusion "adam_root_small" elementwise (%w, %g, %m, %v, %h)
      : (tensor<200001xf32>, tensor<200001xf32>, tensor<200001xf32>,
         tensor<200001xf32>, tensor<2xf32>) -> tensor<200001xf32> {
  ^bb0(%w_: tensor<200001xf32>, %g_: tensor<200001xf32>, %m_: tensor<200001xf32>,
       %v_: tensor<200001xf32>, %h_: tensor<2xf32>):
    %0:3 = kiln.adam_update %w_, %g_, %m_, %v_, %h_ {beta_1 = 5.0e-01 : f64,
        beta_2 = 5.0e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<200001xf32>
    kiln.yield %0#0 : tensor<200001xf32>
  }
  return %r : tensor<200001xf32>
}

func.func @adam_root_edges(%w: tensor<13xf32> {test.values = [0.0]},
    %g: tensor<13xf32> {test.values = [0.0]},
    %m: tensor<13xf32> {test.values = [2.0]},
    %v: tensor<13xf32> {test.values = [0.0, -0.0,
      0x7FF0000000000000 : f64, 0xFFF0000000000000 : f64,
      0x7FF8000000000000 : f64, -1.0, 1.0, 3.4e+38, -3.4e+38, 1.2e-38, 2.4e-38,
      3.9e-31, -2.4e-38]},
    %h: tensor<2xf32> {test.values = [1.0]})
    -> tensor<13xf32> attributes {test.exact} {
  %r = kiln.fusion "adam_root_edges" elementwise (%w, %g, %m, %v, %h)
      : (tensor<13xf32>, tensor<13xf32>, tensor<13xf32>,
         tensor<13xf32>, tensor<2xf32>) -> tensor<13xf32> {
  ^bb0(%w_: tensor<13xf32>, %g_: tensor<13xf32>, %m_: tensor<13xf32>,
       %v_: tensor<13xf32>, %h_: tensor<2xf32>):
    %0:3 = kiln.adam_update %w_, %g_, %m_, %v_, %h_ {beta_1 = 5.0e-01 : f64,
        beta_2 = 5.0e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<13xf32>
    kiln.yield %0#0 : tensor<13xf32>
  }
  return %r : tensor<13xf32>
}

func.func @adam_root_small_epsilon(%w: tensor<200001xf32> {test.values = [0.0]},
    %g: tensor<200001xf32> {test.values = [0.0]},
    %m: tensor<200001xf32> {test.values = [2.0]},
    %v: tensor<200001xf32> {test.sweep = [2.4e-38, 1.0e-30]},
    %h: tensor<2xf32> {test.values = [1.0]})
    -> tensor<200001xf32> attributes {test.exact} {
  %r = kiln.fusion "adam_root_small_epsilon" elementwise (%w, %g, %m, %v, %h)
      : (tensor<200001xf32>, tensor<200001xf32>, tensor<200001xf32>,
         tensor<200001xf32>, tensor<2xf32>) -> tensor<200001xf32> {
  ^bb0(%w_: tensor<200001xf32>, %g_: tensor<200001xf32>, %m_: tensor<200001xf32>,
       %v_: tensor<200001xf32>, %h_: tensor<2xf32>):
    %0:3 = kiln.adam_update %w_, %g_, %m_, %v_, %h_ {beta_1 = 5.0e-01 : f64,
        beta_2 = 5.0e-01 : f64, epsilon = 1.0e-18 : f64} : tensor<200001xf32>
    kiln.yield %0#0 : tensor<200001xf32>
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

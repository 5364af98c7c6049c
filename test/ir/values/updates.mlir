// RUN: kiln interpret %s | FileCheck %s
// RUN: kiln interpret %s --precision=f64 | FileCheck %s --check-prefix=F64

// w = 1, g = 1/2, m = 1/4, v = 1/8; lr = 1/2, alpha = 1/4.

// 1 - 1/2 * 1/2; no alpha.
// CHECK: sgd: 0: tensor<1xf32> [0.75]
func.func @sgd() -> tensor<1xf32> {
  %w = kiln.constant dense<1.0> : tensor<1xf32>
  %g = kiln.constant dense<0.5> : tensor<1xf32>
  %hyper = kiln.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %0 = kiln.sgd_update %w, %g, %hyper : tensor<1xf32>
  return %0 : tensor<1xf32>
}

// m' = 1/2 * 1/4 - 1/4 = -1/8. w' = w - 1/8, or with Nesterov
// w - 1/16 - 1/4.
// CHECK: momentum: 0: tensor<1xf32> [0.875]
// CHECK: momentum: 1: tensor<1xf32> [-0.125]
// CHECK: momentum: 2: tensor<1xf32> [0.6875]
// CHECK: momentum: 3: tensor<1xf32> [-0.125]
func.func @momentum() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
                          tensor<1xf32>) {
  %w = kiln.constant dense<1.0> : tensor<1xf32>
  %g = kiln.constant dense<0.5> : tensor<1xf32>
  %m = kiln.constant dense<0.25> : tensor<1xf32>
  %hyper = kiln.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %0, %1 = kiln.momentum_update %w, %g, %m, %hyper {momentum = 0.5 : f64}
         : tensor<1xf32>
  %2, %3 = kiln.momentum_update %w, %g, %m, %hyper {momentum = 0.5 : f64,
      nesterov} : tensor<1xf32>
  return %0, %1, %2, %3 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
                          tensor<1xf32>
}

// m' = 1/4 + 1/4 * 1/4 = 5/16; v' = 1/8 + 1/8 * 1/2 = 3/16;
// w' = 1 - 5/64 / (sqrt(3/16) + 1/4) = 1 - 5/64 / ((sqrt 3 + 1) / 4).
// CHECK: adam: 0: tensor<1xf32> [0.885617077]
// CHECK: adam: 1: tensor<1xf32> [0.3125]
// CHECK: adam: 2: tensor<1xf32> [0.1875]
// F64: adam: 0: tensor<1xf32> [0.88561706131736{{[0-9]*}}]
func.func @adam() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) {
  %w = kiln.constant dense<1.0> : tensor<1xf32>
  %g = kiln.constant dense<0.5> : tensor<1xf32>
  %m = kiln.constant dense<0.25> : tensor<1xf32>
  %v = kiln.constant dense<0.125> : tensor<1xf32>
  %hyper = kiln.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %0, %1, %2 = kiln.adam_update %w, %g, %m, %v, %hyper {beta_1 = 0.75 : f64,
      beta_2 = 0.5 : f64, epsilon = 0.25 : f64} : tensor<1xf32>
  return %0, %1, %2 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

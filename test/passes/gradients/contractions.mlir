// Gradients of contractions and reductions against finite differences.
// RUN: kiln check %s | FileCheck %s --implicit-check-not=WRONG

module {
  kiln.param @a : tensor<3x5xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @at : tensor<5x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @b : tensor<5x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @bt : tensor<4x5xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}

  // CHECK-LABEL: gradients of @plain
  // CHECK: a 3 15 {{.*}} ok
  // CHECK-NEXT: b 3 20 {{.*}} ok
  func.func @plain(%a: tensor<3x5xf32> {kiln.param = @a},
                   %b: tensor<5x4xf32> {kiln.param = @b}) -> tensor<3x4xf32> {
    %0 = kiln.matmul %a, %b : (tensor<3x5xf32>, tensor<5x4xf32>)
    %1 = kiln.tanh %0 : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @left
  // CHECK: at 3 15 {{.*}} ok
  // CHECK-NEXT: b 3 20 {{.*}} ok
  func.func @left(%a: tensor<5x3xf32> {kiln.param = @at},
                  %b: tensor<5x4xf32> {kiln.param = @b}) -> tensor<3x4xf32> {
    %0 = kiln.matmul %a transposed, %b : (tensor<5x3xf32>, tensor<5x4xf32>)
    %1 = kiln.tanh %0 : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @right
  // CHECK: a 3 15 {{.*}} ok
  // CHECK-NEXT: bt 3 20 {{.*}} ok
  func.func @right(%a: tensor<3x5xf32> {kiln.param = @a},
                   %b: tensor<4x5xf32> {kiln.param = @bt}) -> tensor<3x4xf32> {
    %0 = kiln.matmul %a, %b transposed : (tensor<3x5xf32>, tensor<4x5xf32>)
    %1 = kiln.tanh %0 : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @both
  // CHECK: at 3 15 {{.*}} ok
  // CHECK-NEXT: bt 3 20 {{.*}} ok
  func.func @both(%a: tensor<5x3xf32> {kiln.param = @at},
                  %b: tensor<4x5xf32> {kiln.param = @bt}) -> tensor<3x4xf32> {
    %0 = kiln.matmul %a transposed, %b transposed
        : (tensor<5x3xf32>, tensor<4x5xf32>)
    %1 = kiln.tanh %0 : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }

  // Checked as a contraction of f32.
  // CHECK-LABEL: gradients of @bfloat16
  // CHECK: a 3 15 {{.*}} ok
  // CHECK-NEXT: b 3 20 {{.*}} ok
  func.func @bfloat16(%a: tensor<3x5xf32> {kiln.param = @a},
                      %b: tensor<5x4xf32> {kiln.param = @b}) -> tensor<3x4xf32> {
    %0 = kiln.matmul %a, %b {bfloat16} : (tensor<3x5xf32>, tensor<5x4xf32>)
    %1 = kiln.tanh %0 : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @sums
  // CHECK: a 3 15 {{.*}} ok
  func.func @sums(%a: tensor<3x5xf32> {kiln.param = @a})
      -> (tensor<5xf32>, tensor<3xf32>, tensor<f32>) {
    %e = kiln.exp %a : tensor<3x5xf32>
    %0 = kiln.reduce sum, %e along [0] : tensor<3x5xf32>
    %1 = kiln.reduce sum, %e along [1] : tensor<3x5xf32>
    %2 = kiln.log %1 : tensor<3xf32>
    %3 = kiln.reduce sum, %e along [0, 1] : tensor<3x5xf32>
    %4 = kiln.sqrt %3 : tensor<f32>
    return %0, %2, %4 : tensor<5xf32>, tensor<3xf32>, tensor<f32>
  }

  // CHECK-LABEL: gradients of @maxima
  // CHECK: a 3 15 {{.*}} ok
  func.func @maxima(%a: tensor<3x5xf32> {kiln.param = @a})
      -> (tensor<5xf32>, tensor<3xf32>, tensor<f32>) {
    %e = kiln.exp %a : tensor<3x5xf32>
    %0 = kiln.reduce max, %e along [0] : tensor<3x5xf32>
    %1 = kiln.reduce max, %e along [1] : tensor<3x5xf32>
    %3 = kiln.reduce max, %e along [0, 1] : tensor<3x5xf32>
    return %0, %1, %3 : tensor<5xf32>, tensor<3xf32>, tensor<f32>
  }
}

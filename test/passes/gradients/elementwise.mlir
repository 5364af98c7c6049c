// Gradients of elementwise ops against finite differences in f64.
// RUN: kiln check %s | FileCheck %s --implicit-check-not=WRONG

module {
  kiln.param @p : tensor<3x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @q : tensor<3x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}

  // CHECK-LABEL: gradients of @unary
  // CHECK-NEXT: tensor
  // CHECK-NEXT: p 3 12 {{.*}} ok
  func.func @unary(%x: tensor<3x4xf32> {kiln.param = @p})
      -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>,
          tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) {
    %0 = kiln.neg %x : tensor<3x4xf32>
    %1 = kiln.abs %x : tensor<3x4xf32>
    %2 = kiln.sign %x : tensor<3x4xf32>
    %3 = kiln.exp %x : tensor<3x4xf32>
    %4 = kiln.tanh %x : tensor<3x4xf32>
    %5 = kiln.sigmoid %x : tensor<3x4xf32>
    %6 = kiln.relu %x : tensor<3x4xf32>
    return %0, %1, %2, %3, %4, %5, %6
        : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>,
          tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
  }

  // Where they are defined: of positive numbers.
  // CHECK-LABEL: gradients of @positive
  // CHECK: p 3 12 {{.*}} ok
  func.func @positive(%x: tensor<3x4xf32> {kiln.param = @p})
      -> (tensor<3x4xf32>, tensor<3x4xf32>) {
    %0 = kiln.exp %x : tensor<3x4xf32>
    %1 = kiln.log %0 : tensor<3x4xf32>
    %2 = kiln.sqrt %0 : tensor<3x4xf32>
    return %1, %2 : tensor<3x4xf32>, tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @binary
  // CHECK: p 3 12 {{.*}} ok
  // CHECK-NEXT: q 3 12 {{.*}} ok
  func.func @binary(%x: tensor<3x4xf32> {kiln.param = @p},
                    %y: tensor<3x4xf32> {kiln.param = @q})
      -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>,
          tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) {
    %0 = kiln.add %x, %y : tensor<3x4xf32>
    %1 = kiln.sub %x, %y : tensor<3x4xf32>
    %2 = kiln.mul %x, %y : tensor<3x4xf32>
    %e = kiln.exp %y : tensor<3x4xf32>
    %3 = kiln.div %x, %e : tensor<3x4xf32>
    %4 = kiln.maximum %x, %y : tensor<3x4xf32>
    %5 = kiln.minimum %x, %y : tensor<3x4xf32>
    %6 = kiln.sigmoid_cross_entropy %x, %y : tensor<3x4xf32>
    return %0, %1, %2, %3, %4, %5, %6
        : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>,
          tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
  }

  // One value used several times, on both sides of an op.
  // CHECK-LABEL: gradients of @shared
  // CHECK: p 3 12 {{.*}} ok
  func.func @shared(%x: tensor<3x4xf32> {kiln.param = @p}) -> tensor<3x4xf32> {
    %0 = kiln.mul %x, %x : tensor<3x4xf32>
    %1 = kiln.mul %0, %x : tensor<3x4xf32>
    %2 = kiln.sub %1, %0 : tensor<3x4xf32>
    return %2 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @select
  // CHECK: p 3 {{ *[1-9]+}} {{.*}} ok
  // CHECK-NEXT: q 3 {{ *[1-9]+}} {{.*}} ok
  func.func @select(%x: tensor<3x4xf32> {kiln.param = @p},
                    %y: tensor<3x4xf32> {kiln.param = @q},
                    %c: tensor<3x4xi1>) -> tensor<3x4xf32> {
    %0 = kiln.select %c, %x, %y : tensor<3x4xi1>, tensor<3x4xf32>
    %1 = kiln.mul %0, %x : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @dropout
  // CHECK: p 3 12 {{.*}} ok
  func.func @dropout(%x: tensor<3x4xf32> {kiln.param = @p},
                     %c: tensor<3x4xi1>) -> tensor<3x4xf32> {
    %0 = kiln.dropout %x, %c {rate = 2.5e-01 : f64}
        : tensor<3x4xf32>, tensor<3x4xi1>
    %1 = kiln.tanh %0 : tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }
}

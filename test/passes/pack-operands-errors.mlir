// What must stay as it is.
// RUN: kiln-opt %s -kiln-pack-operands | FileCheck %s
// RUN: kiln-opt %s -kiln-pack-operands 2>&1 | FileCheck %s --check-prefix=WHY
// RUN: not kiln-opt %s -kiln-pack-operands -kiln-form-groups 2>&1 | FileCheck %s --check-prefix=NONE

module attributes {kiln.explain} {
  // CHECK-LABEL: func.func @f32(
  // CHECK-NOT: pack
  // CHECK: kiln.matmul
  func.func @f32(%a: tensor<8x3xf32>, %b: tensor<3x6xf32>) -> tensor<8x6xf32> {
    %0 = kiln.matmul %a, %b : (tensor<8x3xf32>, tensor<3x6xf32>)
    return %0 : tensor<8x6xf32>
  }

  // CHECK-LABEL: func.func @cell(
  // CHECK-NOT: pack
  // CHECK: kiln.matmul %{{.*}}, %{{.*}} {bfloat16}
  // WHY: [[@LINE+6]]:12: remark: {{.*}}is not packed: it stands in a recurrence's cell, whose kernels have no bfloat16
  // NONE: [[@LINE+5]]:12: error: no kernel runs 'kiln.matmul'
  func.func @cell(%x: tensor<4x5x3xf32>, %w: tensor<3x3xf32>) -> tensor<4x5x3xf32> {
    %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>)
        outputs(tensor<4x5x3xf32>) {
    ^bb0(%a: tensor<4x3xf32>, %k: tensor<3x3xf32>):
      %0 = kiln.matmul %a, %k {bfloat16} : (tensor<4x3xf32>, tensor<3x3xf32>)
      kiln.yield %0 : tensor<4x3xf32>
    }
    return %y : tensor<4x5x3xf32>
  }
}

// RUN: kiln interpret %s | FileCheck %s
// RUN: kiln interpret %s --precision=f64 | FileCheck %s --check-prefix=F64

// Equal logits share; ln 3 against 0 is 3 to 1; large ones do not overflow.
// CHECK: softmax: 0: tensor<3x2xf32> [0.5, 0.5, 0.75, 0.25, 1, 0]
// F64: softmax: 0: tensor<3x2xf32> [0.5, 0.5, 0.75000000{{[0-9]*}}, 0.2499999{{[0-9]*}}, 1, 0]
func.func @softmax() -> tensor<3x2xf32> {
  %x = kiln.constant dense<[[5.0, 5.0], [1.09861231, 0.0], [1000.0, 0.0]]>
     : tensor<3x2xf32>
  %0 = kiln.softmax %x : tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// ln 2, and for logits 1000 apart 0 or 1000.
// CHECK: softmax_cross_entropy: 0: tensor<3xf32> [0.693147182, 0, 1000]
func.func @softmax_cross_entropy() -> tensor<3xf32> {
  %x = kiln.constant dense<[[5.0, 5.0], [1000.0, 0.0], [1000.0, 0.0]]>
     : tensor<3x2xf32>
  %y = kiln.constant dense<[1, 0, 1]> : tensor<3xi32>
  %0 = kiln.softmax_cross_entropy %x, %y : (tensor<3x2xf32>, tensor<3xi32>)
  return %0 : tensor<3xf32>
}

// CHECK: one_hot: 0: tensor<4x2xf32> [1, 0, 0, 1, 0, 0, 0, 0]
func.func @one_hot() -> tensor<4x2xf32> {
  %y = kiln.constant dense<[0, 1, 2, -1]> : tensor<4xi32>
  %0 = kiln.one_hot %y, 2 : tensor<4xi32>
  return %0 : tensor<4x2xf32>
}

// The first of equals.
// CHECK: argmax: 0: tensor<3xi32> [2, 0, 1]
func.func @argmax() -> tensor<3xi32> {
  %x = kiln.constant dense<[[1.0, 2.0, 3.0], [4.0, 4.0, 4.0],
                            [-3.0, -1.0, -1.0]]> : tensor<3x3xf32>
  %0 = kiln.argmax %x : tensor<3x3xf32>
  return %0 : tensor<3xi32>
}

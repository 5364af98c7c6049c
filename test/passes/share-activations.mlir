// RUN: kiln-opt %s -kiln-share-activations | FileCheck %s

// CHECK-LABEL: func.func @relu_under_dropout(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x3xf32>, %[[G:[a-z0-9]+]]: tensor<8x3xf32>, %[[M:[a-z0-9]+]]: tensor<8x3xi1>
// CHECK-DAG: %[[SCALE:.*]] = kiln.constant dense<1.250000e+00>
// CHECK-DAG: %[[ZERO:.*]] = kiln.constant dense<0.000000e+00>
// CHECK:     %[[Y:.*]] = kiln.relu %[[X]]
// CHECK:     %[[D:.*]] = kiln.dropout %[[Y]], %[[M]]
// CHECK-NOT: kiln.dropout
// CHECK-DAG: %[[KEPT:.*]] = kiln.compare gt, %[[D]], %[[ZERO]]
// CHECK-DAG: %[[SCALED:.*]] = kiln.mul %[[G]], %[[SCALE]]
// CHECK:     %[[R:.*]] = kiln.select %[[KEPT]], %[[SCALED]], %[[ZERO]]
// CHECK:     return %[[D]], %[[R]]
func.func @relu_under_dropout(%x: tensor<8x3xf32>, %g: tensor<8x3xf32>, %m: tensor<8x3xi1>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
  %y = kiln.relu %x : tensor<8x3xf32>
  %d = kiln.dropout %y, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %0 = kiln.dropout %g, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %1 = kiln.compare gt, %y, %zero : tensor<8x3xf32>
  %2 = kiln.select %1, %0, %zero : tensor<8x3xi1>, tensor<8x3xf32>
  return %d, %2 : tensor<8x3xf32>, tensor<8x3xf32>
}

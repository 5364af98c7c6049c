// What must stay as it is.
// RUN: kiln-opt %s -kiln-share-activations | FileCheck %s

// Another mask: the forward value says nothing about it.
// CHECK-LABEL: func.func @other_mask(
// CHECK: kiln.relu
// CHECK: kiln.dropout
// CHECK: kiln.dropout
func.func @other_mask(%x: tensor<8x3xf32>, %g: tensor<8x3xf32>, %m: tensor<8x3xi1>, %n: tensor<8x3xi1>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
  %y = kiln.relu %x : tensor<8x3xf32>
  %d = kiln.dropout %y, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %0 = kiln.dropout %g, %n {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %1 = kiln.compare gt, %y, %zero : tensor<8x3xf32>
  %2 = kiln.select %1, %0, %zero : tensor<8x3xi1>, tensor<8x3xf32>
  return %d, %2 : tensor<8x3xf32>, tensor<8x3xf32>
}

// Another rate: the factor would be wrong.
// CHECK-LABEL: func.func @other_rate(
// CHECK: kiln.dropout {{.*}}rate = 2.0
// CHECK: kiln.dropout {{.*}}rate = 5.0
func.func @other_rate(%x: tensor<8x3xf32>, %g: tensor<8x3xf32>, %m: tensor<8x3xi1>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
  %y = kiln.relu %x : tensor<8x3xf32>
  %d = kiln.dropout %y, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %0 = kiln.dropout %g, %m {rate = 5.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %1 = kiln.compare gt, %y, %zero : tensor<8x3xf32>
  %2 = kiln.select %1, %0, %zero : tensor<8x3xi1>, tensor<8x3xf32>
  return %d, %2 : tensor<8x3xf32>, tensor<8x3xf32>
}

// -0 where the mask drops would become +0, or the other way about.
// CHECK-LABEL: func.func @negative_zero(
// CHECK: kiln.dropout
// CHECK: kiln.dropout
func.func @negative_zero(%x: tensor<8x3xf32>, %g: tensor<8x3xf32>, %m: tensor<8x3xi1>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
  %minus = kiln.constant dense<-0.0> : tensor<8x3xf32>
  %y = kiln.relu %x : tensor<8x3xf32>
  %d = kiln.dropout %y, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %0 = kiln.dropout %g, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %1 = kiln.compare gt, %y, %zero : tensor<8x3xf32>
  %2 = kiln.select %1, %0, %minus : tensor<8x3xi1>, tensor<8x3xf32>
  return %d, %2 : tensor<8x3xf32>, tensor<8x3xf32>
}

// Not `> 0`: a dropped element of the forward value is 0 and would count.
// CHECK-LABEL: func.func @not_greater(
// CHECK: kiln.dropout
// CHECK: kiln.dropout
func.func @not_greater(%x: tensor<8x3xf32>, %g: tensor<8x3xf32>, %m: tensor<8x3xi1>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
  %y = kiln.relu %x : tensor<8x3xf32>
  %d = kiln.dropout %y, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %0 = kiln.dropout %g, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1>
  %1 = kiln.compare ge, %y, %zero : tensor<8x3xf32>
  %2 = kiln.select %1, %0, %zero : tensor<8x3xi1>, tensor<8x3xf32>
  return %d, %2 : tensor<8x3xf32>, tensor<8x3xf32>
}

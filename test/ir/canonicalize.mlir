// Folds, and what must not fold because it would change bits.
// RUN: kiln-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @neg_twice
// CHECK-NEXT: return %arg0
func.func @neg_twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = kiln.neg %x : tensor<4xf32>
  %1 = kiln.neg %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @abs_of_neg
// CHECK-NEXT: %[[A:.*]] = kiln.abs %arg0
// CHECK-NEXT: return %[[A]]
func.func @abs_of_neg(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = kiln.neg %x : tensor<4xf32>
  %1 = kiln.abs %0 : tensor<4xf32>
  %2 = kiln.abs %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// CHECK-LABEL: func.func @once_is_enough
// CHECK-NEXT: %[[S:.*]] = kiln.sign %arg0
// CHECK-NEXT: %[[R:.*]] = kiln.relu %arg0
// CHECK-NEXT: return %[[S]], %[[R]]
func.func @once_is_enough(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = kiln.sign %x : tensor<4xf32>
  %1 = kiln.sign %0 : tensor<4xf32>
  %2 = kiln.relu %x : tensor<4xf32>
  %3 = kiln.relu %2 : tensor<4xf32>
  return %1, %3 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @unary_constants
// CHECK-DAG: %[[P:.*]] = kiln.constant dense<2.500000e+00>
// CHECK-DAG: %[[N:.*]] = kiln.constant dense<-1.000000e+00>
// CHECK-DAG: %[[Z:.*]] = kiln.constant dense<0.000000e+00>
// CHECK: return %[[P]], %[[P]], %[[N]], %[[Z]]
func.func @unary_constants()
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %c = kiln.constant dense<-2.5> : tensor<4xf32>
  %0 = kiln.neg %c : tensor<4xf32>
  %1 = kiln.abs %c : tensor<4xf32>
  %2 = kiln.sign %c : tensor<4xf32>
  %3 = kiln.relu %c : tensor<4xf32>
  return %0, %1, %2, %3
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @neutral
// CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0, %arg0, %arg0
func.func @neutral(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
        tensor<4xf32>, tensor<4xf32>) {
  %one = kiln.constant dense<1.0> : tensor<4xf32>
  %zero = kiln.constant dense<0.0> : tensor<4xf32>
  %negative = kiln.constant dense<-0.0> : tensor<4xf32>
  %0 = kiln.add %negative, %x : tensor<4xf32>
  %1 = kiln.sub %x, %zero : tensor<4xf32>
  %2 = kiln.mul %one, %x : tensor<4xf32>
  %3 = kiln.div %x, %one : tensor<4xf32>
  %4 = kiln.maximum %x, %x : tensor<4xf32>
  %5 = kiln.minimum %x, %x : tensor<4xf32>
  return %0, %1, %2, %3, %4, %5
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
        tensor<4xf32>, tensor<4xf32>
}

// -0 + 0 is 0; infinity - infinity and infinity * 0 are NaN; NaN / NaN is NaN.
// CHECK-LABEL: func.func @not_neutral
// CHECK: kiln.add
// CHECK: kiln.sub
// CHECK: kiln.sub
// CHECK: kiln.mul
// CHECK: kiln.div
func.func @not_neutral(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
        tensor<4xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<4xf32>
  %negative = kiln.constant dense<-0.0> : tensor<4xf32>
  %0 = kiln.add %x, %zero : tensor<4xf32>
  %1 = kiln.sub %x, %negative : tensor<4xf32>
  %2 = kiln.sub %x, %x : tensor<4xf32>
  %3 = kiln.mul %x, %zero : tensor<4xf32>
  %4 = kiln.div %x, %x : tensor<4xf32>
  return %0, %1, %2, %3, %4
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
        tensor<4xf32>
}

// (x + a) + b is not x + (a + b).
// CHECK-LABEL: func.func @no_reassociation
// CHECK-COUNT-2: kiln.add
func.func @no_reassociation(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = kiln.constant dense<1.0> : tensor<4xf32>
  %b = kiln.constant dense<2.0> : tensor<4xf32>
  %0 = kiln.add %x, %a : tensor<4xf32>
  %1 = kiln.add %0, %b : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @exact_arithmetic
// CHECK-DAG: %[[A:.*]] = kiln.constant dense<3.500000e+00>
// CHECK-DAG: %[[S:.*]] = kiln.constant dense<-5.000000e-01>
// CHECK-DAG: %[[M:.*]] = kiln.constant dense<3.000000e+00>
// CHECK-DAG: %[[D:.*]] = kiln.constant dense<7.500000e-01>
// CHECK: return %[[A]], %[[S]], %[[M]], %[[D]]
func.func @exact_arithmetic()
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %x = kiln.constant dense<1.5> : tensor<4xf32>
  %y = kiln.constant dense<2.0> : tensor<4xf32>
  %0 = kiln.add %x, %y : tensor<4xf32>
  %1 = kiln.sub %x, %y : tensor<4xf32>
  %2 = kiln.mul %x, %y : tensor<4xf32>
  %3 = kiln.div %x, %y : tensor<4xf32>
  return %0, %1, %2, %3
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// A rounded result would be another number in f64; programs flush denormals;
// no machine's exponential is every machine's.
// CHECK-LABEL: func.func @inexact_arithmetic
// CHECK: kiln.add
// CHECK: kiln.mul
// CHECK: kiln.div
// CHECK: kiln.neg
// CHECK: kiln.exp
func.func @inexact_arithmetic()
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
        tensor<4xf32>) {
  %tenth = kiln.constant dense<0.1> : tensor<4xf32>
  %one = kiln.constant dense<1.0> : tensor<4xf32>
  %three = kiln.constant dense<3.0> : tensor<4xf32>
  %denormal = kiln.constant dense<1.0e-40> : tensor<4xf32>
  %0 = kiln.add %one, %tenth : tensor<4xf32>
  %1 = kiln.mul %tenth, %tenth : tensor<4xf32>
  %2 = kiln.div %one, %three : tensor<4xf32>
  %3 = kiln.neg %denormal : tensor<4xf32>
  %4 = kiln.exp %one : tensor<4xf32>
  return %0, %1, %2, %3, %4
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
        tensor<4xf32>
}

// CHECK-LABEL: func.func @select
// CHECK-NEXT: return %arg1, %arg1, %arg2
func.func @select(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %true = kiln.constant dense<true> : tensor<4xi1>
  %false = kiln.constant dense<false> : tensor<4xi1>
  %0 = kiln.select %c, %x, %x : tensor<4xi1>, tensor<4xf32>
  %1 = kiln.select %true, %x, %y : tensor<4xi1>, tensor<4xf32>
  %2 = kiln.select %false, %x, %y : tensor<4xi1>, tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @convert
// CHECK-DAG: %[[ONE:.*]] = kiln.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-DAG: %[[MINUS:.*]] = kiln.constant dense<-3.000000e+00> : tensor<4xf32>
// 2^24 + 1 is no f32.
// CHECK: %[[C:.*]] = kiln.convert
// CHECK: return %arg0, %[[ONE]], %[[MINUS]], %[[C]]
func.func @convert(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %true = kiln.constant dense<true> : tensor<4xi1>
  %minus = kiln.constant dense<-3> : tensor<4xi32>
  %large = kiln.constant dense<16777217> : tensor<4xi32>
  %0 = kiln.convert %x : tensor<4xf32> to tensor<4xf32>
  %1 = kiln.convert %true : tensor<4xi1> to tensor<4xf32>
  %2 = kiln.convert %minus : tensor<4xi32> to tensor<4xf32>
  %3 = kiln.convert %large : tensor<4xi32> to tensor<4xf32>
  return %0, %1, %2, %3
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @shapes
// CHECK: %[[SPLAT:.*]] = kiln.constant dense<2.000000e+00> : tensor<6x4xf32>
// CHECK-NEXT: %[[B:.*]] = kiln.broadcast %arg1 along [1] : tensor<2xf32> to tensor<3x2x5xf32>
// CHECK-NEXT: %[[R:.*]] = kiln.reshape %arg0 : tensor<4x6xf32> to tensor<2x12xf32>
// CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0, %[[B]], %[[R]], %[[SPLAT]], %[[SPLAT]], %[[SPLAT]]
func.func @shapes(%x: tensor<4x6xf32>, %v: tensor<2xf32>)
    -> (tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>,
        tensor<3x2x5xf32>, tensor<2x12xf32>, tensor<6x4xf32>, tensor<6x4xf32>,
        tensor<6x4xf32>) {
  %0 = kiln.broadcast %x along [0, 1] : tensor<4x6xf32> to tensor<4x6xf32>
  %1 = kiln.reshape %x : tensor<4x6xf32> to tensor<4x6xf32>
  %2 = kiln.transpose %x : tensor<4x6xf32>
  %3 = kiln.transpose %2 : tensor<6x4xf32>
  %4 = kiln.reduce sum, %x along [] : tensor<4x6xf32>
  %5 = kiln.broadcast %v along [0] : tensor<2xf32> to tensor<2x5xf32>
  %6 = kiln.broadcast %5 along [1, 2] : tensor<2x5xf32> to tensor<3x2x5xf32>
  %7 = kiln.reshape %x : tensor<4x6xf32> to tensor<24xf32>
  %8 = kiln.reshape %7 : tensor<24xf32> to tensor<2x12xf32>
  %c = kiln.constant dense<2.0> : tensor<4xf32>
  %9 = kiln.broadcast %c along [1] : tensor<4xf32> to tensor<6x4xf32>
  %d = kiln.constant dense<2.0> : tensor<24xf32>
  %10 = kiln.reshape %d : tensor<24xf32> to tensor<6x4xf32>
  %e = kiln.constant dense<2.0> : tensor<4x6xf32>
  %11 = kiln.transpose %e : tensor<4x6xf32>
  return %0, %1, %3, %4, %6, %8, %9, %10, %11
      : tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>,
        tensor<3x2x5xf32>, tensor<2x12xf32>, tensor<6x4xf32>, tensor<6x4xf32>,
        tensor<6x4xf32>
}

// CHECK-LABEL: func.func @parts
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x6xf32>, %[[A:[a-z0-9]+]]: tensor<4x3xf32>, %[[B:[a-z0-9]+]]: tensor<4x3xf32>
// CHECK-NEXT: return %[[X]], %[[B]], %[[A]], %[[X]], %[[X]]
func.func @parts(%x: tensor<4x6xf32>, %a: tensor<4x3xf32>, %b: tensor<4x3xf32>)
    -> (tensor<4x6xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x6xf32>,
        tensor<4x6xf32>) {
  %0, %1 = kiln.split %x : tensor<4x6xf32> to tensor<4x3xf32>, tensor<4x3xf32>
  %2 = kiln.concat %0, %1 : tensor<4x3xf32>, tensor<4x3xf32>
  %3 = kiln.concat %a, %b : tensor<4x3xf32>, tensor<4x3xf32>
  %4, %5 = kiln.split %3 : tensor<4x6xf32> to tensor<4x3xf32>, tensor<4x3xf32>
  %6 = kiln.split %x : tensor<4x6xf32> to tensor<4x6xf32>
  %7 = kiln.concat %x : tensor<4x6xf32>
  return %2, %5, %4, %6, %7 : tensor<4x6xf32>, tensor<4x3xf32>,
      tensor<4x3xf32>, tensor<4x6xf32>, tensor<4x6xf32>
}

// Another order, not all parts, cuts elsewhere.
// CHECK-LABEL: func.func @other_parts
// CHECK: kiln.split %arg0
// CHECK: kiln.concat
// CHECK: kiln.concat
// CHECK: kiln.concat
// CHECK: kiln.split
func.func @other_parts(%x: tensor<4x6xf32>, %a: tensor<4x3xf32>,
                       %b: tensor<4x3xf32>)
    -> (tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x2xf32>) {
  %0, %1 = kiln.split %x : tensor<4x6xf32> to tensor<4x3xf32>, tensor<4x3xf32>
  %2 = kiln.concat %1, %0 : tensor<4x3xf32>, tensor<4x3xf32>
  %3 = kiln.concat %0, %0 : tensor<4x3xf32>, tensor<4x3xf32>
  %4 = kiln.concat %a, %b : tensor<4x3xf32>, tensor<4x3xf32>
  %5, %6, %7 = kiln.split %4 : tensor<4x6xf32>
      to tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>
  return %2, %3, %6 : tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x2xf32>
}

// CHECK-LABEL: func.func @reverse
// CHECK: %[[C:.*]] = kiln.constant dense<2.0{{.*}}> : tensor<4x6xf32>
// CHECK: return %arg0, %[[C]]
func.func @reverse(%x: tensor<4x6xf32>) -> (tensor<4x6xf32>, tensor<4x6xf32>) {
  %0 = kiln.reverse %x : tensor<4x6xf32>
  %1 = kiln.reverse %0 : tensor<4x6xf32>
  %c = kiln.constant dense<2.0> : tensor<4x6xf32>
  %2 = kiln.reverse %c : tensor<4x6xf32>
  return %1, %2 : tensor<4x6xf32>, tensor<4x6xf32>
}

// Nothing reads them, and they do nothing else.
// CHECK-LABEL: func.func @dead
// CHECK-NEXT: return
func.func @dead(%x: tensor<4x6xf32>, %s: tensor<i64>) {
  %0 = kiln.softmax %x : tensor<4x6xf32>
  %1 = kiln.random_mask %s, %s, %s {rate = 0.5 : f64, stream = 7 : i64}
     : tensor<4x6xi1>
  %2 = kiln.dropout %0, %1 {rate = 0.5 : f64}
     : tensor<4x6xf32>, tensor<4x6xi1>
  %3 = kiln.fusion "f" elementwise (%2) : (tensor<4x6xf32>)
     -> tensor<4x6xf32> {
  ^bb0(%a: tensor<4x6xf32>):
    %4 = kiln.neg %a : tensor<4x6xf32>
    kiln.yield %4 : tensor<4x6xf32>
  }
  return
}

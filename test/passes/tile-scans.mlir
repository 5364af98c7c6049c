// RUN: kiln-opt %s -kiln-tile-scans -canonicalize | FileCheck %s
// RUN: kiln-opt %s -kiln-tile-scans=rows=0 -canonicalize | FileCheck %s --check-prefix=WHOLE

// WHOLE-LABEL: func.func @step(
// WHOLE:      outputs(tensor<1x5x12x3xf32>) attributes {tile_rows = 12 : i64}
// WHOLE:      outputs(tensor<12x5x3xf32>) sums(tensor<1x3x3xf32>) attributes {tile_rows = 12 : i64}
// WHOLE:      kiln.reshape %{{.*}} : tensor<1x3x3xf32> to tensor<3x3xf32>
// WHOLE:      kiln.scatter {{.*}}descending
// WHOLE-NOT:  kiln.partial_matmul

// Tiles of 6 of 12 samples. What one scan saves for the other is kept in tiles;
// a sum becomes two; weights stay whole, constants shrink.
// CHECK-LABEL: func.func @step(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<12x5x3xf32>
// CHECK:      %{{.*}}, %[[Y:.*]] = kiln.scan init(%{{.*}} : tensor<12x3xf32>) sequences(%[[X]] : tensor<12x5x3xf32>)
// CHECK-SAME:   captures(%{{.*}} : tensor<3x3xf32>) -> (tensor<12x3xf32>) outputs(tensor<2x5x6x3xf32>) attributes {tile_rows = 6 : i64}
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<6x3xf32>, %{{.*}}: tensor<6x3xf32>, %{{.*}}: tensor<3x3xf32>):
// CHECK:      %{{.*}}, %[[Z:.*]], %[[P:.*]] = kiln.scan reverse init(%{{.*}} : tensor<12x3xf32>) sequences(%[[Y]] : tensor<2x5x6x3xf32>)
// CHECK-SAME:   -> (tensor<12x3xf32>) outputs(tensor<12x5x3xf32>) sums(tensor<2x3x3xf32>) attributes {tile_rows = 6 : i64}
// CHECK:        kiln.constant dense<1.000000e+00> : tensor<6x3xf32>
// CHECK:        %[[R:.*]] = kiln.sub %{{.*}} : tensor<6x3xf32>
// CHECK:        %[[D:.*]] = kiln.mul %{{.*}}, %[[R]] : tensor<6x3xf32>
// CHECK:        %[[C:.*]] = kiln.matmul %{{.*}} transposed, %[[D]] : (tensor<6x3xf32>, tensor<6x3xf32>)
// CHECK:        kiln.yield %{{.*}}, %[[D]], %[[C]] : tensor<6x3xf32>, tensor<6x3xf32>, tensor<3x3xf32>
// CHECK:      %[[W:.*]] = kiln.reduce sum, %[[P]] along [0] : tensor<2x3x3xf32>
// The scatter adds up in the order of the scan; contractions and sums over all
// steps of all samples are cut.
// CHECK:      %[[V:.*]] = kiln.scatter %[[Z]], %{{.*}} {batch_dims = 1 : i64, descending, rows = 5 : i64}
// CHECK:      %[[F:.*]] = kiln.reshape %[[V]] : tensor<12x5x3xf32> to tensor<60x3xf32>
// CHECK:      %[[G:.*]] = kiln.partial_matmul %{{.*}} transposed, %[[F]], 2 : (tensor<60x4xf32>, tensor<60x3xf32>)
// CHECK-NEXT: kiln.reduce sum, %[[G]] along [0] : tensor<2x4x3xf32>
// CHECK:      %[[T:.*]] = kiln.reshape %[[V]] : tensor<12x5x3xf32> to tensor<2x30x3xf32>
// CHECK-NEXT: %[[A:.*]] = kiln.reduce sum, %[[T]] along [1] : tensor<2x30x3xf32>
// CHECK-NEXT: %[[B:.*]] = kiln.reduce sum, %[[A]] along [0] : tensor<2x3xf32>
// CHECK:      return %{{.*}}, %[[W]], %{{.*}}, %[[B]]
func.func @step(%x: tensor<12x5x3xf32>, %u: tensor<3x3xf32>, %ut: tensor<3x3xf32>, %dh: tensor<12x3xf32>, %i: tensor<12x5xi32>, %e: tensor<60x4xf32>)
    -> (tensor<12x3xf32>, tensor<3x3xf32>, tensor<4x3xf32>, tensor<3xf32>) {
  %h0 = kiln.constant dense<0.0> : tensor<12x3xf32>
  %h, %y = kiln.scan init(%h0 : tensor<12x3xf32>) sequences(%x : tensor<12x5x3xf32>)
      captures(%u : tensor<3x3xf32>) -> (tensor<12x3xf32>) outputs(tensor<12x5x3xf32>) {
  ^bb0(%s: tensor<12x3xf32>, %xt: tensor<12x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %s, %k : (tensor<12x3xf32>, tensor<3x3xf32>)
    %1 = kiln.add %xt, %0 : tensor<12x3xf32>
    %2 = kiln.tanh %1 : tensor<12x3xf32>
    kiln.yield %2, %2 : tensor<12x3xf32>, tensor<12x3xf32>
  }
  %d0, %dz, %dw = kiln.scan reverse init(%dh : tensor<12x3xf32>) sequences(%y : tensor<12x5x3xf32>)
      captures(%ut : tensor<3x3xf32>) -> (tensor<12x3xf32>) outputs(tensor<12x5x3xf32>) sums(tensor<3x3xf32>) {
  ^bb0(%d: tensor<12x3xf32>, %t: tensor<12x3xf32>, %k: tensor<3x3xf32>):
    %one = kiln.constant dense<1.0> : tensor<12x3xf32>
    %0 = kiln.mul %t, %t : tensor<12x3xf32>
    %1 = kiln.sub %one, %0 : tensor<12x3xf32>
    %2 = kiln.mul %d, %1 : tensor<12x3xf32>
    %3 = kiln.matmul %2, %k : (tensor<12x3xf32>, tensor<3x3xf32>)
    %4 = kiln.matmul %t transposed, %2 : (tensor<12x3xf32>, tensor<12x3xf32>)
    kiln.yield %3, %2, %4 : tensor<12x3xf32>, tensor<12x3xf32>, tensor<3x3xf32>
  }
  %sc = kiln.scatter %dz, %i {batch_dims = 1 : i64, rows = 5 : i64} : (tensor<12x5x3xf32>, tensor<12x5xi32>)
  %f = kiln.reshape %sc : tensor<12x5x3xf32> to tensor<60x3xf32>
  %g = kiln.matmul %e transposed, %f : (tensor<60x4xf32>, tensor<60x3xf32>)
  %db = kiln.reduce sum, %f along [0] : tensor<60x3xf32>
  return %h, %dw, %g, %db : tensor<12x3xf32>, tensor<3x3xf32>, tensor<4x3xf32>, tensor<3xf32>
}

// A batch of 7 is one tile, whose sum is the sum; 11 are tiles of one.
// CHECK-LABEL: func.func @one(
// CHECK:      sums(tensor<1x3xf32>) attributes {tile_rows = 7 : i64}
// CHECK:      kiln.reshape %{{.*}} : tensor<1x3xf32> to tensor<3xf32>
// CHECK-NOT:  kiln.reduce sum, %{{.*}} along [0] : tensor<1x3xf32>
// CHECK:      return
func.func @one(%x: tensor<7x5x3xf32>) -> tensor<3xf32> {
  %g = kiln.scan sequences(%x : tensor<7x5x3xf32>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<7x3xf32>):
    %0 = kiln.reduce sum, %a along [0] : tensor<7x3xf32>
    kiln.yield %0 : tensor<3xf32>
  }
  return %g : tensor<3xf32>
}
// CHECK-LABEL: func.func @prime(
// CHECK:      outputs(tensor<11x5x3xf32>) attributes {tile_rows = 1 : i64}
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<1x3xf32>, %{{.*}}: tensor<3xf32>):
// CHECK-NEXT:   kiln.broadcast %{{.*}} along [1] : tensor<3xf32> to tensor<1x3xf32>
func.func @prime(%x: tensor<11x5x3xf32>, %b: tensor<3xf32>) -> tensor<11x5x3xf32> {
  %y = kiln.scan sequences(%x : tensor<11x5x3xf32>) captures(%b : tensor<3xf32>) outputs(tensor<11x5x3xf32>) {
  ^bb0(%a: tensor<11x3xf32>, %c: tensor<3xf32>):
    %0 = kiln.broadcast %c along [1] : tensor<3xf32> to tensor<11x3xf32>
    %1 = kiln.add %a, %0 : tensor<11x3xf32>
    kiln.yield %1 : tensor<11x3xf32>
  }
  return %y : tensor<11x5x3xf32>
}

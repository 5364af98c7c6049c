// Every op as it prints and reads back, in pretty and generic form.
// RUN: kiln-opt %s | FileCheck %s
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @unary
func.func @unary(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: kiln.neg %{{.*}} : tensor<4x8xf32>
  %0 = kiln.neg %x : tensor<4x8xf32>
  // CHECK: kiln.abs %{{.*}} : tensor<4x8xf32>
  %1 = kiln.abs %0 : tensor<4x8xf32>
  // CHECK: kiln.sign %{{.*}} : tensor<4x8xf32>
  %2 = kiln.sign %1 : tensor<4x8xf32>
  // CHECK: kiln.exp %{{.*}} : tensor<4x8xf32>
  %3 = kiln.exp %2 : tensor<4x8xf32>
  // CHECK: kiln.log %{{.*}} : tensor<4x8xf32>
  %4 = kiln.log %3 : tensor<4x8xf32>
  // CHECK: kiln.sqrt %{{.*}} : tensor<4x8xf32>
  %5 = kiln.sqrt %4 : tensor<4x8xf32>
  // CHECK: kiln.tanh %{{.*}} : tensor<4x8xf32>
  %6 = kiln.tanh %5 : tensor<4x8xf32>
  // CHECK: kiln.sigmoid %{{.*}} : tensor<4x8xf32>
  %7 = kiln.sigmoid %6 : tensor<4x8xf32>
  // CHECK: kiln.relu %{{.*}} : tensor<4x8xf32>
  %8 = kiln.relu %7 : tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @binary
func.func @binary(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>)
    -> tensor<4x8xf32> {
  // CHECK: kiln.add %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %0 = kiln.add %x, %y : tensor<4x8xf32>
  // CHECK: kiln.sub %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %1 = kiln.sub %0, %y : tensor<4x8xf32>
  // CHECK: kiln.mul %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %2 = kiln.mul %1, %y : tensor<4x8xf32>
  // CHECK: kiln.div %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %3 = kiln.div %2, %y : tensor<4x8xf32>
  // CHECK: kiln.maximum %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %4 = kiln.maximum %3, %y : tensor<4x8xf32>
  // CHECK: kiln.minimum %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %5 = kiln.minimum %4, %y : tensor<4x8xf32>
  // CHECK: kiln.sigmoid_cross_entropy %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %6 = kiln.sigmoid_cross_entropy %5, %y : tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @choice
func.func @choice(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>,
                  %i: tensor<4xi32>, %rows: tensor<i64>) {
  // CHECK: kiln.compare eq, %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %0 = kiln.compare eq, %x, %y : tensor<4x8xf32>
  // CHECK: kiln.compare ne
  %1 = kiln.compare ne, %i, %i : tensor<4xi32>
  // CHECK: kiln.compare lt
  %2 = kiln.compare lt, %x, %y : tensor<4x8xf32>
  // CHECK: kiln.compare le
  %3 = kiln.compare le, %x, %y : tensor<4x8xf32>
  // CHECK: kiln.compare gt
  %4 = kiln.compare gt, %x, %y : tensor<4x8xf32>
  // CHECK: kiln.compare ge
  %5 = kiln.compare ge, %x, %y : tensor<4x8xf32>
  // CHECK: kiln.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<4x8xi1>, tensor<4x8xf32>
  %6 = kiln.select %0, %x, %y : tensor<4x8xi1>, tensor<4x8xf32>
  // CHECK: kiln.convert %{{.*}} : tensor<4xi32> to tensor<4xf32>
  %7 = kiln.convert %i : tensor<4xi32> to tensor<4xf32>
  // CHECK: kiln.convert %{{.*}} : tensor<i64> to tensor<f32>
  %8 = kiln.convert %rows : tensor<i64> to tensor<f32>
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: tensor<4x2x4xf32>, %b: tensor<8xf32>, %s: tensor<f32>) {
  // CHECK: kiln.constant dense<1.000000e+00> : tensor<4x8xf32>
  %0 = kiln.constant dense<1.0> : tensor<4x8xf32>
  // CHECK: kiln.constant dense<[true, false]> : tensor<2xi1>
  %1 = kiln.constant dense<[true, false]> : tensor<2xi1>
  // CHECK: kiln.broadcast %{{.*}} along [1] : tensor<8xf32> to tensor<4x8xf32>
  %2 = kiln.broadcast %b along [1] : tensor<8xf32> to tensor<4x8xf32>
  // CHECK: kiln.broadcast %{{.*}} along [] : tensor<f32> to tensor<4x8xf32>
  %3 = kiln.broadcast %s along [] : tensor<f32> to tensor<4x8xf32>
  // CHECK: kiln.reshape %{{.*}} : tensor<4x2x4xf32> to tensor<4x8xf32>
  %4 = kiln.reshape %x : tensor<4x2x4xf32> to tensor<4x8xf32>
  // CHECK: kiln.transpose %{{.*}} : tensor<4x8xf32>
  %5 = kiln.transpose %4 : tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @contractions
func.func @contractions(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>,
                        %c: tensor<3x8xf32>, %d: tensor<4x3xf32>,
                        %e: tensor<3x4xf32>) {
  // CHECK: kiln.matmul %{{[a-z0-9]+}}, %{{[a-z0-9]+}} : (tensor<4x8xf32>, tensor<8x3xf32>)
  %0 = kiln.matmul %a, %b : (tensor<4x8xf32>, tensor<8x3xf32>)
  // CHECK: kiln.matmul %{{[a-z0-9]+}}, %{{[a-z0-9]+}} transposed : (tensor<4x8xf32>, tensor<3x8xf32>)
  %1 = kiln.matmul %a, %c transposed : (tensor<4x8xf32>, tensor<3x8xf32>)
  // CHECK: kiln.matmul %{{[a-z0-9]+}} transposed, %{{[a-z0-9]+}} : (tensor<4x8xf32>, tensor<4x3xf32>)
  %2 = kiln.matmul %a transposed, %d : (tensor<4x8xf32>, tensor<4x3xf32>)
  // CHECK: kiln.matmul %{{[a-z0-9]+}} transposed, %{{[a-z0-9]+}} transposed : (tensor<4x8xf32>, tensor<3x4xf32>)
  %3 = kiln.matmul %a transposed, %e transposed
     : (tensor<4x8xf32>, tensor<3x4xf32>)
  // CHECK: kiln.reduce sum, %{{.*}} along [0] : tensor<4x8xf32>
  %4 = kiln.reduce sum, %a along [0] : tensor<4x8xf32>
  // CHECK: kiln.reduce max, %{{.*}} along [0, 1] : tensor<4x8xf32>
  %5 = kiln.reduce max, %a along [0, 1] : tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<4x8xf32>, %labels: tensor<4xi32>) {
  // CHECK: kiln.softmax %{{.*}} : tensor<4x8xf32>
  %0 = kiln.softmax %x : tensor<4x8xf32>
  // CHECK: kiln.softmax_cross_entropy %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<4xi32>)
  %1 = kiln.softmax_cross_entropy %x, %labels
     : (tensor<4x8xf32>, tensor<4xi32>)
  // CHECK: kiln.one_hot %{{.*}}, 8 : tensor<4xi32>
  %2 = kiln.one_hot %labels, 8 : tensor<4xi32>
  // CHECK: kiln.argmax %{{.*}} : tensor<4x8xf32>
  %3 = kiln.argmax %x : tensor<4x8xf32>
  // CHECK: kiln.compare eq, %{{.*}}, %{{.*}} : tensor<4xi32>
  %4 = kiln.compare eq, %3, %labels : tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @batch
func.func @batch(%x: tensor<4x8xf32>, %rows: tensor<i64>, %seed: tensor<i64>,
                 %epoch: tensor<i64>, %step: tensor<i64>) {
  // CHECK: kiln.row_mask %{{.*}} : tensor<4xi1>
  %0 = kiln.row_mask %rows : tensor<4xi1>
  // CHECK: kiln.random_mask %{{.*}}, %{{.*}}, %{{.*}} {rate = 2.000000e-01 : f64, stream = 7 : i64} : tensor<4x8xi1>
  %1 = kiln.random_mask %seed, %epoch, %step {rate = 0.2 : f64,
      stream = 7 : i64} : tensor<4x8xi1>
  // CHECK: kiln.dropout %{{.*}}, %{{.*}} {rate = 2.000000e-01 : f64} : tensor<4x8xf32>, tensor<4x8xi1>
  %2 = kiln.dropout %x, %1 {rate = 0.2 : f64}
     : tensor<4x8xf32>, tensor<4x8xi1>
  return
}

// CHECK-LABEL: func.func @index
func.func @index(%t: tensor<10x8xf32>, %i: tensor<4x5xi32>,
                 %u: tensor<4x5x8xf32>) {
  // CHECK: kiln.gather %{{.*}}, %{{.*}} {batch_dims = 0 : i64} : (tensor<10x8xf32>, tensor<4x5xi32>)
  %0 = kiln.gather %t, %i {batch_dims = 0 : i64}
     : (tensor<10x8xf32>, tensor<4x5xi32>)
  // CHECK: kiln.scatter %{{.*}}, %{{.*}} {batch_dims = 0 : i64, descending, rows = 10 : i64} : (tensor<4x5x8xf32>, tensor<4x5xi32>)
  %1 = kiln.scatter %0, %i {batch_dims = 0 : i64, descending, rows = 10 : i64}
     : (tensor<4x5x8xf32>, tensor<4x5xi32>)
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}} = kiln.unique %{{.*}} : tensor<4x5xi32>
  %values, %positions, %counts = kiln.unique %i : tensor<4x5xi32>
  // CHECK: kiln.gather %{{.*}}, %{{.*}} {batch_dims = 1 : i64} : (tensor<4x5x8xf32>, tensor<4x5xi32>)
  %2 = kiln.gather %u, %positions {batch_dims = 1 : i64}
     : (tensor<4x5x8xf32>, tensor<4x5xi32>)
  return
}

// CHECK-LABEL: func.func @parts
func.func @parts(%x: tensor<4x5x6xf32>, %a: tensor<40x8xf32>,
                 %b: tensor<40x3xf32>) {
  // CHECK: %[[P:.*]]:2 = kiln.split %{{.*}} : tensor<4x5x6xf32> to tensor<4x5x3xf32>, tensor<4x5x3xf32>
  %0, %1 = kiln.split %x : tensor<4x5x6xf32>
      to tensor<4x5x3xf32>, tensor<4x5x3xf32>
  // CHECK: kiln.concat %[[P]]#1, %[[P]]#0 : tensor<4x5x3xf32>, tensor<4x5x3xf32>
  %2 = kiln.concat %1, %0 : tensor<4x5x3xf32>, tensor<4x5x3xf32>
  // CHECK: kiln.reverse %{{.*}} : tensor<4x5x6xf32>
  %3 = kiln.reverse %2 : tensor<4x5x6xf32>
  // CHECK: kiln.partial_matmul %{{.*}} transposed, %{{.*}}, 8 : (tensor<40x8xf32>, tensor<40x3xf32>)
  %4 = kiln.partial_matmul %a transposed, %b, 8 : (tensor<40x8xf32>, tensor<40x3xf32>)
  // CHECK: kiln.partial_matmul %{{.*}}, %{{.*}}, 2 : (tensor<40x8xf32>, tensor<8x3xf32>)
  %w = kiln.constant dense<0.0> : tensor<8x3xf32>
  %5 = kiln.partial_matmul %a, %w, 2 : (tensor<40x8xf32>, tensor<8x3xf32>)
  return
}

// CHECK-LABEL: func.func @packed
func.func @packed(%x: tensor<5x70xf32>, %w: tensor<70x20xf32>) {
  // CHECK: kiln.matmul %{{.*}}, %{{.*}} {bfloat16} : (tensor<5x70xf32>, tensor<70x20xf32>)
  %0 = kiln.matmul %x, %w {bfloat16} : (tensor<5x70xf32>, tensor<70x20xf32>)
  // CHECK: %[[A:.*]] = kiln.pack %{{.*}} : tensor<5x70xf32>
  %1 = kiln.pack %x : tensor<5x70xf32>
  // CHECK: %[[B:.*]] = kiln.pack rhs %{{.*}} : tensor<70x20xf32>
  %2 = kiln.pack rhs %w : tensor<70x20xf32>
  // CHECK: kiln.pack %{{.*}} transposed : tensor<70x20xf32>
  %3 = kiln.pack %w transposed : tensor<70x20xf32>
  // CHECK: kiln.pack rhs %{{.*}} transposed : tensor<5x70xf32>
  %4 = kiln.pack rhs %x transposed : tensor<5x70xf32>
  // CHECK: kiln.packed_matmul %[[A]], %[[B]], 70 : (tensor<16x48xi32>, tensor<48x32xi32>) -> tensor<5x20xf32>
  %5 = kiln.packed_matmul %1, %2, 70
     : (tensor<16x48xi32>, tensor<48x32xi32>) -> tensor<5x20xf32>
  // CHECK: kiln.packed_matmul %{{.*}}, %{{.*}}, 70 : (tensor<32x48xi32>, tensor<48x16xi32>) -> tensor<20x5xf32>
  %6 = kiln.packed_matmul %3, %4, 70
     : (tensor<32x48xi32>, tensor<48x16xi32>) -> tensor<20x5xf32>
  return
}

// CHECK-LABEL: func.func @scan
func.func @scan(%h: tensor<4x3xf32>, %x: tensor<4x5x3xf32>,
                %m: tensor<4x5xi1>, %d: tensor<4x3xi1>, %u: tensor<3x3xf32>) {
  // CHECK: kiln.scan sequences(%{{.*}} : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<4x3xf32>):
  ^bb0(%a: tensor<4x3xf32>):
    %r = kiln.tanh %a : tensor<4x3xf32>
    kiln.yield %r : tensor<4x3xf32>
  }
  // All kinds of operands and results, whole and in tiles of two samples.
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}} = kiln.scan reverse init(%{{.*}} : tensor<4x3xf32>) sequences(%{{.*}}, %{{.*}} : tensor<4x5x3xf32>, tensor<4x5xi1>) rows(%{{.*}} : tensor<4x3xi1>) captures(%{{.*}} : tensor<3x3xf32>) -> (tensor<4x3xf32>) outputs(tensor<2x5x2x3xf32>) sums(tensor<2x3x3xf32>) attributes {chunk = 16 : i64, idle_when = 1 : i64, tile_rows = 2 : i64} {
  %1:3 = kiln.scan reverse init(%h : tensor<4x3xf32>)
      sequences(%0, %m : tensor<4x5x3xf32>, tensor<4x5xi1>)
      rows(%d : tensor<4x3xi1>) captures(%u : tensor<3x3xf32>)
      -> (tensor<4x3xf32>) outputs(tensor<2x5x2x3xf32>)
      sums(tensor<2x3x3xf32>)
      attributes {chunk = 16 : i64, idle_when = 1 : i64, tile_rows = 2 : i64} {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<2x3xf32>, %{{.*}}: tensor<2x3xf32>, %{{.*}}: tensor<2xi1>, %{{.*}}: tensor<2x3xi1>, %{{.*}}: tensor<3x3xf32>):
  ^bb0(%s: tensor<2x3xf32>, %a: tensor<2x3xf32>, %b: tensor<2xi1>,
       %c: tensor<2x3xi1>, %w: tensor<3x3xf32>):
    %r = kiln.matmul %s, %w : (tensor<2x3xf32>, tensor<3x3xf32>)
    %n = kiln.add %a, %r : tensor<2x3xf32>
    %k = kiln.broadcast %b along [0] : tensor<2xi1> to tensor<2x3xi1>
    %o = kiln.select %k, %n, %s : tensor<2x3xi1>, tensor<2x3xf32>
    %p = kiln.matmul %s transposed, %n : (tensor<2x3xf32>, tensor<2x3xf32>)
    // CHECK: kiln.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<2x3xf32>, tensor<3x3xf32>
    kiln.yield %o, %n, %p : tensor<2x3xf32>, tensor<2x3xf32>, tensor<3x3xf32>
  }
  return
}

// CHECK-LABEL: func.func @updates
func.func @updates(%w: tensor<8xf32>, %g: tensor<8xf32>, %m: tensor<8xf32>,
                   %v: tensor<8xf32>, %hyper: tensor<2xf32>) {
  // CHECK: kiln.sgd_update %{{.*}}, %{{.*}}, %{{.*}} : tensor<8xf32>
  %0 = kiln.sgd_update %w, %g, %hyper : tensor<8xf32>
  // CHECK: kiln.momentum_update %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {momentum = 9.000000e-01 : f64} : tensor<8xf32>
  %1, %2 = kiln.momentum_update %w, %g, %m, %hyper {momentum = 0.9 : f64}
         : tensor<8xf32>
  // CHECK: kiln.momentum_update %{{.*}} {momentum = 9.000000e-01 : f64, nesterov} : tensor<8xf32>
  %3, %4 = kiln.momentum_update %w, %g, %m, %hyper {momentum = 0.9 : f64,
      nesterov} : tensor<8xf32>
  // CHECK: kiln.adam_update %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {beta_1 = 9.000000e-01 : f64, beta_2 = 0.99899999999999999 : f64, epsilon = 9.9999999999999995E-8 : f64} : tensor<8xf32>
  %5, %6, %7 = kiln.adam_update %w, %g, %m, %v, %hyper {beta_1 = 0.9 : f64,
      beta_2 = 0.999 : f64, epsilon = 1.0e-7 : f64} : tensor<8xf32>
  return
}

// CHECK-LABEL: func.func @fusion
func.func @fusion(%x: tensor<4x8xf32>, %w: tensor<8x3xf32>)
    -> tensor<4x3xf32> {
  // CHECK: kiln.fusion "dense.forward@mlp.toml:14" contraction(%{{.*}}, %{{.*}}) attributes {partition = #kiln.partition<dim = 1, unit = 32>} : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32> {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<4x8xf32>, %{{.*}}: tensor<8x3xf32>):
  %y = kiln.fusion "dense.forward@mlp.toml:14" contraction (%x, %w)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32> {
  ^bb0(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>):
    %c = kiln.matmul %a, %b : (tensor<4x8xf32>, tensor<8x3xf32>)
    %d = kiln.relu %c : tensor<4x3xf32>
    // CHECK: kiln.yield %{{.*}} : tensor<4x3xf32>
    kiln.yield %d : tensor<4x3xf32>
  }
  // CHECK: kiln.barrier
  kiln.barrier
  return %y : tensor<4x3xf32>
}

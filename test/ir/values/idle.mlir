// Steps that a scan lets kernels leave out are run, and may do nothing: each
// function breaks its promise in one way, but for the first.
// RUN: kiln interpret %s --function=kept | FileCheck %s
// RUN: not kiln interpret %s --function=state 2>&1 | FileCheck %s --check-prefix=STATE
// RUN: not kiln interpret %s --function=output 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: not kiln interpret %s --function=sum 2>&1 | FileCheck %s --check-prefix=SUM

// Tiles of one sample: step 1 is idle for the first alone. What is kept in tiles
// may be anything there.
// CHECK: kept: 0: tensor<2x1xf32> [4, 15]
// CHECK: kept: 1: tensor<2x3x1xf32> [1, 0, 4, 4, 9, 15]
// CHECK: kept: 2: tensor<2x3x1x1xf32> [1, 2, 3, 4, 5, 6]
// CHECK: kept: 3: tensor<2x1x1xf32> [4, 15]
func.func @kept() -> (tensor<2x1xf32>, tensor<2x3x1xf32>,
                      tensor<2x3x1x1xf32>, tensor<2x1x1xf32>) {
  %s = kiln.constant dense<0.0> : tensor<2x1xf32>
  %x = kiln.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]>
     : tensor<2x3x1xf32>
  %m = kiln.constant dense<[[true, false, true], [true, true, true]]>
     : tensor<2x3xi1>
  %0:4 = kiln.scan init(%s : tensor<2x1xf32>)
      sequences(%x, %m : tensor<2x3x1xf32>, tensor<2x3xi1>)
      -> (tensor<2x1xf32>) outputs(tensor<2x3x1xf32>, tensor<2x3x1x1xf32>)
      sums(tensor<2x1x1xf32>)
      attributes {idle_when = 1 : i64, tile_rows = 1 : i64} {
  ^bb0(%a: tensor<1x1xf32>, %b: tensor<1x1xf32>, %c: tensor<1xi1>):
    %zero = kiln.constant dense<0.0> : tensor<1x1xf32>
    %d = kiln.broadcast %c along [0] : tensor<1xi1> to tensor<1x1xi1>
    %e = kiln.select %d, %b, %zero : tensor<1x1xi1>, tensor<1x1xf32>
    %f = kiln.add %a, %e : tensor<1x1xf32>
    %g = kiln.select %d, %f, %zero : tensor<1x1xi1>, tensor<1x1xf32>
    kiln.yield %f, %g, %b, %e : tensor<1x1xf32>, tensor<1x1xf32>,
        tensor<1x1xf32>, tensor<1x1xf32>
  }
  return %0#0, %0#1, %0#2, %0#3 : tensor<2x1xf32>, tensor<2x3x1xf32>,
      tensor<2x3x1x1xf32>, tensor<2x1x1xf32>
}

// STATE: idle.mlir:[[#@LINE+5]]:8: error: 'kiln.scan' op breaks the promise of idle_when: at step 1, which is idle, state 0 changes
func.func @state() -> tensor<1x1xf32> {
  %s = kiln.constant dense<2.0> : tensor<1x1xf32>
  %m = kiln.constant dense<[[true, false]]> : tensor<1x2xi1>
  // All that a step does is to square:
  %0 = kiln.scan init(%s : tensor<1x1xf32>) sequences(%m : tensor<1x2xi1>)
      -> (tensor<1x1xf32>) attributes {idle_when = 0 : i64} {
  ^bb0(%a: tensor<1x1xf32>, %c: tensor<1xi1>):
    %b = kiln.mul %a, %a : tensor<1x1xf32>
    kiln.yield %b : tensor<1x1xf32>
  }
  return %0 : tensor<1x1xf32>
}

// OUTPUT: idle.mlir:[[#@LINE+5]]:8: error: 'kiln.scan' op breaks the promise of idle_when: at step 0, which is idle, output 0 is not zero
func.func @output() -> tensor<1x2x1xf32> {
  %x = kiln.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
  %m = kiln.constant dense<[[false, true]]> : tensor<1x2xi1>
  // What comes in goes out:
  %0 = kiln.scan sequences(%x, %m : tensor<1x2x1xf32>, tensor<1x2xi1>)
      outputs(tensor<1x2x1xf32>) attributes {idle_when = 1 : i64} {
  ^bb0(%a: tensor<1x1xf32>, %c: tensor<1xi1>):
    kiln.yield %a : tensor<1x1xf32>
  }
  return %0 : tensor<1x2x1xf32>
}

// SUM: idle.mlir:[[#@LINE+5]]:8: error: 'kiln.scan' op breaks the promise of idle_when: at step 0, which is idle, sum 0 grows
func.func @sum() -> tensor<1x1xf32> {
  %x = kiln.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
  %m = kiln.constant dense<[[false, true]]> : tensor<1x2xi1>
  // What comes in is added:
  %0 = kiln.scan sequences(%x, %m : tensor<1x2x1xf32>, tensor<1x2xi1>)
      sums(tensor<1x1xf32>) attributes {idle_when = 1 : i64} {
  ^bb0(%a: tensor<1x1xf32>, %c: tensor<1xi1>):
    kiln.yield %a : tensor<1x1xf32>
  }
  return %0 : tensor<1x1xf32>
}

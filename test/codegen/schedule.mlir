// RUN: kiln-opt %s --kiln-schedule --split-input-file | FileCheck %s

// The update overwrites %w, so the transpose, which reads it, comes first
// although the program has it later. Groups get their partitions.

// CHECK-LABEL: func.func @train_step
// CHECK: kiln.fusion "d.transpose"
// CHECK-SAME: partition = #kiln.partition<dim =
// CHECK: kiln.fusion "d.update"
// CHECK-SAME: partition = #kiln.partition<dim = {{[01]}}, unit = {{[0-9]+}}>
func.func @train_step(
    %w: tensor<64x32xf32> {kiln.param = @"d/kernel"},
    %g: tensor<64x32xf32> {kiln.role = "input", kiln.name = "g"},
    %hyper: tensor<2xf32> {kiln.role = "hyper"})
    -> (tensor<64x32xf32> {kiln.donates = 0 : i64},
        tensor<32x64xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "d.update" elementwise (%w, %g, %hyper)
      : (tensor<64x32xf32>, tensor<64x32xf32>, tensor<2xf32>)
      -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<64x32xf32>, %h: tensor<2xf32>):
    %u = kiln.sgd_update %a, %b, %h : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %1 = kiln.fusion "d.transpose" transpose (%w)
      : (tensor<64x32xf32>) -> tensor<32x64xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %t = kiln.transpose %a : tensor<64x32xf32>
    kiln.yield %t : tensor<32x64xf32>
  }
  return %0, %1 : tensor<64x32xf32>, tensor<32x64xf32>
}
kiln.param @"d/kernel" : tensor<64x32xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}

// -----

// What needs no barrier goes before what does: the second chain does not wait
// behind the first one.

// CHECK-LABEL: func.func @levels
// CHECK: kiln.fusion "first"
// CHECK: kiln.fusion "third"
// CHECK: kiln.fusion "second"
func.func @levels(%x: tensor<64x256xf32>, %y: tensor<64x256xf32>)
    -> (tensor<256x64xf32>, tensor<64x256xf32>) {
  %0 = kiln.fusion "first" elementwise (%x)
      : (tensor<64x256xf32>) -> tensor<64x256xf32> {
  ^bb0(%a: tensor<64x256xf32>):
    %u = kiln.exp %a : tensor<64x256xf32>
    kiln.yield %u : tensor<64x256xf32>
  }
  %1 = kiln.fusion "second" contraction (%0, %0)
      : (tensor<64x256xf32>, tensor<64x256xf32>) -> tensor<256x256xf32> {
  ^bb0(%a: tensor<64x256xf32>, %b: tensor<64x256xf32>):
    %u = kiln.matmul %a transposed, %b
       : (tensor<64x256xf32>, tensor<64x256xf32>)
    kiln.yield %u : tensor<256x256xf32>
  }
  %r = kiln.reshape %1 : tensor<256x256xf32> to tensor<1024x64xf32>
  %2 = kiln.fusion "third" elementwise (%y)
      : (tensor<64x256xf32>) -> tensor<64x256xf32> {
  ^bb0(%a: tensor<64x256xf32>):
    %u = kiln.exp %a : tensor<64x256xf32>
    kiln.yield %u : tensor<64x256xf32>
  }
  %s = kiln.reshape %2 : tensor<64x256xf32> to tensor<256x64xf32>
  return %s, %2 : tensor<256x64xf32>, tensor<64x256xf32>
}

// -----

// A reader that needs the new value comes after the group that makes it: then
// the old one cannot be overwritten, and the order stays.

// CHECK-LABEL: func.func @no_place
// CHECK: kiln.fusion "update"
// CHECK: kiln.fusion "difference"
func.func @no_place(%w: tensor<64x32xf32>, %hyper: tensor<2xf32>)
    -> (tensor<64x32xf32> {kiln.donates = 0 : i64}, tensor<64x32xf32>) {
  %0 = kiln.fusion "update" elementwise (%w, %hyper)
      : (tensor<64x32xf32>, tensor<2xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>, %h: tensor<2xf32>):
    %u = kiln.sgd_update %a, %a, %h : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %1 = kiln.fusion "difference" elementwise (%w, %0)
      : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<64x32xf32>):
    %u = kiln.sub %a, %b : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  return %0, %1 : tensor<64x32xf32>, tensor<64x32xf32>
}

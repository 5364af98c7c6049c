// What must stay as it is.
// RUN: kiln-opt %s -kiln-skip-masked-steps | FileCheck %s

// CHECK-NOT: idle_when

// The state changes at every step.
func.func @counts(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> tensor<8x3xf32> {
  %h = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %s, %0 : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %h : tensor<8x3xf32>
}

// Two states change places.
func.func @swaps(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %h, %g = kiln.scan init(%h0, %h0 : tensor<8x3xf32>, tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>)
      -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %t: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %a, %t : tensor<8x3xi1>, tensor<8x3xf32>
    %3 = kiln.select %1, %a, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2, %3 : tensor<8x3xf32>, tensor<8x3xf32>
  }
  return %h, %g : tensor<8x3xf32>, tensor<8x3xf32>
}

// Something reads an output that is not zero: the state, as it was.
func.func @output(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> tensor<8x5x3xf32> {
  %h, %y = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>)
      -> (tensor<8x3xf32>) outputs(tensor<8x5x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %a, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2, %2 : tensor<8x3xf32>, tensor<8x3xf32>
  }
  return %y : tensor<8x5x3xf32>
}

// A sum of all steps; then a scan that reads what is saved at every step, and so
// keeps the one that saves it from skipping.
func.func @reader(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> tensor<3xf32> {
  %h, %y = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>)
      -> (tensor<8x3xf32>) outputs(tensor<8x5x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %a, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2, %a : tensor<8x3xf32>, tensor<8x3xf32>
  }
  %g = kiln.scan sequences(%y, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.reduce sum, %a along [0] : tensor<8x3xf32>
    kiln.yield %0 : tensor<3xf32>
  }
  return %g : tensor<3xf32>
}

// Zero times something is zero, but the square root of one minus zero is not.
func.func @sums(%x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> tensor<3xf32> {
  %g = kiln.scan sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %one = kiln.constant dense<1.0> : tensor<8xf32>
    %0 = kiln.convert %b : tensor<8xi1> to tensor<8xf32>
    %1 = kiln.sub %one, %0 : tensor<8xf32>
    %2 = kiln.broadcast %1 along [0] : tensor<8xf32> to tensor<8x3xf32>
    %3 = kiln.mul %a, %2 : tensor<8x3xf32>
    %4 = kiln.reduce sum, %3 along [0] : tensor<8x3xf32>
    kiln.yield %4 : tensor<3xf32>
  }
  return %g : tensor<3xf32>
}

// What nobody reads of a scan goes, and what is there twice.
// RUN: kiln-opt %s -canonicalize | FileCheck %s

// The state of the second sum feeds nothing but itself, with all that it reads:
// its init, its sequence, its row, its weight, its ops.
// CHECK-LABEL: func.func @unread_state
// CHECK-SAME: %[[H:[a-z0-9]+]]: tensor<4x3xf32>, %[[X:[a-z0-9]+]]: tensor<4x5x3xf32>, %[[Y:[a-z0-9]+]]: tensor<4x5x3xf32>, %[[R:[a-z0-9]+]]: tensor<4x3xf32>, %[[W:[a-z0-9]+]]: tensor<3x3xf32>
// CHECK-NEXT: %[[S:.*]] = kiln.scan init(%[[H]] : tensor<4x3xf32>) sequences(%[[Y]] : tensor<4x5x3xf32>) -> (tensor<4x3xf32>) {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4x3xf32>, %[[B:.*]]: tensor<4x3xf32>):
// CHECK-NEXT:   %[[C:.*]] = kiln.add %[[A]], %[[B]]
// CHECK-NEXT:   kiln.yield %[[C]] : tensor<4x3xf32>
// CHECK-NEXT: }
// CHECK-NEXT: return %[[S]]
func.func @unread_state(%h: tensor<4x3xf32>, %x: tensor<4x5x3xf32>,
                        %y: tensor<4x5x3xf32>, %r: tensor<4x3xf32>,
                        %w: tensor<3x3xf32>) -> tensor<4x3xf32> {
  %0, %1 = kiln.scan init(%r, %h : tensor<4x3xf32>, tensor<4x3xf32>)
      sequences(%x, %y : tensor<4x5x3xf32>, tensor<4x5x3xf32>)
      rows(%r : tensor<4x3xf32>) captures(%w : tensor<3x3xf32>)
      -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>, %c: tensor<4x3xf32>,
       %d: tensor<4x3xf32>, %e: tensor<4x3xf32>, %f: tensor<3x3xf32>):
    %2 = kiln.matmul %c, %f : (tensor<4x3xf32>, tensor<3x3xf32>)
    %3 = kiln.mul %2, %e : tensor<4x3xf32>
    %4 = kiln.add %a, %3 : tensor<4x3xf32>
    %5 = kiln.sub %4, %b : tensor<4x3xf32>
    %6 = kiln.add %b, %d : tensor<4x3xf32>
    kiln.yield %5, %6 : tensor<4x3xf32>, tensor<4x3xf32>
  }
  return %1 : tensor<4x3xf32>
}

// Two states that only feed each other go; one that an output reads stays,
// though its last value is not read.
// CHECK-LABEL: func.func @states_by_outputs
// CHECK: %{{.*}}, %[[O:.*]] = kiln.scan init(%arg0 : tensor<4x3xf32>) sequences(%arg1 : tensor<4x5x3xf32>) -> (tensor<4x3xf32>) outputs(tensor<4x5x3xf32>) {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4x3xf32>, %[[B:.*]]: tensor<4x3xf32>):
// CHECK-NEXT:   %[[C:.*]] = kiln.add %[[A]], %[[B]]
// CHECK-NEXT:   kiln.yield %[[C]], %[[A]] : tensor<4x3xf32>, tensor<4x3xf32>
// CHECK: return %[[O]]
func.func @states_by_outputs(%h: tensor<4x3xf32>, %x: tensor<4x5x3xf32>)
    -> tensor<4x5x3xf32> {
  %0:5 = kiln.scan
      init(%h, %h, %h : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>)
      sequences(%x : tensor<4x5x3xf32>)
      -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>)
      outputs(tensor<4x5x3xf32>, tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>, %c: tensor<4x3xf32>,
       %d: tensor<4x3xf32>):
    %1 = kiln.add %c, %d : tensor<4x3xf32>
    %2 = kiln.neg %a : tensor<4x3xf32>
    kiln.yield %b, %2, %1, %2, %c : tensor<4x3xf32>, tensor<4x3xf32>,
        tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>
  }
  return %0#4 : tensor<4x5x3xf32>
}

// Sums that nobody reads go; the number of steps comes from a sequence, even
// where no step reads it.
// CHECK-LABEL: func.func @last_sequence
// CHECK: %[[S:.*]] = kiln.scan sequences(%arg0 : tensor<4x5x3xf32>) captures(%arg2 : tensor<3xf32>) sums(tensor<3xf32>) {
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<4x3xf32>, %[[B:.*]]: tensor<3xf32>):
// CHECK-NEXT:   kiln.yield %[[B]] : tensor<3xf32>
// CHECK: return %[[S]]
func.func @last_sequence(%x: tensor<4x5x3xf32>, %y: tensor<4x5x3xf32>,
                         %w: tensor<3xf32>) -> tensor<3xf32> {
  %0, %1 = kiln.scan sequences(%x, %y : tensor<4x5x3xf32>, tensor<4x5x3xf32>)
      captures(%w : tensor<3xf32>) sums(tensor<4x3xf32>, tensor<3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>, %c: tensor<3xf32>):
    %2 = kiln.add %a, %b : tensor<4x3xf32>
    kiln.yield %2, %c : tensor<4x3xf32>, tensor<3xf32>
  }
  return %1 : tensor<3xf32>
}

// One argument for each operand of a kind, one output for each value; what is a
// row and a capture is two things.
// CHECK-LABEL: func.func @twice
// CHECK: %[[O:.*]], %[[S:.*]] = kiln.scan sequences(%arg0 : tensor<4x5x4xf32>) rows(%arg1 : tensor<4x4xf32>) captures(%arg1 : tensor<4x4xf32>) outputs(tensor<4x5x4xf32>) sums(tensor<4x4xf32>) {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4x4xf32>, %[[B:.*]]: tensor<4x4xf32>, %[[C:.*]]: tensor<4x4xf32>):
// CHECK-NEXT:   %[[D:.*]] = kiln.add %[[A]], %[[A]]
// CHECK-NEXT:   %[[E:.*]] = kiln.add %[[B]], %[[B]]
// CHECK-NEXT:   %[[F:.*]] = kiln.add %[[C]], %[[C]]
// CHECK-NEXT:   %[[G:.*]] = kiln.add %[[D]], %[[E]]
// CHECK-NEXT:   %[[I:.*]] = kiln.add %[[G]], %[[F]]
// CHECK-NEXT:   kiln.yield %[[I]], %[[I]] : tensor<4x4xf32>, tensor<4x4xf32>
// CHECK: return %[[O]], %[[O]], %[[S]], %[[S]]
func.func @twice(%x: tensor<4x5x4xf32>, %r: tensor<4x4xf32>)
    -> (tensor<4x5x4xf32>, tensor<4x5x4xf32>, tensor<4x4xf32>,
        tensor<4x4xf32>) {
  %0:4 = kiln.scan sequences(%x, %x : tensor<4x5x4xf32>, tensor<4x5x4xf32>)
      rows(%r, %r : tensor<4x4xf32>, tensor<4x4xf32>)
      captures(%r, %r : tensor<4x4xf32>, tensor<4x4xf32>)
      outputs(tensor<4x5x4xf32>, tensor<4x5x4xf32>)
      sums(tensor<4x4xf32>, tensor<4x4xf32>) {
  ^bb0(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>, %c: tensor<4x4xf32>,
       %d: tensor<4x4xf32>, %e: tensor<4x4xf32>, %f: tensor<4x4xf32>):
    %1 = kiln.add %a, %b : tensor<4x4xf32>
    %2 = kiln.add %c, %d : tensor<4x4xf32>
    %3 = kiln.add %e, %f : tensor<4x4xf32>
    %4 = kiln.add %1, %2 : tensor<4x4xf32>
    %5 = kiln.add %4, %3 : tensor<4x4xf32>
    kiln.yield %5, %5, %5, %5 : tensor<4x4xf32>, tensor<4x4xf32>,
        tensor<4x4xf32>, tensor<4x4xf32>
  }
  return %0#0, %0#1, %0#2, %0#3 : tensor<4x5x4xf32>, tensor<4x5x4xf32>,
      tensor<4x4xf32>, tensor<4x4xf32>
}

// Layouts are no duplicates: one value whole and in tiles.
// CHECK-LABEL: func.func @layouts
// CHECK: outputs(tensor<4x5x3xf32>, tensor<2x5x2x3xf32>) attributes {tile_rows = 2 : i64}
func.func @layouts(%x: tensor<4x5x3xf32>)
    -> (tensor<4x5x3xf32>, tensor<2x5x2x3xf32>) {
  %0:2 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>, tensor<2x5x2x3xf32>)
      attributes {tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x3xf32>):
    kiln.yield %a, %a : tensor<2x3xf32>, tensor<2x3xf32>
  }
  return %0#0, %0#1 : tensor<4x5x3xf32>, tensor<2x5x2x3xf32>
}

// The sequence that idle_when numbers stays, and keeps its number; so do the
// other attributes.
// CHECK-LABEL: func.func @schedule
// CHECK: kiln.scan reverse sequences(%arg1, %arg2 : tensor<4x5xi1>, tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) attributes {chunk = 16 : i64, idle_when = 0 : i64, tile_rows = 2 : i64}
func.func @schedule(%x: tensor<4x5x3xf32>, %m: tensor<4x5xi1>,
                    %y: tensor<4x5x3xf32>) -> tensor<4x5x3xf32> {
  %0 = kiln.scan reverse sequences(%x, %m, %m, %y : tensor<4x5x3xf32>,
          tensor<4x5xi1>, tensor<4x5xi1>, tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>)
      attributes {chunk = 16 : i64, idle_when = 2 : i64, tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x3xf32>, %b: tensor<2xi1>, %c: tensor<2xi1>,
       %d: tensor<2x3xf32>):
    kiln.yield %d : tensor<2x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}

// Dead as a whole.
// CHECK-LABEL: func.func @dead
// CHECK-NEXT: return
func.func @dead(%x: tensor<4x5x3xf32>) {
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

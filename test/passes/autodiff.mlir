// RUN: kiln-opt %s -split-input-file -kiln-autodiff -canonicalize -cse | FileCheck %s
// RUN: kiln-opt %s -split-input-file -kiln-autodiff -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s --check-prefix=LOC

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @w}
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @b}
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32>
// CHECK-SAME: -> (tensor<f32> {kiln.role = "loss"}, tensor<6x3xf32> {kiln.gradient_of = @w}, tensor<3xf32> {kiln.gradient_of = @b})
// CHECK:     %[[TANH:.*]] = kiln.tanh
// CHECK:     %[[LOSS:.*]] = kiln.reduce sum, %[[TANH]] along [0, 1]
// CHECK:     %[[ZZ:.*]] = kiln.mul %[[TANH]], %[[TANH]]
// CHECK:     %[[D:.*]] = kiln.sub %{{.*}}, %[[ZZ]]
// CHECK-DAG: %[[DB:.*]] = kiln.reduce sum, %[[D]] along [0]
// CHECK-DAG: %[[DW:.*]] = kiln.matmul %[[X]] transposed, %[[D]]
// CHECK:     return %[[LOSS]], %[[DW]], %[[DB]]

// What is made for a layer keeps its line, under the role of what it computes.
// LOC: kiln.reduce sum, {{.*}} along [0] : tensor<8x3xf32> loc("db"("dense"("model.toml":14:1)))
// LOC: kiln.matmul {{.*}} transposed, {{.*}} loc("dW"("dense"("model.toml":14:1)))

#line = loc("model.toml":14:1)
#dense = loc("dense"(#line))
module {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @w}, %b: tensor<3xf32> {kiln.param = @b},
      %x: tensor<8x6xf32> {kiln.role = "input"}) -> (tensor<f32> {kiln.role = "loss"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>) loc(#dense)
    %1 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32> loc(#dense)
    %2 = kiln.add %0, %1 : tensor<8x3xf32> loc(#dense)
    %3 = kiln.tanh %2 : tensor<8x3xf32> loc(#dense)
    %4 = kiln.reduce sum, %3 along [0, 1] : tensor<8x3xf32>
    return %4 : tensor<f32>
  }
}

// -----

// Uses add up; a parameter that the loss does not reach has gradient zero; what
// flows through a comparison counts for nothing; metrics are not the loss.

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @w}
// CHECK-DAG: %[[ZERO:.*]] = kiln.constant dense<0.0{{.*}}> : tensor<3xf32>
// CHECK-DAG: %[[ONE:.*]] = kiln.constant dense<1.0{{.*}}> : tensor<3xf32>
// CHECK:     %[[MUL:.*]] = kiln.mul
// CHECK:     %[[SUM:.*]] = kiln.add %[[MUL]], %[[ONE]]
// CHECK:     return %{{.*}}, %{{.*}}, %[[SUM]], %[[ZERO]]

module {
  kiln.param @w : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.param @unused : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  func.func @train_step(%w: tensor<3xf32> {kiln.param = @w}, %u: tensor<3xf32> {kiln.param = @unused})
      -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.role = "metric", kiln.name = "m"}) {
    %c = kiln.compare gt, %w, %u : tensor<3xf32>
    %f = kiln.convert %c : tensor<3xi1> to tensor<3xf32>
    %0 = kiln.exp %w : tensor<3xf32>
    %1 = kiln.mul %0, %f : tensor<3xf32>
    %2 = kiln.add %1, %w : tensor<3xf32>
    %3 = kiln.reduce sum, %2 along [0] : tensor<3xf32>
    %4 = kiln.mul %w, %u : tensor<3xf32>
    %5 = kiln.reduce sum, %4 along [0] : tensor<3xf32>
    return %3, %5 : tensor<f32>, tensor<f32>
  }
}

// -----

// A masked recurrence of which the loss and a metric read the states: one scan
// that also keeps what backward needs (the new state before the mask, and the
// state before each step), and one in the other direction. The mask and its
// broadcast are not kept, nor is anything that no gradient needs: there is no
// adjoint of the sequence, which is no parameter.

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[U:[a-z0-9]+]]: tensor<3x3xf32> {kiln.param = @u}, %[[X:[a-z0-9]+]]: tensor<4x5x3xf32>, %[[M:[a-z0-9]+]]: tensor<4x5xi1>)
// CHECK:      %[[H:.*]], %[[Z:.*]]:2 = kiln.scan init(%{{.*}} : tensor<4x3xf32>)
// CHECK-SAME:   sequences(%[[X]], %[[M]] : tensor<4x5x3xf32>, tensor<4x5xi1>) captures(%[[U]] : tensor<3x3xf32>)
// CHECK-SAME:   -> (tensor<4x3xf32>) outputs(tensor<4x5x3xf32>, tensor<4x5x3xf32>) {
// CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<4x3xf32>, %{{.*}}: tensor<4x3xf32>, %{{.*}}: tensor<4xi1>, %{{.*}}: tensor<3x3xf32>):
// CHECK:        %[[N:.*]] = kiln.tanh
// CHECK:        %[[K:.*]] = kiln.select
// CHECK-NEXT:   kiln.yield %[[K]], %[[N]], %[[S]]
// CHECK:      %[[METRIC:.*]] = kiln.reduce max, %[[H]]
// CHECK:      %{{.*}}, %[[DU:.*]] = kiln.scan reverse init(%{{.*}} : tensor<4x3xf32>)
// CHECK-SAME:   sequences(%[[Z]]#0, %[[Z]]#1, %[[M]] : tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5xi1>) captures(%[[U]] : tensor<3x3xf32>)
// CHECK-SAME:   -> (tensor<4x3xf32>) sums(tensor<3x3xf32>) {
// CHECK-NEXT: ^bb0(%[[G:.*]]: tensor<4x3xf32>, %[[N2:.*]]: tensor<4x3xf32>, %[[S2:.*]]: tensor<4x3xf32>, %[[M2:.*]]: tensor<4xi1>, %[[U2:.*]]: tensor<3x3xf32>):
// CHECK-DAG:    %[[B:.*]] = kiln.broadcast %[[M2]] along [0]
// CHECK-DAG:    %[[ZERO:.*]] = kiln.constant dense<0.0{{.*}}>
// CHECK-DAG:    %[[GN:.*]] = kiln.select %[[B]], %[[G]], %[[ZERO]]
// CHECK-DAG:    %[[GS:.*]] = kiln.select %[[B]], %[[ZERO]], %[[G]]
// CHECK:        %[[GA:.*]] = kiln.mul %[[GN]], %{{.*}}
// CHECK-DAG:    %[[GR:.*]] = kiln.matmul %[[GA]], %[[U2]] transposed
// CHECK-DAG:    %[[C:.*]] = kiln.matmul %[[S2]] transposed, %[[GA]]
// CHECK:        %[[NEXT:.*]] = kiln.add %[[GS]], %[[GR]]
// CHECK:        kiln.yield %[[NEXT]], %[[C]]
// CHECK:      return %{{.*}}, %[[METRIC]], %[[H]], %[[DU]]

// Ops of the cell keep their lines, forward and backward.
// LOC: kiln.scan init
// LOC: kiln.tanh {{.*}} loc("lstm"("model.toml":9:1))
// LOC: kiln.scan reverse
// LOC: kiln.matmul {{.*}} transposed, {{.*}} loc("backward"("cell"("model.toml":9:2)))
// LOC: } loc("backward"("lstm"("model.toml":9:1)))

#line = loc("model.toml":9:1)
#lstm = loc("lstm"(#line))
#part = loc("model.toml":9:2)
#cell = loc("cell"(#part))
module {
  kiln.param @u : tensor<3x3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "lstm"}
  func.func @train_step(%u: tensor<3x3xf32> {kiln.param = @u}, %x: tensor<4x5x3xf32>, %m: tensor<4x5xi1>)
      -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.role = "metric", kiln.name = "m"},
          tensor<4x3xf32> {kiln.role = "output"}) {
    %zero = kiln.constant dense<0.0> : tensor<4x3xf32>
    %h = kiln.scan init(%zero : tensor<4x3xf32>)
        sequences(%x, %m : tensor<4x5x3xf32>, tensor<4x5xi1>)
        captures(%u : tensor<3x3xf32>) -> (tensor<4x3xf32>) {
    ^bb0(%s: tensor<4x3xf32>, %a: tensor<4x3xf32>, %b: tensor<4xi1>, %c: tensor<3x3xf32>):
      %0 = kiln.matmul %s, %c : (tensor<4x3xf32>, tensor<3x3xf32>) loc(#cell)
      %1 = kiln.add %a, %0 : tensor<4x3xf32> loc(#lstm)
      %2 = kiln.tanh %1 : tensor<4x3xf32> loc(#lstm)
      %3 = kiln.broadcast %b along [0] : tensor<4xi1> to tensor<4x3xi1> loc(#lstm)
      %4 = kiln.select %3, %2, %s : tensor<4x3xi1>, tensor<4x3xf32> loc(#lstm)
      kiln.yield %4 : tensor<4x3xf32>
    } loc(#lstm)
    %5 = kiln.reduce sum, %h along [0, 1] : tensor<4x3xf32>
    %6 = kiln.reduce max, %h along [0, 1] : tensor<4x3xf32>
    return %5, %6, %h : tensor<f32>, tensor<f32>, tensor<4x3xf32>
  }
}

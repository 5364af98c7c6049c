// RUN: kiln-opt %s -split-input-file -kiln-build-programs | FileCheck %s
// RUN: kiln-opt %s -split-input-file -kiln-build-programs -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s --check-prefix=LOC

// Dropout in training alone; the cross-entropy reads the softmax's logits.

// CHECK-LABEL: module @sparse
// CHECK-NOT: @forward
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @"dense/kernel"}
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32> {kiln.name = "input", kiln.role = "input"}
// CHECK-SAME: %[[Y:[a-z0-9]+]]: tensor<8xi32> {kiln.role = "target"}
// CHECK-SAME: %[[WEIGHT:[a-z0-9]+]]: tensor<8xf32> {kiln.role = "weight"}
// CHECK-SAME: %[[ROWS:[a-z0-9]+]]: tensor<i64> {kiln.role = "rows"}
// CHECK-SAME: {kiln.role = "seed"}
// CHECK-SAME: {kiln.role = "epoch"}
// CHECK-SAME: {kiln.role = "step"}
// CHECK-SAME: -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.name = "acc", kiln.role = "metric"})
// CHECK:     kiln.random_mask
// CHECK:     kiln.dropout
// CHECK:     %[[LOGITS:.*]] = kiln.matmul
// CHECK:     %[[P:.*]] = kiln.softmax %[[LOGITS]]
// CHECK:     %[[CE:.*]] = kiln.softmax_cross_entropy %[[LOGITS]], %[[Y]]
// CHECK:     %[[WEIGHTED:.*]] = kiln.mul %[[CE]], %[[WEIGHT]]
// CHECK:     %[[VALID:.*]] = kiln.row_mask %[[ROWS]]
// CHECK:     %[[ZERO:.*]] = kiln.constant dense<0.0{{.*}}> : tensor<8xf32>
// CHECK:     %[[KEPT:.*]] = kiln.select %[[VALID]], %[[WEIGHTED]], %[[ZERO]]
// CHECK:     %[[SUM:.*]] = kiln.reduce sum, %[[KEPT]] along [0]
// CHECK:     %[[N:.*]] = kiln.convert %[[ROWS]]
// CHECK:     %[[LOSS:.*]] = kiln.div %[[SUM]], %[[N]]
// CHECK:     %[[BEST:.*]] = kiln.argmax %[[P]]
// CHECK:     %[[HIT:.*]] = kiln.compare eq, %[[BEST]], %[[Y]]
// CHECK:     kiln.convert %[[HIT]]
// CHECK:     %[[HITS:.*]] = kiln.reduce sum
// CHECK:     return %[[LOSS]], %[[HITS]]

// CHECK-LABEL: func.func @evaluate(
// CHECK-SAME: -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.name = "acc", kiln.role = "metric"}, tensor<8x3xf32> {kiln.role = "output"})
// CHECK-NOT: kiln.random_mask
// CHECK-NOT: kiln.dropout
// CHECK-NOT: kiln.role = "seed"
// CHECK: %[[P:.*]] = kiln.softmax
// CHECK: kiln.softmax_cross_entropy
// CHECK: return %{{.*}}, %{{.*}}, %[[P]]

// CHECK-LABEL: func.func @predict(
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<6x3xf32> {kiln.param = @"dense/kernel"}, %{{[a-z0-9]+}}: tensor<8x6xf32> {kiln.name = "input", kiln.role = "input"}) -> (tensor<8x3xf32> {kiln.role = "output"})
// CHECK-NOT: kiln.dropout
// CHECK: %[[OUT:.*]] = kiln.softmax
// CHECK: return %[[OUT]]

// The loss stands at the line of kiln.compile, whatever that line's own name.
// LOC: kiln.softmax_cross_entropy {{.*}} loc("loss"("model.toml":30:1))
// LOC: kiln.argmax {{.*}} loc("acc"("model.toml":30:1))

module @sparse attributes {kiln.batch = 8 : i64} {
  kiln.param @"dense/kernel" : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<sparse_categorical_crossentropy, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false>
      metrics [#kiln.metric<"acc", sparse_categorical_accuracy>] loc("compile"("model.toml":30:1))
  func.func @forward(%w: tensor<6x3xf32> {kiln.param = @"dense/kernel"},
      %x: tensor<8x6xf32> {kiln.role = "input", kiln.name = "input"},
      %seed: tensor<i64> {kiln.role = "seed"}, %epoch: tensor<i64> {kiln.role = "epoch"},
      %step: tensor<i64> {kiln.role = "step"}) -> (tensor<8x3xf32> {kiln.role = "output"}) {
    %m = kiln.random_mask %seed, %epoch, %step {rate = 5.0e-01 : f64, stream = 3 : i64} : tensor<8x6xi1>
    %0 = kiln.dropout %x, %m {rate = 5.0e-01 : f64} : tensor<8x6xf32>, tensor<8x6xi1>
    %1 = kiln.matmul %0, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
    %2 = kiln.softmax %1 : tensor<8x3xf32>
    return %2 : tensor<8x3xf32>
  }
}

// -----

// Penalties, in the order of the parameters, l1 before l2.

// CHECK-LABEL: module @penalties
// CHECK-LABEL: func.func @evaluate(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @w}
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @b}
// CHECK-SAME: %[[Y:[a-z0-9]+]]: tensor<8x3xf32> {kiln.role = "target"}
// CHECK:     %[[OUT:.*]] = kiln.add
// CHECK:     %[[D:.*]] = kiln.sub %[[OUT]], %[[Y]]
// CHECK:     %[[SQ:.*]] = kiln.mul %[[D]], %[[D]]
// CHECK:     %[[ROW:.*]] = kiln.reduce sum, %[[SQ]] along [1]
// CHECK:     %[[THREE:.*]] = kiln.constant dense<3.0{{.*}}> : tensor<8xf32>
// CHECK:     kiln.div %[[ROW]], %[[THREE]]
// CHECK:     %[[LOSS:.*]] = kiln.div {{.*}} : tensor<f32>
// CHECK:     %[[ABS:.*]] = kiln.abs %[[W]]
// CHECK:     %[[ABSSUM:.*]] = kiln.reduce sum, %[[ABS]] along [0, 1]
// CHECK:     %[[L1:.*]] = kiln.mul %[[ABSSUM]]
// CHECK:     %[[WW:.*]] = kiln.mul %[[W]], %[[W]]
// CHECK:     %[[WWSUM:.*]] = kiln.reduce sum, %[[WW]] along [0, 1]
// CHECK:     %[[L2:.*]] = kiln.mul %[[WWSUM]]
// CHECK:     %[[L12:.*]] = kiln.add %[[L1]], %[[L2]]
// CHECK:     %[[LOSS1:.*]] = kiln.add %[[LOSS]], %[[L12]]
// CHECK:     %[[BB:.*]] = kiln.mul %[[B]], %[[B]]
// CHECK:     %[[BBSUM:.*]] = kiln.reduce sum, %[[BB]] along [0]
// CHECK:     %[[BL2:.*]] = kiln.mul %[[BBSUM]]
// CHECK:     %[[LOSS2:.*]] = kiln.add %[[LOSS1]], %[[BL2]]
// CHECK:     %[[SIDE:.*]] = kiln.compare gt, %[[OUT]]
// CHECK:     %[[PREDICTED:.*]] = kiln.convert %[[SIDE]]
// CHECK:     kiln.compare eq, %[[PREDICTED]], %[[Y]]
// CHECK:     return %[[LOSS2]]

module @penalties attributes {kiln.batch = 8 : i64} {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0>
      {layer = "dense", regularizer = #kiln.regularizer<l1 = 1.0e-03, l2 = 1.0e-02>}
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0>
      {layer = "dense", regularizer = #kiln.regularizer<l1 = 0.0, l2 = 1.0e-02>}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false>
      metrics [#kiln.metric<"accuracy", binary_accuracy>]
  func.func @forward(%w: tensor<6x3xf32> {kiln.param = @w}, %b: tensor<3xf32> {kiln.param = @b},
      %x: tensor<8x6xf32> {kiln.role = "input"}) -> (tensor<8x3xf32> {kiln.role = "output"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
    %1 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32>
    %2 = kiln.add %0, %1 : tensor<8x3xf32>
    return %2 : tensor<8x3xf32>
  }
}

// -----

// A sigmoid's logit; one unit needs no mean.

// CHECK-LABEL: module @binary
// CHECK-LABEL: func.func @evaluate(
// CHECK:     %[[LOGIT:.*]] = kiln.matmul
// CHECK:     %[[CE:.*]] = kiln.sigmoid_cross_entropy %[[LOGIT]],
// CHECK:     %[[ROW:.*]] = kiln.reduce sum, %[[CE]] along [1]
// CHECK-NEXT: kiln.mul %[[ROW]]

module @binary attributes {kiln.batch = 8 : i64} {
  kiln.param @w : tensor<6x1xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<binary_crossentropy, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  func.func @forward(%w: tensor<6x1xf32> {kiln.param = @w},
      %x: tensor<8x6xf32> {kiln.role = "input"}) -> (tensor<8x1xf32> {kiln.role = "output"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x1xf32>)
    %1 = kiln.sigmoid %0 : tensor<8x1xf32>
    return %1 : tensor<8x1xf32>
  }
}

// -----

// Probabilities from elsewhere are clipped; their logarithms renormalise.

// CHECK-LABEL: module @clipped
// CHECK-LABEL: func.func @evaluate(
// CHECK:     %[[OUT:.*]] = kiln.matmul
// CHECK:     %[[LOW:.*]] = kiln.maximum %[[OUT]]
// CHECK:     %[[HIGH:.*]] = kiln.minimum %[[LOW]]
// CHECK:     %[[LOG:.*]] = kiln.log %[[HIGH]]
// CHECK:     kiln.softmax_cross_entropy %[[LOG]],

module @clipped attributes {kiln.batch = 8 : i64} {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<sparse_categorical_crossentropy, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  func.func @forward(%w: tensor<6x3xf32> {kiln.param = @w},
      %x: tensor<8x6xf32> {kiln.role = "input"}) -> (tensor<8x3xf32> {kiln.role = "output"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
    return %0 : tensor<8x3xf32>
  }
}

// -----

// Declared logits are taken as they are.

// CHECK-LABEL: module @logits
// CHECK-LABEL: func.func @evaluate(
// CHECK:     %[[OUT:.*]] = kiln.matmul
// CHECK-NEXT: kiln.softmax_cross_entropy %[[OUT]],

module @logits attributes {kiln.batch = 8 : i64} {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<sparse_categorical_crossentropy, from_logits = true>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  func.func @forward(%w: tensor<6x3xf32> {kiln.param = @w},
      %x: tensor<8x6xf32> {kiln.role = "input"}) -> (tensor<8x3xf32> {kiln.role = "output"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
    return %0 : tensor<8x3xf32>
  }
}

// -----

// Metrics that are counted from the output: training returns it for them.

// CHECK-LABEL: module @counted
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.name = "accuracy", kiln.role = "metric"}, tensor<8x1xf32> {kiln.role = "output"})
// CHECK:     %[[P:.*]] = kiln.sigmoid
// CHECK:     return %{{.*}}, %{{.*}}, %[[P]]
// CHECK-LABEL: func.func @evaluate(
// CHECK-SAME: -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.name = "accuracy", kiln.role = "metric"}, tensor<8x1xf32> {kiln.role = "output"})

module @counted attributes {kiln.batch = 8 : i64} {
  kiln.compile loss #kiln.loss<binary_crossentropy, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false>
      metrics [#kiln.metric<"auc", auc>, #kiln.metric<"accuracy", binary_accuracy>,
               #kiln.metric<"p", precision>, #kiln.metric<"r", recall>, #kiln.metric<"f", f1>]
  func.func @forward(%x: tensor<8x1xf32> {kiln.role = "input"})
      -> (tensor<8x1xf32> {kiln.role = "output"}) {
    %0 = kiln.sigmoid %x : tensor<8x1xf32>
    return %0 : tensor<8x1xf32>
  }
}

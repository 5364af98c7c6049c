// RUN: kiln-opt %s -split-input-file -kiln-verify-phase=phase=model | FileCheck %s --check-prefix=MODEL
// RUN: kiln-opt %s -split-input-file -kiln-train | FileCheck %s --check-prefix=TRAIN
// RUN: kiln-opt %s -split-input-file -kiln-train -kiln-fuse | FileCheck %s --check-prefix=FUSED
// RUN: kiln-opt %s -split-input-file -kiln-train -kiln-fuse=fuse=false | FileCheck %s --check-prefix=FUSED

// MODEL: module attributes {kiln.phase = "model"}
// TRAIN: module attributes {kiln.phase = "train"}
// FUSED: module attributes {kiln.phase = "fused"}
module {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.9, nesterov = false> metrics []
  func.func @forward(%w: tensor<6x3xf32> {kiln.param = @w}, %x: tensor<8x6xf32> {kiln.role = "input"})
      -> (tensor<8x3xf32> {kiln.role = "output"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
    return %0 : tensor<8x3xf32>
  }
}

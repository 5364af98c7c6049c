// RUN: kiln-opt %s --kiln-lower-to-spmd --split-input-file \
// RUN:   --verify-diagnostics

// expected-error @+1 {{'func.func' op expected planned memory, got none (hint: 'kiln-plan-memory' runs before)}}
func.func @predict(%x: tensor<4xf32> {kiln.role = "input"})
    -> (tensor<4xf32> {kiln.role = "output"}) {
  return %x : tensor<4xf32>
}

// -----

kiln.param @a : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
kiln.param @b : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
// expected-error @+1 {{'func.func' op expected result 0 to be computed or to stay as it is, got another argument}}
func.func @train_step(
    %a: tensor<4xf32> {kiln.param = @a, kiln.place = #kiln.place<state, 0>},
    %b: tensor<4xf32> {kiln.param = @b, kiln.place = #kiln.place<state, 64>})
    -> (tensor<4xf32> {kiln.donates = 0 : i64,
                       kiln.place = #kiln.place<state, 0>})
    attributes {kiln.state_bytes = 128 : i64, kiln.arena_bytes = 0 : i64,
                kiln.thread_bytes = 0 : i64, kiln.result_bytes = 0 : i64} {
  return %b : tensor<4xf32>
}

// What the dialect's attributes on modules, arguments and results demand.
// RUN: kiln-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{expected a positive i64 as 'kiln.batch', got 0 : i64}}
module attributes {kiln.batch = 0 : i64} {}

// -----

// expected-error@+1 {{expected a string as 'kiln.model', got 3 : i64}}
module attributes {kiln.model = 3} {}

// -----

// expected-error@+1 {{expected one of model, train, fused, tiled, llvm as 'kiln.phase', got "done"}}
module attributes {kiln.phase = "done"} {}

// -----

// expected-error@+1 {{expected a symbol as 'kiln.param', got "w"}}
func.func @param_string(%w: tensor<3xf32> {kiln.param = "w"}) { return }

// -----

// expected-error@+1 {{'kiln.param' names no kiln.param: @w}}
func.func @param_missing(%w: tensor<3xf32> {kiln.param = @w}) { return }

// -----

kiln.param @w : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}
// expected-error@+1 {{expected the type of parameter @w, 'tensor<4xf32>', got 'tensor<3xf32>'}}
func.func @param_type(%w: tensor<3xf32> {kiln.param = @w}) { return }

// -----

// expected-error@+1 {{argument 0 has 'kiln.slot' without 'kiln.param'}}
func.func @slot_alone(%m: tensor<3xf32> {kiln.slot = "momentum"}) { return }

// -----

kiln.param @w : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}
// expected-error@+1 {{expected one of momentum, velocity as 'kiln.slot', got "speed"}}
func.func @slot_name(%m: tensor<3xf32> {kiln.param = @w, kiln.slot = "speed"}) {
  return
}

// -----

// expected-error@+1 {{expected one of input, target, weight, rows, seed, epoch, step, hyper as 'kiln.role', got "inputs"}}
func.func @argument_role(%x: tensor<3xf32> {kiln.role = "inputs"}) { return }

// -----

// expected-error@+1 {{expected one of output, loss, metric as 'kiln.role', got "input"}}
func.func @result_role(%x: tensor<3xf32>)
    -> (tensor<3xf32> {kiln.role = "input"}) {
  return %x : tensor<3xf32>
}

// -----

// expected-error@+1 {{expected a string as 'kiln.name', got 1 : i64}}
func.func @name(%x: tensor<3xf32> {kiln.name = 1}) { return }

// -----

kiln.param @w : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}
// expected-error@+1 {{expected the type of parameter @w, 'tensor<4xf32>', got 'tensor<3xf32>'}}
func.func @gradient_type(%x: tensor<3xf32>)
    -> (tensor<3xf32> {kiln.gradient_of = @w}) {
  return %x : tensor<3xf32>
}

// -----

// expected-error@+1 {{expected an i64 as 'kiln.donates', got "w"}}
func.func @donates_kind(%x: tensor<3xf32>)
    -> (tensor<3xf32> {kiln.donates = "w"}) {
  return %x : tensor<3xf32>
}

// -----

// expected-error@+1 {{expected 'kiln.donates' below the 1 arguments, got 1}}
func.func @donates_range(%x: tensor<3xf32>)
    -> (tensor<3xf32> {kiln.donates = 1 : i64}) {
  return %x : tensor<3xf32>
}

// -----

// expected-error@+1 {{result 0 of type 'tensor<3xf32>' cannot take over argument 0 of type 'tensor<4xf32>'}}
func.func @donates_type(%x: tensor<4xf32>, %y: tensor<3xf32>)
    -> (tensor<3xf32> {kiln.donates = 0 : i64}) {
  return %y : tensor<3xf32>
}

// -----

// expected-error@+1 {{results 0 and 1 both take over argument 0}}
func.func @donates_twice(%x: tensor<3xf32>)
    -> (tensor<3xf32> {kiln.donates = 0 : i64},
        tensor<3xf32> {kiln.donates = 0 : i64}) {
  return %x, %x : tensor<3xf32>, tensor<3xf32>
}

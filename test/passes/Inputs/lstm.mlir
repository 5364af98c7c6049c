// Embedding, LSTM, masked, Dense, as a model file gives it.
module @lstm attributes {kiln.batch = 12 : i64, kiln.model = "lstm", kiln.phase = "model"} {
  kiln.param @"embedding/embeddings" : tensor<11x4xf32> init #kiln.init<random_uniform, -0.5, 0.5> {layer = "embedding"}
  kiln.param @"lstm/lstm_cell/kernel" : tensor<4x12xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "lstm"}
  kiln.param @"lstm/lstm_cell/recurrent_kernel" : tensor<3x12xf32> init #kiln.init<orthogonal, 0.0, 0.0> {layer = "lstm"}
  kiln.param @"lstm/lstm_cell/bias" : tensor<12xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "lstm"}
  kiln.param @"dense/kernel" : tensor<3x1xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.param @"dense/bias" : tensor<1xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<binary_crossentropy, from_logits = false>
      optimizer #kiln.adam<learning_rate = 1.0e-03, beta_1 = 9.0e-01, beta_2 = 9.99e-01, epsilon = 1.0e-07>
      metrics [#kiln.metric<"accuracy", binary_accuracy>]
  func.func @forward(%e: tensor<11x4xf32> {kiln.param = @"embedding/embeddings"},
      %k: tensor<4x12xf32> {kiln.param = @"lstm/lstm_cell/kernel"},
      %r: tensor<3x12xf32> {kiln.param = @"lstm/lstm_cell/recurrent_kernel"},
      %b: tensor<12xf32> {kiln.param = @"lstm/lstm_cell/bias"},
      %v: tensor<3x1xf32> {kiln.param = @"dense/kernel"},
      %c: tensor<1xf32> {kiln.param = @"dense/bias"},
      %tokens: tensor<12x5xi32> {kiln.role = "input", kiln.name = "input"})
      -> (tensor<12x1xf32> {kiln.role = "output"}) {
    %x = kiln.gather %e, %tokens {batch_dims = 0 : i64} : (tensor<11x4xf32>, tensor<12x5xi32>)
    %padding = kiln.constant dense<0> : tensor<12x5xi32>
    %mask = kiln.compare ne, %tokens, %padding : tensor<12x5xi32>
    %zero = kiln.constant dense<0.0> : tensor<12x3xf32>
    %h, %cell = kiln.scan init(%zero, %zero : tensor<12x3xf32>, tensor<12x3xf32>)
        sequences(%x, %mask : tensor<12x5x4xf32>, tensor<12x5xi1>)
        captures(%k, %r, %b : tensor<4x12xf32>, tensor<3x12xf32>, tensor<12xf32>)
        -> (tensor<12x3xf32>, tensor<12x3xf32>) {
    ^bb0(%h0: tensor<12x3xf32>, %c0: tensor<12x3xf32>, %xt: tensor<12x4xf32>, %mt: tensor<12xi1>, %kt: tensor<4x12xf32>, %rt: tensor<3x12xf32>, %bt: tensor<12xf32>):
      %p = kiln.matmul %xt, %kt : (tensor<12x4xf32>, tensor<4x12xf32>)
      %q = kiln.broadcast %bt along [1] : tensor<12xf32> to tensor<12x12xf32>
      %s = kiln.add %p, %q : tensor<12x12xf32>
      %u = kiln.matmul %h0, %rt : (tensor<12x3xf32>, tensor<3x12xf32>)
      %z = kiln.add %s, %u : tensor<12x12xf32>
      %zi, %zf, %zg, %zo = kiln.split %z : tensor<12x12xf32> to tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>
      %i = kiln.sigmoid %zi : tensor<12x3xf32>
      %f = kiln.sigmoid %zf : tensor<12x3xf32>
      %o = kiln.sigmoid %zo : tensor<12x3xf32>
      %g = kiln.tanh %zg : tensor<12x3xf32>
      %fc = kiln.mul %f, %c0 : tensor<12x3xf32>
      %ig = kiln.mul %i, %g : tensor<12x3xf32>
      %c1 = kiln.add %fc, %ig : tensor<12x3xf32>
      %tc = kiln.tanh %c1 : tensor<12x3xf32>
      %h1 = kiln.mul %o, %tc : tensor<12x3xf32>
      %m = kiln.broadcast %mt along [0] : tensor<12xi1> to tensor<12x3xi1>
      %h2 = kiln.select %m, %h1, %h0 : tensor<12x3xi1>, tensor<12x3xf32>
      %c2 = kiln.select %m, %c1, %c0 : tensor<12x3xi1>, tensor<12x3xf32>
      kiln.yield %h2, %c2 : tensor<12x3xf32>, tensor<12x3xf32>
    }
    %d = kiln.matmul %h, %v : (tensor<12x3xf32>, tensor<3x1xf32>)
    %w = kiln.broadcast %c along [1] : tensor<1xf32> to tensor<12x1xf32>
    %y = kiln.add %d, %w : tensor<12x1xf32>
    %out = kiln.sigmoid %y : tensor<12x1xf32>
    return %out : tensor<12x1xf32>
  }
}

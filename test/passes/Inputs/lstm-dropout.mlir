// Embedding, LSTM with dropout, Dense, as a model file gives it.
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
      %tokens: tensor<12x5xi32> {kiln.role = "input", kiln.name = "input"},
      %seed: tensor<i64> {kiln.role = "seed"},
      %epoch: tensor<i64> {kiln.role = "epoch"},
      %step: tensor<i64> {kiln.role = "step"})
      -> (tensor<12x1xf32> {kiln.role = "output"}) {
    %x = kiln.gather %e, %tokens {batch_dims = 0 : i64} : (tensor<11x4xf32>, tensor<12x5xi32>)
    %zero = kiln.constant dense<0.0> : tensor<12x3xf32>
    %xm0 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 1 : i64} : tensor<12x4xi1>
    %xm1 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 2 : i64} : tensor<12x4xi1>
    %xm2 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 3 : i64} : tensor<12x4xi1>
    %xm3 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 4 : i64} : tensor<12x4xi1>
    %hm0 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 5 : i64} : tensor<12x3xi1>
    %hm1 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 6 : i64} : tensor<12x3xi1>
    %hm2 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 7 : i64} : tensor<12x3xi1>
    %hm3 = kiln.random_mask %seed, %epoch, %step {rate = 2.5e-01 : f64, stream = 8 : i64} : tensor<12x3xi1>
    %h, %cell = kiln.scan init(%zero, %zero : tensor<12x3xf32>, tensor<12x3xf32>)
        sequences(%x : tensor<12x5x4xf32>)
        rows(%xm0, %xm1, %xm2, %xm3, %hm0, %hm1, %hm2, %hm3 : tensor<12x4xi1>, tensor<12x4xi1>, tensor<12x4xi1>, tensor<12x4xi1>, tensor<12x3xi1>, tensor<12x3xi1>, tensor<12x3xi1>, tensor<12x3xi1>)
        captures(%k, %r, %b : tensor<4x12xf32>, tensor<3x12xf32>, tensor<12xf32>)
        -> (tensor<12x3xf32>, tensor<12x3xf32>) {
    ^bb0(%h0: tensor<12x3xf32>, %c0: tensor<12x3xf32>, %xt: tensor<12x4xf32>, %xm0t: tensor<12x4xi1>, %xm1t: tensor<12x4xi1>, %xm2t: tensor<12x4xi1>, %xm3t: tensor<12x4xi1>, %hm0t: tensor<12x3xi1>, %hm1t: tensor<12x3xi1>, %hm2t: tensor<12x3xi1>, %hm3t: tensor<12x3xi1>, %kt: tensor<4x12xf32>, %rt: tensor<3x12xf32>, %bt: tensor<12xf32>):
      %ki, %kf, %kg, %ko = kiln.split %kt : tensor<4x12xf32> to tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>
      %ri, %rf, %rg, %ro = kiln.split %rt : tensor<3x12xf32> to tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>
      %bi, %bf, %bg, %bo = kiln.split %bt : tensor<12xf32> to tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
      %xi = kiln.dropout %xt, %xm0t {rate = 2.5e-01 : f64} : tensor<12x4xf32>, tensor<12x4xi1>
      %pi = kiln.matmul %xi, %ki : (tensor<12x4xf32>, tensor<4x3xf32>)
      %qi = kiln.broadcast %bi along [1] : tensor<3xf32> to tensor<12x3xf32>
      %si = kiln.add %pi, %qi : tensor<12x3xf32>
      %hi = kiln.dropout %h0, %hm0t {rate = 2.5e-01 : f64} : tensor<12x3xf32>, tensor<12x3xi1>
      %ui = kiln.matmul %hi, %ri : (tensor<12x3xf32>, tensor<3x3xf32>)
      %zi = kiln.add %si, %ui : tensor<12x3xf32>
      %xf = kiln.dropout %xt, %xm1t {rate = 2.5e-01 : f64} : tensor<12x4xf32>, tensor<12x4xi1>
      %pf = kiln.matmul %xf, %kf : (tensor<12x4xf32>, tensor<4x3xf32>)
      %qf = kiln.broadcast %bf along [1] : tensor<3xf32> to tensor<12x3xf32>
      %sf = kiln.add %pf, %qf : tensor<12x3xf32>
      %hf = kiln.dropout %h0, %hm1t {rate = 2.5e-01 : f64} : tensor<12x3xf32>, tensor<12x3xi1>
      %uf = kiln.matmul %hf, %rf : (tensor<12x3xf32>, tensor<3x3xf32>)
      %zf = kiln.add %sf, %uf : tensor<12x3xf32>
      %xg = kiln.dropout %xt, %xm2t {rate = 2.5e-01 : f64} : tensor<12x4xf32>, tensor<12x4xi1>
      %pg = kiln.matmul %xg, %kg : (tensor<12x4xf32>, tensor<4x3xf32>)
      %qg = kiln.broadcast %bg along [1] : tensor<3xf32> to tensor<12x3xf32>
      %sg = kiln.add %pg, %qg : tensor<12x3xf32>
      %hg = kiln.dropout %h0, %hm2t {rate = 2.5e-01 : f64} : tensor<12x3xf32>, tensor<12x3xi1>
      %ug = kiln.matmul %hg, %rg : (tensor<12x3xf32>, tensor<3x3xf32>)
      %zg = kiln.add %sg, %ug : tensor<12x3xf32>
      %xo = kiln.dropout %xt, %xm3t {rate = 2.5e-01 : f64} : tensor<12x4xf32>, tensor<12x4xi1>
      %po = kiln.matmul %xo, %ko : (tensor<12x4xf32>, tensor<4x3xf32>)
      %qo = kiln.broadcast %bo along [1] : tensor<3xf32> to tensor<12x3xf32>
      %so = kiln.add %po, %qo : tensor<12x3xf32>
      %ho = kiln.dropout %h0, %hm3t {rate = 2.5e-01 : f64} : tensor<12x3xf32>, tensor<12x3xi1>
      %uo = kiln.matmul %ho, %ro : (tensor<12x3xf32>, tensor<3x3xf32>)
      %zo = kiln.add %so, %uo : tensor<12x3xf32>
      %i = kiln.sigmoid %zi : tensor<12x3xf32>
      %f = kiln.sigmoid %zf : tensor<12x3xf32>
      %o = kiln.sigmoid %zo : tensor<12x3xf32>
      %g = kiln.tanh %zg : tensor<12x3xf32>
      %fc = kiln.mul %f, %c0 : tensor<12x3xf32>
      %ig = kiln.mul %i, %g : tensor<12x3xf32>
      %c1 = kiln.add %fc, %ig : tensor<12x3xf32>
      %tc = kiln.tanh %c1 : tensor<12x3xf32>
      %h1 = kiln.mul %o, %tc : tensor<12x3xf32>
      kiln.yield %h1, %c1 : tensor<12x3xf32>, tensor<12x3xf32>
    }
    %d = kiln.matmul %h, %v : (tensor<12x3xf32>, tensor<3x1xf32>)
    %w = kiln.broadcast %c along [1] : tensor<1xf32> to tensor<12x1xf32>
    %y = kiln.add %d, %w : tensor<12x1xf32>
    %out = kiln.sigmoid %y : tensor<12x1xf32>
    return %out : tensor<12x1xf32>
  }
}

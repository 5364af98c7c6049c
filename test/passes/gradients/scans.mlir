// Gradients of recurrences against finite differences: the rule of kiln.scan
// knows no cell, so cells differ here in what the rule has to do.
// RUN: kiln check %s | FileCheck %s --implicit-check-not=WRONG

module {
  kiln.param @w : tensor<3x2xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @u : tensor<2x2xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @v : tensor<2x2xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @b : tensor<2xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  kiln.param @w8 : tensor<3x8xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @u8 : tensor<2x8xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @b8 : tensor<8xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  kiln.param @w6 : tensor<3x6xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @u6 : tensor<2x6xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}
  kiln.param @h : tensor<4x2xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  kiln.param @table : tensor<5x3xf32> init #kiln.init<random_uniform, -0.05, 0.05> {layer = "l"}

  // A projection, a recurrence, a bias; the last state alone.
  // CHECK-LABEL: gradients of @rnn
  // CHECK: w 3 6 {{.*}} ok
  // CHECK-NEXT: u 3 4 {{.*}} ok
  // CHECK-NEXT: b 3 2 {{.*}} ok
  // CHECK-NEXT: h 3 8 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @rnn(%w: tensor<3x2xf32> {kiln.param = @w},
                 %u: tensor<2x2xf32> {kiln.param = @u},
                 %b: tensor<2xf32> {kiln.param = @b},
                 %h: tensor<4x2xf32> {kiln.param = @h},
                 %x: tensor<4x5x3xf32> {kiln.role = "input", kiln.name = "x"})
      -> tensor<4x2xf32> {
    %0 = kiln.scan init(%h : tensor<4x2xf32>)
        sequences(%x : tensor<4x5x3xf32>)
        captures(%w, %u, %b : tensor<3x2xf32>, tensor<2x2xf32>, tensor<2xf32>)
        -> (tensor<4x2xf32>) {
    ^bb0(%s: tensor<4x2xf32>, %xt: tensor<4x3xf32>, %cw: tensor<3x2xf32>,
         %cu: tensor<2x2xf32>, %cb: tensor<2xf32>):
      %1 = kiln.matmul %xt, %cw : (tensor<4x3xf32>, tensor<3x2xf32>)
      %2 = kiln.matmul %s, %cu : (tensor<4x2xf32>, tensor<2x2xf32>)
      %3 = kiln.broadcast %cb along [1] : tensor<2xf32> to tensor<4x2xf32>
      %4 = kiln.add %1, %3 : tensor<4x2xf32>
      %5 = kiln.add %4, %2 : tensor<4x2xf32>
      %6 = kiln.tanh %5 : tensor<4x2xf32>
      kiln.yield %6 : tensor<4x2xf32>
    }
    return %0 : tensor<4x2xf32>
  }

  // Four gates, four masks on the input and four on the state, from the last
  // step to the first. Weights are cut inside of the cell.
  // CHECK-LABEL: gradients of @lstm
  // CHECK: w8 3 20 {{.*}} ok
  // CHECK-NEXT: u8 3 16 {{.*}} ok
  // CHECK-NEXT: b8 3 8 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @lstm(%w: tensor<3x8xf32> {kiln.param = @w8},
                  %u: tensor<2x8xf32> {kiln.param = @u8},
                  %b: tensor<8xf32> {kiln.param = @b8},
                  %x: tensor<4x5x3xf32> {kiln.role = "input", kiln.name = "x"},
                  %mi: tensor<4x3xi1>, %mf: tensor<4x3xi1>,
                  %mg: tensor<4x3xi1>, %mo: tensor<4x3xi1>,
                  %ri: tensor<4x2xi1>, %rf: tensor<4x2xi1>,
                  %rg: tensor<4x2xi1>, %ro: tensor<4x2xi1>)
      -> tensor<4x2xf32> {
    %zero = kiln.constant dense<0.0> : tensor<4x2xf32>
    %0, %1 = kiln.scan reverse
        init(%zero, %zero : tensor<4x2xf32>, tensor<4x2xf32>)
        sequences(%x : tensor<4x5x3xf32>)
        rows(%mi, %mf, %mg, %mo, %ri, %rf, %rg, %ro : tensor<4x3xi1>,
             tensor<4x3xi1>, tensor<4x3xi1>, tensor<4x3xi1>, tensor<4x2xi1>,
             tensor<4x2xi1>, tensor<4x2xi1>, tensor<4x2xi1>)
        captures(%w, %u, %b : tensor<3x8xf32>, tensor<2x8xf32>, tensor<8xf32>)
        -> (tensor<4x2xf32>, tensor<4x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %c: tensor<4x2xf32>, %xt: tensor<4x3xf32>,
         %cmi: tensor<4x3xi1>, %cmf: tensor<4x3xi1>, %cmg: tensor<4x3xi1>,
         %cmo: tensor<4x3xi1>, %cri: tensor<4x2xi1>, %crf: tensor<4x2xi1>,
         %crg: tensor<4x2xi1>, %cro: tensor<4x2xi1>, %cw: tensor<3x8xf32>,
         %cu: tensor<2x8xf32>, %cb: tensor<8xf32>):
      %xi = kiln.dropout %xt, %cmi {rate = 0.25 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
      %xf = kiln.dropout %xt, %cmf {rate = 0.25 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
      %xg = kiln.dropout %xt, %cmg {rate = 0.25 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
      %xo = kiln.dropout %xt, %cmo {rate = 0.25 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
      %hi = kiln.dropout %h, %cri {rate = 0.25 : f64} : tensor<4x2xf32>, tensor<4x2xi1>
      %hf = kiln.dropout %h, %crf {rate = 0.25 : f64} : tensor<4x2xf32>, tensor<4x2xi1>
      %hg = kiln.dropout %h, %crg {rate = 0.25 : f64} : tensor<4x2xf32>, tensor<4x2xi1>
      %ho = kiln.dropout %h, %cro {rate = 0.25 : f64} : tensor<4x2xf32>, tensor<4x2xi1>
      %wi, %wf, %wg, %wo = kiln.split %cw : tensor<3x8xf32> to tensor<3x2xf32>,
          tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
      %ui, %uf, %ug, %uo = kiln.split %cu : tensor<2x8xf32> to tensor<2x2xf32>,
          tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
      %pi = kiln.matmul %xi, %wi : (tensor<4x3xf32>, tensor<3x2xf32>)
      %pf = kiln.matmul %xf, %wf : (tensor<4x3xf32>, tensor<3x2xf32>)
      %pg = kiln.matmul %xg, %wg : (tensor<4x3xf32>, tensor<3x2xf32>)
      %po = kiln.matmul %xo, %wo : (tensor<4x3xf32>, tensor<3x2xf32>)
      %qi = kiln.matmul %hi, %ui : (tensor<4x2xf32>, tensor<2x2xf32>)
      %qf = kiln.matmul %hf, %uf : (tensor<4x2xf32>, tensor<2x2xf32>)
      %qg = kiln.matmul %hg, %ug : (tensor<4x2xf32>, tensor<2x2xf32>)
      %qo = kiln.matmul %ho, %uo : (tensor<4x2xf32>, tensor<2x2xf32>)
      %p = kiln.concat %pi, %pf, %pg, %po : tensor<4x2xf32>, tensor<4x2xf32>,
          tensor<4x2xf32>, tensor<4x2xf32>
      %q = kiln.concat %qi, %qf, %qg, %qo : tensor<4x2xf32>, tensor<4x2xf32>,
          tensor<4x2xf32>, tensor<4x2xf32>
      %bias = kiln.broadcast %cb along [1] : tensor<8xf32> to tensor<4x8xf32>
      %pq = kiln.add %p, %q : tensor<4x8xf32>
      %z = kiln.add %pq, %bias : tensor<4x8xf32>
      %zi, %zf, %zg, %zo = kiln.split %z : tensor<4x8xf32> to tensor<4x2xf32>,
          tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>
      %i = kiln.sigmoid %zi : tensor<4x2xf32>
      %f = kiln.sigmoid %zf : tensor<4x2xf32>
      %g = kiln.tanh %zg : tensor<4x2xf32>
      %o = kiln.sigmoid %zo : tensor<4x2xf32>
      %fc = kiln.mul %f, %c : tensor<4x2xf32>
      %ig = kiln.mul %i, %g : tensor<4x2xf32>
      %c1 = kiln.add %fc, %ig : tensor<4x2xf32>
      %t = kiln.tanh %c1 : tensor<4x2xf32>
      %h1 = kiln.mul %o, %t : tensor<4x2xf32>
      kiln.yield %h1, %c1 : tensor<4x2xf32>, tensor<4x2xf32>
    }
    return %0 : tensor<4x2xf32>
  }

  // Three gates, the reset after the product, a constant in the cell; masks
  // post, pre, with holes and of a whole row; every output counts, twice.
  // CHECK-LABEL: gradients of @masked_gru
  // CHECK: w6 3 18 {{.*}} ok
  // CHECK-NEXT: u6 3 12 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @masked_gru(%w: tensor<3x6xf32> {kiln.param = @w6},
                        %u: tensor<2x6xf32> {kiln.param = @u6},
                        %x: tensor<4x5x3xf32> {kiln.role = "input", kiln.name = "x"})
      -> (tensor<4x2xf32>, tensor<4x5x2xf32>, tensor<4x5x2xf32>) {
    %zero = kiln.constant dense<0.0> : tensor<4x2xf32>
    %mask = kiln.constant dense<[[true, true, true, false, false],
                                 [false, false, true, true, true],
                                 [false, true, false, true, false],
                                 [false, false, false, false, false]]>
        : tensor<4x5xi1>
    %0, %1 = kiln.scan init(%zero : tensor<4x2xf32>)
        sequences(%x, %mask : tensor<4x5x3xf32>, tensor<4x5xi1>)
        captures(%w, %u : tensor<3x6xf32>, tensor<2x6xf32>)
        -> (tensor<4x2xf32>) outputs(tensor<4x5x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %xt: tensor<4x3xf32>, %mt: tensor<4xi1>,
         %cw: tensor<3x6xf32>, %cu: tensor<2x6xf32>):
      %p = kiln.matmul %xt, %cw : (tensor<4x3xf32>, tensor<3x6xf32>)
      %q = kiln.matmul %h, %cu : (tensor<4x2xf32>, tensor<2x6xf32>)
      %pz, %pr, %pn = kiln.split %p : tensor<4x6xf32>
          to tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>
      %qz, %qr, %qn = kiln.split %q : tensor<4x6xf32>
          to tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>
      %az = kiln.add %pz, %qz : tensor<4x2xf32>
      %ar = kiln.add %pr, %qr : tensor<4x2xf32>
      %z = kiln.sigmoid %az : tensor<4x2xf32>
      %r = kiln.sigmoid %ar : tensor<4x2xf32>
      %rq = kiln.mul %r, %qn : tensor<4x2xf32>
      %an = kiln.add %pn, %rq : tensor<4x2xf32>
      %n = kiln.tanh %an : tensor<4x2xf32>
      %one = kiln.constant dense<1.0> : tensor<4x2xf32>
      %rest = kiln.sub %one, %z : tensor<4x2xf32>
      %old = kiln.mul %z, %h : tensor<4x2xf32>
      %new = kiln.mul %rest, %n : tensor<4x2xf32>
      %h1 = kiln.add %old, %new : tensor<4x2xf32>
      %m = kiln.broadcast %mt along [0] : tensor<4xi1> to tensor<4x2xi1>
      %h2 = kiln.select %m, %h1, %h : tensor<4x2xi1>, tensor<4x2xf32>
      kiln.yield %h2, %h2 : tensor<4x2xf32>, tensor<4x2xf32>
    }
    %2 = kiln.exp %1 : tensor<4x5x2xf32>
    return %0, %1, %2
        : tensor<4x2xf32>, tensor<4x5x2xf32>, tensor<4x5x2xf32>
  }

  // Kinks in the cell are found there.
  // CHECK-LABEL: gradients of @masked_relu
  // CHECK: w 3 6 {{.*}} ok
  // CHECK-NEXT: u 3 4 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @masked_relu(%w: tensor<3x2xf32> {kiln.param = @w},
                         %u: tensor<2x2xf32> {kiln.param = @u},
                         %x: tensor<4x5x3xf32> {kiln.role = "input", kiln.name = "x"},
                         %mask: tensor<4x5xi1>)
      -> (tensor<4x2xf32>, tensor<4x5x2xf32>) {
    %zero = kiln.constant dense<0.0> : tensor<4x2xf32>
    %0, %1 = kiln.scan init(%zero : tensor<4x2xf32>)
        sequences(%x, %mask : tensor<4x5x3xf32>, tensor<4x5xi1>)
        captures(%w, %u : tensor<3x2xf32>, tensor<2x2xf32>)
        -> (tensor<4x2xf32>) outputs(tensor<4x5x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %xt: tensor<4x3xf32>, %mt: tensor<4xi1>,
         %cw: tensor<3x2xf32>, %cu: tensor<2x2xf32>):
      %p = kiln.matmul %xt, %cw : (tensor<4x3xf32>, tensor<3x2xf32>)
      %q = kiln.matmul %h, %cu : (tensor<4x2xf32>, tensor<2x2xf32>)
      %a = kiln.add %p, %q : tensor<4x2xf32>
      %h1 = kiln.relu %a : tensor<4x2xf32>
      %m = kiln.broadcast %mt along [0] : tensor<4xi1> to tensor<4x2xi1>
      %h2 = kiln.select %m, %h1, %h : tensor<4x2xi1>, tensor<4x2xf32>
      kiln.yield %h2, %h2 : tensor<4x2xf32>, tensor<4x2xf32>
    }
    return %0, %1 : tensor<4x2xf32>, tensor<4x5x2xf32>
  }

  // The outputs of one are the sequence of the next; tokens feed the first.
  // CHECK-LABEL: gradients of @stack
  // CHECK: table 3 15 {{.*}} ok
  // CHECK-NEXT: w 3 6 {{.*}} ok
  // CHECK-NEXT: u 3 4 {{.*}} ok
  // CHECK-NEXT: v 3 4 {{.*}} ok
  func.func @stack(%table: tensor<5x3xf32> {kiln.param = @table},
                   %w: tensor<3x2xf32> {kiln.param = @w},
                   %u: tensor<2x2xf32> {kiln.param = @u},
                   %v: tensor<2x2xf32> {kiln.param = @v},
                   %tokens: tensor<4x5xi32>) -> tensor<4x2xf32> {
    %zero = kiln.constant dense<0.0> : tensor<4x2xf32>
    %x = kiln.gather %table, %tokens {batch_dims = 0 : i64}
        : (tensor<5x3xf32>, tensor<4x5xi32>)
    %0, %1 = kiln.scan init(%zero : tensor<4x2xf32>)
        sequences(%x : tensor<4x5x3xf32>)
        captures(%w, %u : tensor<3x2xf32>, tensor<2x2xf32>)
        -> (tensor<4x2xf32>) outputs(tensor<4x5x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %xt: tensor<4x3xf32>, %cw: tensor<3x2xf32>,
         %cu: tensor<2x2xf32>):
      %p = kiln.matmul %xt, %cw : (tensor<4x3xf32>, tensor<3x2xf32>)
      %q = kiln.matmul %h, %cu : (tensor<4x2xf32>, tensor<2x2xf32>)
      %a = kiln.add %p, %q : tensor<4x2xf32>
      %h1 = kiln.tanh %a : tensor<4x2xf32>
      kiln.yield %h1, %h1 : tensor<4x2xf32>, tensor<4x2xf32>
    }
    %2 = kiln.scan init(%zero : tensor<4x2xf32>)
        sequences(%1 : tensor<4x5x2xf32>)
        captures(%v : tensor<2x2xf32>) -> (tensor<4x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %xt: tensor<4x2xf32>, %cv: tensor<2x2xf32>):
      %p = kiln.matmul %xt, %cv : (tensor<4x2xf32>, tensor<2x2xf32>)
      %a = kiln.add %p, %h : tensor<4x2xf32>
      %h1 = kiln.sigmoid %a : tensor<4x2xf32>
      kiln.yield %h1 : tensor<4x2xf32>
    }
    return %2 : tensor<4x2xf32>
  }

  // One sequence in both directions, the backward outputs turned round; one
  // weight is captured twice by one scan and once by the other.
  // CHECK-LABEL: gradients of @bidirectional
  // CHECK: u 3 4 {{.*}} ok
  // CHECK-NEXT: v 3 4 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @bidirectional(%u: tensor<2x2xf32> {kiln.param = @u},
                           %v: tensor<2x2xf32> {kiln.param = @v},
                           %x: tensor<4x5x2xf32> {kiln.role = "input", kiln.name = "x"})
      -> (tensor<4x4xf32>, tensor<4x5x4xf32>) {
    %zero = kiln.constant dense<0.0> : tensor<4x2xf32>
    %0, %1 = kiln.scan init(%zero : tensor<4x2xf32>)
        sequences(%x : tensor<4x5x2xf32>)
        captures(%u, %u : tensor<2x2xf32>, tensor<2x2xf32>)
        -> (tensor<4x2xf32>) outputs(tensor<4x5x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %xt: tensor<4x2xf32>, %cu: tensor<2x2xf32>,
         %cv: tensor<2x2xf32>):
      %p = kiln.matmul %xt, %cu : (tensor<4x2xf32>, tensor<2x2xf32>)
      %q = kiln.matmul %h, %cv : (tensor<4x2xf32>, tensor<2x2xf32>)
      %a = kiln.add %p, %q : tensor<4x2xf32>
      %h1 = kiln.tanh %a : tensor<4x2xf32>
      kiln.yield %h1, %h1 : tensor<4x2xf32>, tensor<4x2xf32>
    }
    %r = kiln.reverse %x : tensor<4x5x2xf32>
    %2, %3 = kiln.scan init(%zero : tensor<4x2xf32>)
        sequences(%r : tensor<4x5x2xf32>)
        captures(%v, %u : tensor<2x2xf32>, tensor<2x2xf32>)
        -> (tensor<4x2xf32>) outputs(tensor<4x5x2xf32>) {
    ^bb0(%h: tensor<4x2xf32>, %xt: tensor<4x2xf32>, %cu: tensor<2x2xf32>,
         %cv: tensor<2x2xf32>):
      %p = kiln.matmul %xt, %cu : (tensor<4x2xf32>, tensor<2x2xf32>)
      %q = kiln.matmul %h, %cv : (tensor<4x2xf32>, tensor<2x2xf32>)
      %a = kiln.add %p, %q : tensor<4x2xf32>
      %h1 = kiln.tanh %a : tensor<4x2xf32>
      kiln.yield %h1, %h1 : tensor<4x2xf32>, tensor<4x2xf32>
    }
    %4 = kiln.reverse %3 : tensor<4x5x2xf32>
    %5 = kiln.concat %1, %4 : tensor<4x5x2xf32>, tensor<4x5x2xf32>
    %6 = kiln.concat %0, %2 : tensor<4x2xf32>, tensor<4x2xf32>
    %7 = kiln.exp %5 : tensor<4x5x4xf32>
    return %6, %7 : tensor<4x4xf32>, tensor<4x5x4xf32>
  }

  // Rows of numbers; a state that keeps the last step alone, one that nothing
  // depends on, one that is read by outputs alone.
  // CHECK-LABEL: gradients of @states
  // CHECK: u 3 4 {{.*}} ok
  // CHECK-NEXT: h 3 8 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @states(%u: tensor<2x2xf32> {kiln.param = @u},
                    %h: tensor<4x2xf32> {kiln.param = @h},
                    %x: tensor<4x5x2xf32> {kiln.role = "input", kiln.name = "x"})
      -> (tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x5x2xf32>) {
    %0, %1, %2, %3 = kiln.scan
        init(%h, %h, %h : tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>)
        sequences(%x : tensor<4x5x2xf32>) rows(%h : tensor<4x2xf32>)
        captures(%u : tensor<2x2xf32>)
        -> (tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>)
        outputs(tensor<4x5x2xf32>) {
    ^bb0(%last: tensor<4x2xf32>, %unread: tensor<4x2xf32>,
         %inner: tensor<4x2xf32>, %xt: tensor<4x2xf32>, %r: tensor<4x2xf32>,
         %cu: tensor<2x2xf32>):
      %p = kiln.matmul %xt, %cu : (tensor<4x2xf32>, tensor<2x2xf32>)
      %a = kiln.mul %p, %r : tensor<4x2xf32>
      %l = kiln.tanh %a : tensor<4x2xf32>
      %n = kiln.add %unread, %last : tensor<4x2xf32>
      %i = kiln.mul %inner, %l : tensor<4x2xf32>
      %j = kiln.sub %i, %r : tensor<4x2xf32>
      kiln.yield %l, %n, %j, %inner : tensor<4x2xf32>, tensor<4x2xf32>,
          tensor<4x2xf32>, tensor<4x2xf32>
    }
    %4 = kiln.exp %3 : tensor<4x5x2xf32>
    %5 = kiln.mul %0, %0 : tensor<4x2xf32>
    return %0, %5, %4 : tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x5x2xf32>
  }

  // Nothing to save, and nothing flows in but the last state: the backward scan
  // has its steps from the sequence all the same.
  // CHECK-LABEL: gradients of @linear
  // CHECK: h 3 8 {{.*}} ok
  // CHECK-NEXT: x 3 20 {{.*}} ok
  func.func @linear(%h: tensor<4x2xf32> {kiln.param = @h},
                    %x: tensor<4x5x2xf32> {kiln.role = "input", kiln.name = "x"})
      -> tensor<4x2xf32> {
    %0 = kiln.scan init(%h : tensor<4x2xf32>)
        sequences(%x : tensor<4x5x2xf32>) -> (tensor<4x2xf32>) {
    ^bb0(%s: tensor<4x2xf32>, %xt: tensor<4x2xf32>):
      %half = kiln.constant dense<0.5> : tensor<4x2xf32>
      %a = kiln.mul %s, %half : tensor<4x2xf32>
      %b = kiln.sub %a, %xt : tensor<4x2xf32>
      kiln.yield %b : tensor<4x2xf32>
    }
    %1 = kiln.exp %0 : tensor<4x2xf32>
    return %1 : tensor<4x2xf32>
  }
}

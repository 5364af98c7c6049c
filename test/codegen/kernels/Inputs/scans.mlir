func.func @rnn(%z: tensor<16x5x8xf32>, %h0: tensor<16x8xf32>, %u: tensor<8x8xf32>) -> (tensor<16x8xf32>, tensor<16x5x8xf32>) {
  %h, %o = kiln.scan init(%h0 : tensor<16x8xf32>)
    sequences(%z : tensor<16x5x8xf32>)
    captures(%u : tensor<8x8xf32>) -> (tensor<16x8xf32>) outputs(tensor<16x5x8xf32>) attributes {tile_rows = 8 : i64} {
    ^bb0(%s: tensor<8x8xf32>, %x: tensor<8x8xf32>, %w: tensor<8x8xf32>):
      %n = kiln.fusion "cell.forward@a.toml:3" contraction (%s, %w, %x) : (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%s1: tensor<8x8xf32>, %w1: tensor<8x8xf32>, %x1: tensor<8x8xf32>):
        %r = kiln.matmul %s1, %w1 : (tensor<8x8xf32>, tensor<8x8xf32>)
        %a = kiln.add %x1, %r : tensor<8x8xf32>
        %n1 = kiln.tanh %a : tensor<8x8xf32>
        kiln.yield %n1 : tensor<8x8xf32>
      }
      kiln.yield %n, %n : tensor<8x8xf32>, tensor<8x8xf32>
    }
  return %h, %o : tensor<16x8xf32>, tensor<16x5x8xf32>
}
func.func @backward(%s: tensor<2x5x8x8xf32>, %hs: tensor<2x5x8x8xf32>, %dh: tensor<16x8xf32>, %p : tensor<16x5xi32>, %ut: tensor<8x8xf32>) -> (tensor<16x8xf32>, tensor<16x5x8xf32>, tensor<2x8x8xf32>, tensor<2x8xf32>) {
  %d0, %dz, %du, %db = kiln.scan reverse init(%dh : tensor<16x8xf32>)
    sequences(%s, %hs : tensor<2x5x8x8xf32>, tensor<2x5x8x8xf32>)
    captures(%ut : tensor<8x8xf32>) -> (tensor<16x8xf32>) outputs(tensor<16x5x8xf32>) sums (tensor<2x8x8xf32>, tensor<2x8xf32>) attributes {tile_rows = 8 : i64, chunk = 2 : i64} {
    ^bb0(%d: tensor<8x8xf32>, %n: tensor<8x8xf32>, %prev: tensor<8x8xf32>, %w: tensor<8x8xf32>):
      %g = kiln.fusion "cell.dz@a.toml:3" elementwise (%d, %n) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%d1: tensor<8x8xf32>, %n1: tensor<8x8xf32>):
        %q = kiln.mul %n1, %n1 : tensor<8x8xf32>
        %e = kiln.mul %q, %d1 : tensor<8x8xf32>
        %f = kiln.sub %d1, %e : tensor<8x8xf32>
        kiln.yield %f : tensor<8x8xf32>
      }
      %dn = kiln.fusion "cell.dh@a.toml:3" contraction (%g, %w) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%s1: tensor<8x8xf32>, %w1: tensor<8x8xf32>):
        %r = kiln.matmul %s1, %w1 : (tensor<8x8xf32>, tensor<8x8xf32>)
        kiln.yield %r : tensor<8x8xf32>
      }
      %c = kiln.fusion "cell.dU@a.toml:3" contraction (%prev, %g) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%s1: tensor<8x8xf32>, %w1: tensor<8x8xf32>):
        %r = kiln.matmul %s1 transposed, %w1 : (tensor<8x8xf32>, tensor<8x8xf32>)
        kiln.yield %r : tensor<8x8xf32>
      }
      %b = kiln.fusion "cell.db@a.toml:3" columns (%g) : (tensor<8x8xf32>) -> tensor<8xf32> {
      ^bb0(%s1: tensor<8x8xf32>):
        %r = kiln.reduce sum, %s1 along [0] : tensor<8x8xf32>
        kiln.yield %r : tensor<8xf32>
      }
      kiln.yield %dn, %g, %c, %b : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8xf32>
    }
  return %d0, %dz, %du, %db : tensor<16x8xf32>, tensor<16x5x8xf32>, tensor<2x8x8xf32>, tensor<2x8xf32>
}

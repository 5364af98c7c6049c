// A training step by hand: two layers, dropout, cross-entropy, metric, penalty,
// updates. All it reads are constants that are no splats, so nothing folds.
module {
  func.func @step() -> (tensor<5x4xf32>, tensor<4xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<3xf32>,
                        tensor<f32>, tensor<f32>) {
    %x = kiln.constant dense<[[-0.524, 0.088, -0.260, 0.208, 0.251], [-0.869, -0.974, 0.675, -0.481, -0.531], [0.991, -0.059, 0.673, -0.047, 0.278], [-0.699, 0.270, 0.736, 0.046, 0.483], [0.343, -0.872, 0.516, 0.182, -0.397], [-0.938, 0.731, -0.055, 0.438, 0.758]]> : tensor<6x5xf32>
    %w = kiln.constant dense<[[0.428, 0.842, -0.210, 0.602], [-0.111, 0.871, 0.758, -0.805], [-0.728, -0.566, 0.931, -0.128], [0.253, -0.398, 0.014, -0.228], [-0.298, 0.170, 0.169, 0.808]]> : tensor<5x4xf32>
    %b = kiln.constant dense<[0.364, 0.858, 0.713, 0.982]> : tensor<4xf32>
    %u = kiln.constant dense<[[0.343, -0.674, 0.721], [0.929, 0.809, 0.138], [0.428, -0.578, 0.663], [0.147, -0.430, -0.873]]> : tensor<4x3xf32>
    %c = kiln.constant dense<[0.708, 0.980, -0.823]> : tensor<3xf32>
    %um = kiln.constant dense<[[0.601, -0.179, -0.698], [-0.412, 0.538, 0.746], [-0.912, 0.229, -0.910], [0.437, -0.338, 0.762]]> : tensor<4x3xf32>
    %h = kiln.constant dense<[0.125, 0.0625]> : tensor<2xf32>
    %y = kiln.constant dense<[0, 2, 1, 1, 0, 2]> : tensor<6xi32>
    %weight = kiln.constant dense<[1.0, 0.5, 1.5, 1.0, 1.0, 0.25]> : tensor<6xf32>
    %rows = kiln.constant dense<5> : tensor<i64>
    %seed = kiln.constant dense<11> : tensor<i64>
    %one = kiln.constant dense<1.0> : tensor<f32>
    %zeros = kiln.constant dense<0.0> : tensor<6xf32>
    %zeroh = kiln.constant dense<0.0> : tensor<6x4xf32>
    %l2 = kiln.constant dense<0.0078125> : tensor<f32>
    %l2w = kiln.constant dense<0.0078125> : tensor<5x4xf32>

    %0 = kiln.matmul %x, %w : (tensor<6x5xf32>, tensor<5x4xf32>)
    %1 = kiln.broadcast %b along [1] : tensor<4xf32> to tensor<6x4xf32>
    %2 = kiln.add %0, %1 : tensor<6x4xf32>
    %3 = kiln.relu %2 : tensor<6x4xf32>
    %m = kiln.random_mask %seed, %seed, %rows {rate = 2.0e-01 : f64, stream = 9 : i64} : tensor<6x4xi1>
    %4 = kiln.dropout %3, %m {rate = 2.0e-01 : f64} : tensor<6x4xf32>, tensor<6x4xi1>
    %5 = kiln.matmul %4, %u : (tensor<6x4xf32>, tensor<4x3xf32>)
    %6 = kiln.broadcast %c along [1] : tensor<3xf32> to tensor<6x3xf32>
    %7 = kiln.add %5, %6 : tensor<6x3xf32>
    %8 = kiln.softmax %7 : tensor<6x3xf32>

    %9 = kiln.softmax_cross_entropy %7, %y : (tensor<6x3xf32>, tensor<6xi32>)
    %10 = kiln.mul %9, %weight : tensor<6xf32>
    %11 = kiln.row_mask %rows : tensor<6xi1>
    %12 = kiln.select %11, %10, %zeros : tensor<6xi1>, tensor<6xf32>
    %13 = kiln.reduce sum, %12 along [0] : tensor<6xf32>
    %14 = kiln.convert %rows : tensor<i64> to tensor<f32>
    %15 = kiln.div %13, %14 : tensor<f32>
    %16 = kiln.mul %w, %w : tensor<5x4xf32>
    %17 = kiln.reduce sum, %16 along [0, 1] : tensor<5x4xf32>
    %18 = kiln.mul %17, %l2 : tensor<f32>
    %19 = kiln.add %15, %18 : tensor<f32>
    %20 = kiln.argmax %8 : tensor<6x3xf32>
    %21 = kiln.compare eq, %20, %y : tensor<6xi32>
    %22 = kiln.convert %21 : tensor<6xi1> to tensor<6xf32>
    %23 = kiln.select %11, %22, %zeros : tensor<6xi1>, tensor<6xf32>
    %24 = kiln.reduce sum, %23 along [0] : tensor<6xf32>

    %25 = kiln.div %one, %14 : tensor<f32>
    %26 = kiln.broadcast %25 along [] : tensor<f32> to tensor<6xf32>
    %27 = kiln.select %11, %26, %zeros : tensor<6xi1>, tensor<6xf32>
    %28 = kiln.mul %27, %weight : tensor<6xf32>
    %29 = kiln.one_hot %y, 3 : tensor<6xi32>
    %30 = kiln.sub %8, %29 : tensor<6x3xf32>
    %31 = kiln.broadcast %28 along [0] : tensor<6xf32> to tensor<6x3xf32>
    %32 = kiln.mul %30, %31 : tensor<6x3xf32>
    %33 = kiln.reduce sum, %32 along [0] : tensor<6x3xf32>
    %34 = kiln.matmul %4 transposed, %32 : (tensor<6x4xf32>, tensor<6x3xf32>)
    %35 = kiln.matmul %32, %u transposed : (tensor<6x3xf32>, tensor<4x3xf32>)
    %36 = kiln.dropout %35, %m {rate = 2.0e-01 : f64} : tensor<6x4xf32>, tensor<6x4xi1>
    %37 = kiln.compare gt, %3, %zeroh : tensor<6x4xf32>
    %38 = kiln.select %37, %36, %zeroh : tensor<6x4xi1>, tensor<6x4xf32>
    %39 = kiln.reduce sum, %38 along [0] : tensor<6x4xf32>
    %40 = kiln.matmul %x transposed, %38 : (tensor<6x5xf32>, tensor<6x4xf32>)
    %41 = kiln.mul %w, %l2w : tensor<5x4xf32>
    %42 = kiln.add %41, %41 : tensor<5x4xf32>
    %43 = kiln.add %40, %42 : tensor<5x4xf32>

    %w1 = kiln.sgd_update %w, %43, %h : tensor<5x4xf32>
    %b1 = kiln.sgd_update %b, %39, %h : tensor<4xf32>
    %u1, %um1 = kiln.momentum_update %u, %34, %um, %h {momentum = 5.0e-01 : f64} : tensor<4x3xf32>
    %c1 = kiln.sgd_update %c, %33, %h : tensor<3xf32>
    return %w1, %b1, %u1, %um1, %c1, %19, %24
        : tensor<5x4xf32>, tensor<4xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<3xf32>,
          tensor<f32>, tensor<f32>
  }
}

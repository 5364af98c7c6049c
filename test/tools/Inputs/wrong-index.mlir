// Kernels that go wrong for some numbers; CASE(NUMBER) is called by main.
module {
  func.func private @malloc(i64) -> memref<256xi8>

  func.func @load(%block: memref<256xi8>, %i: index) attributes {kiln.kernel = "dense.forward@a.toml:3"} {
    %c0 = arith.constant 0 : index
    %x = memref.view %block[%c0][] : memref<256xi8> to memref<8x8xf32>
    %0 = memref.load %x[%i, %c0] : memref<8x8xf32> loc("a.toml":3:1)
    memref.store %0, %x[%c0, %c0] : memref<8x8xf32>
    return
  }
  func.func @store(%block: memref<256xi8>, %i: index) attributes {kiln.kernel = "dense.dW@a.toml:4"} {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %x = memref.view %block[%c0][] : memref<256xi8> to memref<8x8xf32>
    memref.store %zero, %x[%c0, %i] : memref<8x8xf32> loc("a.toml":4:1)
    return
  }
  func.func @vector_load(%block: memref<256xi8>, %i: index) {
    %c0 = arith.constant 0 : index
    %x = memref.view %block[%c0][] : memref<256xi8> to memref<64xf32>
    %0 = vector.load %x[%i] : memref<64xf32>, vector<16xf32> loc("a.toml":5:1)
    vector.store %0, %x[%c0] : memref<64xf32>, vector<16xf32>
    return
  }
  func.func @vector_store(%block: memref<256xi8>, %i: index) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant dense<0.0> : vector<16xf32>
    %x = memref.view %block[%c0][] : memref<256xi8> to memref<64xf32>
    vector.store %zero, %x[%i] : memref<64xf32>, vector<16xf32> loc("a.toml":6:1)
    return
  }
  // The first NUMBER of 16 lanes from element 56 on.
  func.func @masked_load(%block: memref<256xi8>, %i: index) {
    %c0 = arith.constant 0 : index
    %c56 = arith.constant 56 : index
    %zero = arith.constant dense<0.0> : vector<16xf32>
    %x = memref.view %block[%c0][] : memref<256xi8> to memref<64xf32>
    %mask = vector.create_mask %i : vector<16xi1>
    %0 = vector.maskedload %x[%c56], %mask, %zero : memref<64xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32> loc("a.toml":7:1)
    vector.store %0, %x[%c0] : memref<64xf32>, vector<16xf32>
    return
  }
  func.func @masked_store(%block: memref<256xi8>, %i: index) {
    %c0 = arith.constant 0 : index
    %c56 = arith.constant 56 : index
    %zero = arith.constant dense<0.0> : vector<16xf32>
    %x = memref.view %block[%c0][] : memref<256xi8> to memref<64xf32>
    %mask = vector.create_mask %i : vector<16xi1>
    vector.maskedstore %x[%c56], %mask, %zero : memref<64xf32>, vector<16xi1>, vector<16xf32> loc("a.toml":8:1)
    return
  }
  func.func @view(%block: memref<256xi8>, %i: index) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %x = memref.view %block[%i][] : memref<256xi8> to memref<8xf32> loc("a.toml":9:1)
    memref.store %zero, %x[%c0] : memref<8xf32>
    return
  }
  func.func @cast(%block: memref<256xi8>, %i: index) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i8
    %x = memref.reinterpret_cast %block to offset: [0], sizes: [2, %i], strides: [128, 1] : memref<256xi8> to memref<2x?xi8, strided<[128, 1]>> loc("a.toml":10:1)
    memref.store %zero, %x[%c0, %c0] : memref<2x?xi8, strided<[128, 1]>>
    return
  }

  func.func @main(%argc: i32) -> i32 {
    %size = arith.constant 256 : i64
    // By way of the command line, which LLVM cannot know.
    %given = arith.constant NUMBER : i32
    %one = arith.constant 1 : i32
    %more = arith.subi %argc, %one : i32
    %sum = arith.addi %given, %more : i32
    %number = arith.index_cast %sum : i32 to index
    %block = func.call @malloc(%size) : (i64) -> memref<256xi8>
    func.call @CASE(%block, %number) : (memref<256xi8>, index) -> ()
    %0 = arith.constant 0 : i32
    return %0 : i32
  }
}

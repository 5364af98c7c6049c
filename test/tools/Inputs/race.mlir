// Two threads write NUMBER lanes of a vector each, 8 elements apart.
module {
  func.func private @malloc(i64) -> memref<64xf32>
  func.func private @omp_get_thread_num() -> i32

  func.func @kernel(%x: memref<64xf32>, %thread: index, %n: index) {
    %c8 = arith.constant 8 : index
    %at = arith.muli %thread, %c8 : index
    %zero = arith.constant dense<0.0> : vector<16xf32>
    %mask = vector.create_mask %n : vector<16xi1>
    vector.maskedstore %x[%at], %mask, %zero : memref<64xf32>, vector<16xi1>, vector<16xf32> loc("a.toml":5:1)
    return
  }
  func.func @main(%argc: i32) -> i32 {
    %size = arith.constant 256 : i64
    // By way of the command line, which LLVM cannot know.
    %given = arith.constant NUMBER : i32
    %one = arith.constant 1 : i32
    %more = arith.subi %argc, %one : i32
    %sum = arith.addi %given, %more : i32
    %n = arith.index_cast %sum : i32 to index
    %threads = arith.constant 2 : i32
    %x = func.call @malloc(%size) : (i64) -> memref<64xf32>
    omp.parallel num_threads(%threads : i32) {
      %number = func.call @omp_get_thread_num() : () -> i32
      %thread = arith.index_cast %number : i32 to index
      func.call @kernel(%x, %thread, %n) : (memref<64xf32>, index, index) -> ()
      omp.terminator
    }
    %0 = arith.constant 0 : i32
    return %0 : i32
  }
}

// Doubles NUMBER vectors of 16 floats in memory that has room for 4.
module {
  func.func private @malloc(i64) -> memref<64xf32>

  func.func @kernel(%x: memref<64xf32>, %n: index) attributes {passthrough = ["noinline"]} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    scf.for %i = %c0 to %n step %c1 {
      %at = arith.muli %i, %c16 : index
      %0 = vector.load %x[%at] : memref<64xf32>, vector<16xf32> loc("a.toml":5:1)
      %1 = arith.addf %0, %0 : vector<16xf32>
      vector.store %1, %x[%at] : memref<64xf32>, vector<16xf32> loc("a.toml":6:1)
    }
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
    %x = func.call @malloc(%size) : (i64) -> memref<64xf32>
    func.call @kernel(%x, %n) : (memref<64xf32>, index) -> ()
    %c0 = arith.constant 0 : index
    %0 = memref.load %x[%c0] : memref<64xf32>
    %1 = arith.fptosi %0 : f32 to i32
    return %1 : i32
  }
}

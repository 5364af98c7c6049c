//===- Passes.td - kiln to buffers, vectors and OpenMP -----*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_PASSES_TD
#define KILN_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def HoistInvariantGroups
    : Pass<"kiln-hoist-invariant-groups", "::mlir::func::FuncOp"> {
  let summary = "what depends on parameters alone runs once a run";
  let description = [{
    Evaluation and prediction leave parameters as they are, so whatever groups
    compute from them alone (transposed weights, a projected embedding table) is
    the same at every step. Such groups get the attribute `kiln.once`: they come
    first in the schedule, run before the step loop, and their results share
    memory with nothing of a step. In `@train_step` each parameter is renewed,
    hence nothing is invariant.
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def Schedule : Pass<"kiln-schedule", "::mlir::func::FuncOp"> {
  let summary = "order the groups and choose how threads share each";
  let description = [{
    Sorts the groups of a function topologically, so that a group which
    overwrites a donated argument comes after the other readers of it, and sets
    `partition`. Neighbours that share data get the same partition where they
    can, for then no barrier is needed between them. The choice depends on the
    model alone, never on the number of threads.
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def InsertBarriers : Pass<"kiln-insert-barriers", "::mlir::func::FuncOp"> {
  let summary = "put a barrier where threads would race";
  let description = [{
    Two groups that touch the same buffer, one of them writing, need a barrier
    between them unless each thread touches only elements that are its own in
    both. Places the fewest barriers that separate all such pairs; where it has
    the choice, none inside a run of groups on the same tiles of the batch that
    a recurrence is part of, so that the run can become one loop.
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def FormTileLoops : Pass<"kiln-form-tile-loops", "::mlir::func::FuncOp"> {
  let summary = "take one tile of the batch through many groups";
  let description = [{
    Groups between two barriers that are cut into the same tiles of the batch,
    a recurrence among them, become one loop: a thread runs all of them on one
    tile, then on the next, so that what they hand to each other stays in its
    caches and needs memory for one tile only. `kiln.tile_loop` numbers the
    loop that a group belongs to. Threads take tiles as they come to them, so
    that none waits for another's long one; a barrier keeps that apart from
    neighbours in which threads have fixed shares. No bit changes: a group
    computes each tile by itself anyway.
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def PlanMemory : Pass<"kiln-plan-memory", "::mlir::ModuleOp"> {
  let summary = "give every value its place";
  let description = [{
    Parameters and slots lie in the state block, in one order for all programs.
    Donated results take the place of their arguments when nothing reads the old
    value later (else they are copied there at the end of the step). Other
    values get an offset in the arena; values share space when a barrier lies
    between the last use of one and the first of the other. Places are attributes
    of the groups; the function's attributes hold the totals.
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def VerifyPlan : Pass<"kiln-verify-plan", "::mlir::ModuleOp"> {
  let summary = "gate: no two values that live at one time share memory";
  let description = [{
    Works out anew, from uses and barriers alone, when each value lives, and
    rejects a plan in which two values have bytes in common while both live, a
    value lies outside of its block, a result overwrites an argument that is
    read later, or a value with room for one tile is read outside of its loop.
  }];
}

def LowerToSpmd : Pass<"kiln-lower-to-spmd", "::mlir::ModuleOp"> {
  let summary = "programs of one parallel region, groups as functions";
  let description = [{
    Each of `@train_step`, `@evaluate` and `@predict` becomes a program
    (runtime/Abi.h): one `omp.parallel`, the step loop, calls of the runtime, and
    one call a group, with `omp.barrier` where `kiln.barrier` stood. Each group
    becomes a function on memrefs that loops over the units of its partition
    that belong to its thread: contractions as register tiles of 1-D vectors
    with their epilogues in registers, all else as vectors of 16 lanes.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::omp::OpenMPDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::mlir::LLVM::LLVMDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"512",
           "width of the target's vectors: 512 or 256">,
    Option<"matrixUnit", "matrix-unit", "bool", /*default=*/"false",
           "the target multiplies tiles of bfloat16 (AMX)">,
    Option<"stamps", "stamps", "bool", /*default=*/"false",
           "report the end of every group to the runtime (bench, trace)">,
    Option<"omitBarrier", "omit-barrier", "int64_t", /*default=*/"-1",
           "leave out this barrier of the module, from 0: a race for tests">];
}

def ShareKernels : Pass<"kiln-share-kernels", "::mlir::ModuleOp"> {
  let summary = "kernels that are equal but for their names become one";
  let description = [{
    Layers of one kind and size have the same kernels, and so have the forward
    passes of `@evaluate` and `@predict`. Of private functions that are equal
    but for their names the first stays, and all calls go to it; calls keep their
    lines of the model, so that a breakpoint at a layer's line stops at its
    calls, and `kiln bench` and `--trace` go by the call anyway.

    Kernels of one line always become one. Those of several lines do so only
    where the module has more than `own-lines` kernels left, since inside of
    them a debugger and a profile show the first one's line.

    ```mlir
    func.func @kiln_train(%x: memref<8xf32>, %y: memref<8xf32>) {
      call @dense.forward(%x, %y) : (memref<8xf32>, memref<8xf32>) -> ()
      call @dense_1.forward(%y, %x) : (memref<8xf32>, memref<8xf32>) -> ()
      return
    }
    ```
    becomes, if the two have the same body,
    ```mlir
    func.func @kiln_train(%x: memref<8xf32>, %y: memref<8xf32>) {
      call @dense.forward(%x, %y) : (memref<8xf32>, memref<8xf32>) -> ()
      call @dense.forward(%y, %x) : (memref<8xf32>, memref<8xf32>) -> ()
      return
    }
    ```
  }];
  let options = [
    Option<"ownLines", "own-lines", "unsigned", /*default=*/"32",
           "up to so many kernels, those of each line stay apart">];
}

def VerifyTiled : Pass<"kiln-verify-tiled", "::mlir::ModuleOp"> {
  let summary = "gate: only ops that the LLVM lowering knows are left";
  let description = [{
    Rejects kiln ops, tensors, allocations and ops outside the closed set of
    dialects that code generation emits, and locations that LLVM would turn
    into line 0.
  }];
}

def CheckBounds : Pass<"kiln-check-bounds", "::mlir::ModuleOp"> {
  let summary = "end the program before it touches what is not its own";
  let description = [{
    In front of every load and store, whose indices may be wrong, goes a
    comparison with the shape of its memref, and a call of the runtime that
    names the kernel and the line of the model file. Of a masked vector only the
    lanes from the first valid one to the last count. Views and casts inside of
    kernels are compared with the memory that they are made from. What is known
    when compiling to be right costs nothing.

        %0 = memref.load %x[%i] : memref<64xf32>

    becomes

        %end = arith.addi %i, %c1 : index
        %above = arith.cmpi sge, %i, %c0 : index
        %below = arith.cmpi sle, %end, %c64 : index
        ...
        scf.if %bad {
          %where = llvm.mlir.addressof @"where.mlp.toml:14:1: ..." : !llvm.ptr
          func.call @kiln_rt_out_of_bounds(%where, ...)
        }
        %0 = memref.load %x[%i] : memref<64xf32>

    Not checked: addresses that the runtime is handed, and that a kernel keeps to
    its own tile of what has memory for one tile.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
    "::mlir::LLVM::LLVMDialect"];
}

def ConvertToLLVM : Pass<"kiln-convert-to-llvm", "::mlir::ModuleOp"> {
  let summary = "all that is tiled to the LLVM dialect, in one conversion";
  let description = [{
    Memrefs become bare pointers in signatures. OpenMP ops stay: translation to
    LLVM IR outlines the parallel regions.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // KILN_CODEGEN_PASSES_TD

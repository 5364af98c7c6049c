//===- KilnDialect.h - The kiln dialect -------------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNDIALECT_H
#define KILN_IR_KILNDIALECT_H

#include "mlir/IR/Dialect.h"
#include "llvm/ADT/StringRef.h"

#include "ir/KilnDialect.h.inc"

namespace kiln {

/// Names of the discardable attributes by which functions say what their
/// arguments and results are. README.md lists which function has which.
namespace attrs {
/// Argument: the parameter's current value; result: its gradient's owner.
inline constexpr llvm::StringLiteral param("kiln.param");
/// Argument: an optimizer slot of the parameter in `kiln.param`, by Keras's
/// name (`momentum`, `velocity`).
inline constexpr llvm::StringLiteral slot("kiln.slot");
/// Argument: `input`, `target`, `weight`, `rows`, `seed`, `epoch`, `step`,
/// `hyper`; result: `output`, `loss`, `metric`.
inline constexpr llvm::StringLiteral role("kiln.role");
/// Argument of role `input`, result of role `metric`: the name it goes by.
inline constexpr llvm::StringLiteral name("kiln.name");
/// Result: the gradient of the loss by this parameter.
inline constexpr llvm::StringLiteral gradientOf("kiln.gradient_of");
/// Result: the index of the argument whose storage it takes over.
inline constexpr llvm::StringLiteral donates("kiln.donates");
/// Argument, result: where it lives, once planned (`#kiln.place`).
inline constexpr llvm::StringLiteral place("kiln.place");
/// Fusion group: the place of each result, once planned.
inline constexpr llvm::StringLiteral places("kiln.places");
/// Fusion group (unit): runs once a program run, before the steps.
inline constexpr llvm::StringLiteral once("kiln.once");
/// Fusion group: the number of the input that lists the rows of each sample;
/// those from its first -1 on do not exist.
inline constexpr llvm::StringLiteral ragged("kiln.ragged");
/// Fusion group (unit): a contraction that passes over zeros of its left
/// operand.
inline constexpr llvm::StringLiteral skipZeros("kiln.skip_zeros");
/// Fusion group: the number of the input, a part of the batch, whose next
/// samples its kernel asks the caches for.
inline constexpr llvm::StringLiteral askAhead("kiln.ask_ahead");
/// Fusion group: the tile loop that it belongs to, counted in its function.
inline constexpr llvm::StringLiteral tileLoop("kiln.tile_loop");
/// Function (unit): wants the samples of a batch sorted by length.
inline constexpr llvm::StringLiteral arranged("kiln.arranged");
/// Fusion group: where its scratch memory begins in a thread's area.
inline constexpr llvm::StringLiteral scratch("kiln.scratch");
/// Function: the size of each block that it needs, once planned.
inline constexpr llvm::StringLiteral stateBytes("kiln.state_bytes");
inline constexpr llvm::StringLiteral arenaBytes("kiln.arena_bytes");
inline constexpr llvm::StringLiteral threadBytes("kiln.thread_bytes");
inline constexpr llvm::StringLiteral resultBytes("kiln.result_bytes");
/// Module: the model's name.
inline constexpr llvm::StringLiteral model("kiln.model");
/// Module: samples in a batch, fixed at compile time.
inline constexpr llvm::StringLiteral batch("kiln.batch");
/// Module: the phase that the module has reached (passes/Phases.h).
inline constexpr llvm::StringLiteral phase("kiln.phase");
} // namespace attrs

/// Names of the functions that a module may hold.
namespace funcs {
inline constexpr llvm::StringLiteral forward("forward");
inline constexpr llvm::StringLiteral trainStep("train_step");
inline constexpr llvm::StringLiteral evaluate("evaluate");
inline constexpr llvm::StringLiteral predict("predict");
} // namespace funcs

} // namespace kiln

#endif // KILN_IR_KILNDIALECT_H

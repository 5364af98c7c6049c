//===- Weights.h - Parameters in files ------------------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_WEIGHTS_H
#define KILN_RUNTIME_WEIGHTS_H

#include "runtime/Engine.h"
#include "runtime/Safetensors.h"

namespace kiln::rt {

/// Copies the tensors of `file` into the state block: all parameters, and with
/// `withSlots` the optimizer's slots. F64 is rounded. A tensor that is missing,
/// has another shape, or that the model lacks (unless a slot or kept) is an
/// error that names it, and so is one that is not finite.
Status takeTensors(const SafetensorsFile &file, const Engine &engine,
                   bool withSlots);

/// Reads the second set of weights that a checkpoint may hold (`kept/<path>`)
/// into `kept`, which is empty afterwards where there is none.
Status takeKept(const SafetensorsFile &file, const Engine &engine,
                std::vector<float> &kept);

/// Copies the parameters into `kept`, in model order.
void keepWeights(const Engine &engine, std::vector<float> &kept);

/// Exchanges the parameters and `kept`.
void swapWeights(const Engine &engine, std::vector<float> &kept);

/// The vocabulary that `file` keeps, as Tokenizer gave it; empty if none.
std::string findVocabulary(const SafetensorsFile &file);

/// Reads parameters from a safetensors file under Keras's names, and the
/// vocabulary that is with them unless `vocabulary` is null.
Status loadWeights(const std::string &path, const Engine &engine,
                   std::string *vocabulary = nullptr);

/// SHA-256 over the parameters in model order: name, NUL, little-endian f32,
/// row-major.
std::string hashWeights(const Engine &engine);

/// The first parameter with a NaN or an infinity, or null.
const TensorInfo *findNonFinite(const Engine &engine);

/// Sets parameters to their start under `seed` and slots to zero.
void initializeState(const Engine &engine, int64_t seed);

} // namespace kiln::rt

#endif // KILN_RUNTIME_WEIGHTS_H

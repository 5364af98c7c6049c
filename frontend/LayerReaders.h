//===- LayerReaders.h - Layer types of model files --------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_LAYERREADERS_H
#define KILN_FRONTEND_LAYERREADERS_H

#include "frontend/TableReader.h"

namespace kiln {

/// A layer type that a model file may name.
struct LayerType {
  /// Keras's class name.
  llvm::StringLiteral name;
  /// Reads the type's own options into `options`.
  void (*read)(TableReader &table, model::LayerOptionsUnion &options,
               ReadContext &context);
};

/// All of them, in the order of the documentation.
llvm::ArrayRef<LayerType> getLayerTypes();

/// Keras's default name of a layer of a type: `MultiHeadAttention` becomes
/// `multi_head_attention`.
std::string getDefaultName(llvm::StringRef type);

/// That name, numbered from its second use on: `lstm`, `lstm_1`. `unnamed`
/// counts the uses.
std::string makeDefaultName(llvm::StringRef type,
                            llvm::StringMap<unsigned> &unnamed);

} // namespace kiln

#endif // KILN_FRONTEND_LAYERREADERS_H

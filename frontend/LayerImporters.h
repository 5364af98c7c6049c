//===- LayerImporters.h - One function a layer type -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_LAYERIMPORTERS_H
#define KILN_FRONTEND_LAYERIMPORTERS_H

#include "frontend/ForwardBuilder.h"

namespace kiln {

/// Imports a layer of one type: builds its ops on `input`, whose first
/// dimension is the batch. Null after an error that has been reported.
using ImportLayer = LayerValue (*)(const model::LayerOptionsUnion &options,
                                   LayerValue input, ForwardBuilder &builder);

/// The function for the layers with such options.
ImportLayer getLayerImporter(model::LayerOptions type);

/// LSTM, GRU and SimpleRNN.
LayerValue importRecurrent(const model::LayerOptionsUnion &options,
                           LayerValue input, ForwardBuilder &builder);
LayerValue importBidirectional(const model::LayerOptionsUnion &options,
                               LayerValue input, ForwardBuilder &builder);

} // namespace kiln

#endif // KILN_FRONTEND_LAYERIMPORTERS_H

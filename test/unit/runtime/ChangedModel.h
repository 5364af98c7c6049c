//===- ChangedModel.h - The fake model with another manifest -- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_RUNTIME_CHANGEDMODEL_H
#define KILN_TEST_UNIT_RUNTIME_CHANGEDMODEL_H

#include "FakeModel.h"

#include "frontend/manifest_generated.h"

#include <deque>
#include <functional>

namespace kiln {

using Change = std::function<void(model::ManifestT &)>;

/// The fake model as `change` makes it; it lives for ever.
inline kiln_model changeFakeModel(const Change &change) {
  kiln_model object = makeFakeModel();
  std::unique_ptr<model::ManifestT> manifest =
      model::UnPackManifest(object.manifest);
  change(*manifest);
  static auto &builders = *new std::deque<flatbuffers::FlatBufferBuilder>;
  flatbuffers::FlatBufferBuilder &builder = builders.emplace_back();
  model::FinishManifestBuffer(builder,
                              model::CreateManifest(builder, manifest.get()));
  object.manifest = builder.GetBufferPointer();
  object.manifest_size = builder.GetSize();
  return object;
}

} // namespace kiln

#endif // KILN_TEST_UNIT_RUNTIME_CHANGEDMODEL_H

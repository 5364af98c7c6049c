//===- Info.cpp - The verb info -------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Array.h"
#include "runtime/Session.h"

namespace kiln::rt {

/// `LSTM, 64 units, dropout 0.2, all steps`.
static std::string describe(const model::RecurrentOptions &recurrent) {
  static const char *const kinds[] = {"SimpleRNN", "LSTM", "GRU"};
  std::string text = format("%s, %lld units", kinds[recurrent.kind() % 3],
                            (long long)recurrent.units());
  if (recurrent.dropout() > 0)
    text += format(", dropout %g", recurrent.dropout());
  if (recurrent.recurrent_dropout() > 0)
    text += format(", recurrent dropout %g", recurrent.recurrent_dropout());
  if (recurrent.go_backwards())
    text += ", backwards";
  return text + (recurrent.return_sequences() ? ", all steps" : "");
}

static std::string layerLine(const model::Layer &layer) {
  std::string name = layer.name() ? layer.name()->str() : "";
  if (const auto *dense = layer.options_as_DenseOptions())
    return format("%s: Dense, %lld units, %s", name.c_str(),
                  (long long)dense->units(),
                  model::EnumNameActivation(dense->activation()));
  if (const auto *activation = layer.options_as_ActivationOptions())
    return format("%s: Activation, %s", name.c_str(),
                  model::EnumNameActivation(activation->activation()));
  if (const auto *dropout = layer.options_as_DropoutOptions())
    return format("%s: Dropout, rate %g", name.c_str(), dropout->rate());
  if (const auto *dropout = layer.options_as_SpatialDropout1DOptions())
    return format("%s: SpatialDropout1D, rate %g", name.c_str(),
                  dropout->rate());
  if (const auto *embedding = layer.options_as_EmbeddingOptions())
    return format("%s: Embedding, %lld rows of %lld%s", name.c_str(),
                  (long long)embedding->input_dim(),
                  (long long)embedding->output_dim(),
                  embedding->mask_zero() ? ", id 0 masked" : "");
  if (const auto *recurrent = layer.options_as_RecurrentOptions())
    return name + ": " + describe(*recurrent);
  if (const auto *both = layer.options_as_BidirectionalOptions())
    return format("%s: Bidirectional, %s, ", name.c_str(),
                  model::EnumNameMergeMode(both->merge_mode())) +
           (both->layer() ? describe(*both->layer()) : "a layer");
  switch (layer.options_type()) {
  case model::LayerOptions_FlattenOptions:
    return name + ": Flatten";
  case model::LayerOptions_GlobalAveragePooling1DOptions:
    return name + ": GlobalAveragePooling1D";
  case model::LayerOptions_GlobalMaxPooling1DOptions:
    return name + ": GlobalMaxPooling1D";
  default:
    return name + ": a layer";
  }
}

static std::string kernelLines(const char *what, const ProgramInfo &program) {
  std::string text =
      format("%s: %zu kernels, %.3f MFLOP a step, %llu KB of "
             "scratch memory and %llu KB a thread\n",
             what, program.kernels.size(), double(program.flops()) * 1e-6,
             (unsigned long long)program.arenaBytes >> 10,
             (unsigned long long)program.threadBytes >> 10);
  for (const KernelInfo &kernel : program.kernels)
    text += format("  %-40s %10.3f MFLOP  %s\n", kernel.id.c_str(),
                   double(kernel.flops) * 1e-6, kernel.summary.c_str());
  return text;
}

Status runInfo(Session &session) {
  const Model &model = session.model;
  const model::Manifest &manifest = *model.manifest;
  const model::Compile &compile = *model.source->compile();
  std::string cpu = manifest.cpu() ? manifest.cpu()->str() : "";
  if (session.options.json) {
    session.events.make("info")
        .field("model", model.name)
        .field("parameters", model.parameterCount())
        .field("batch_size", model.batchSize)
        .field("input_shape", model.inputShape.data(),
               int64_t(model.inputShape.size()))
        .field("output_shape", model.outputShape.data(),
               int64_t(model.outputShape.size()))
        .field("loss", model::EnumNameLossKind(compile.loss()->kind()))
        .field("optimizer",
               model::EnumNameOptimizerKind(compile.optimizer()->kind()))
        .field("kernels", int64_t(model.train.kernels.size()))
        .field("flops", int64_t(model.train.flops()))
        .field("state_bytes", int64_t(model.stateBytes))
        .field("cpu", cpu)
        .field("fused", manifest.fused())
        .field("version", KILN_VERSION);
    session.events.send();
    return Status();
  }
  std::string text = format(
      "%s, from %s\n", model.name.c_str(),
      model.source->source() ? model.source->source()->c_str() : "a model");
  text +=
      format("input: %s, batches of %lld\n",
             showShape(model.inputShape).c_str(), (long long)model.batchSize);
  if (model.source->layers())
    for (const model::Layer *layer : *model.source->layers())
      text += "  " + layerLine(*layer) + "\n";
  text += format("output: %s\nparameters: %lld\n",
                 showShape(model.outputShape).c_str(),
                 (long long)model.parameterCount());
  for (const TensorInfo &parameter : model.parameters)
    text += format("  %-40s %s\n", parameter.name.c_str(),
                   showShape(parameter.shape).c_str());
  text += format("loss: %s\noptimizer: %s, learning rate %g\n",
                 model::EnumNameLossKind(compile.loss()->kind()),
                 model::EnumNameOptimizerKind(compile.optimizer()->kind()),
                 compile.optimizer()->learning_rate());
  text += format("built for: %s%s by kiln %s\n", cpu.c_str(),
                 manifest.fused() ? "" : ", not fused", KILN_VERSION);
  text += kernelLines("train", model.train);
  if (session.options.verbose > 1) {
    text += kernelLines("evaluate", model.evaluate);
    text += kernelLines("predict", model.predict);
  }
  return writeStdout(text);
}

} // namespace kiln::rt

//===- Lint.cpp - What is sound but silly ---------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Checks.h"

using namespace kiln;

namespace {

class Lint : Checks {
public:
  Lint(const model::ModelT &model, const ValuePlaces &places,
       Diagnostics &diagnostics)
      : Checks(model, places, diagnostics) {}

  void run();

private:
  void checkEmbedding(const model::LayerT &layer,
                      const model::EmbeddingOptionsT &embedding);
  void checkLength();
  void checkValidationSplit();
};

} // namespace

static std::string describe(const model::LayerT &layer) {
  return "'" + layer.name + "' at line " +
         std::to_string(getPosition(layer.position).line());
}

void Lint::run() {
  if (!model.data)
    return;
  checkLength();
  checkValidationSplit();
  for (const auto &layer : model.layers)
    if (const auto *embedding = layer->options.AsEmbeddingOptions())
      checkEmbedding(*layer, *embedding);
}

void Lint::checkEmbedding(const model::LayerT &layer,
                          const model::EmbeddingOptionsT &embedding) {
  // `num_words` counts the padding's 0: the largest id is one less.
  const model::TokenizerT *tokenizer = model.data->tokenizer.get();
  if (tokenizer && tokenizer->num_words > embedding.input_dim)
    warning(getPosition(tokenizer->position), "num_words",
            "the tokenizer's ids go to " +
                llvm::Twine(tokenizer->num_words - 1) + ", but the Embedding " +
                describe(layer) + " has only " +
                llvm::Twine(embedding.input_dim) + " rows",
            "set input_dim = " + llvm::Twine(tokenizer->num_words));
  const model::PadSequencesT *pad = model.data->pad_sequences.get();
  if (pad && pad->value != 0 && embedding.mask_zero)
    warning(getPosition(pad->position), "value",
            "sequences are padded with " + llvm::Twine(pad->value) +
                ", but 'mask_zero' of the Embedding " + describe(layer) +
                " masks id 0",
            "leave 'value' out");
}

/// Not a warning: such a trainer could read no sample.
void Lint::checkLength() {
  const model::PadSequencesT *pad = model.data->pad_sequences.get();
  int64_t length = model.inputs.front()->shape.front();
  if (pad && pad->maxlen > 0 && pad->maxlen != length)
    error(getPosition(pad->position), "maxlen",
          "sequences are padded to " + llvm::Twine(pad->maxlen) +
              " steps, but the input takes " + llvm::Twine(length),
          "set maxlen = " + llvm::Twine(length));
}

void Lint::checkValidationSplit() {
  if (model.fit->validation_split == 0)
    return;
  Position node = getPosition(model.fit->position);
  if (model.data->validation)
    warning(node, "validation_split",
            "'validation_split' has no effect where [data] has 'validation'");
  else if (model.data->reader == model::ReaderKind_text_folders)
    warning(node, "validation_split",
            "'validation_split' takes the last part of the training data, and "
            "the text-folders reader reads one class after the other: the last "
            "class alone would be validated",
            "name a split as 'validation' in [data]");
}

void kiln::lintModel(const model::ModelT &model, const ValuePlaces &places,
                     Diagnostics &diagnostics) {
  Lint(model, places, diagnostics).run();
}

bool kiln::lintUnmaskedRecurrence(const model::ModelT &model,
                                  const model::LayerT &layer, bool forward,
                                  bool backward, Diagnostics &diagnostics) {
  if (!model.data)
    return false;
  const model::DataT &data = *model.data;
  bool isPost =
      data.pad_sequences && data.pad_sequences->padding == model::Side_post;
  if (!readsTexts(data) || !(isPost ? forward : backward))
    return false;
  std::string hint;
  for (const auto &candidate : model.layers)
    if (candidate->options.AsEmbeddingOptions() && hint.empty())
      hint = "set mask_zero = true in " + describe(*candidate);
  diagnostics.warning(
      getPosition(layer.position),
      llvm::Twine(isPost ? "post" : "pre") +
          "-padded text feeds a recurrent layer without a mask: " +
          (isPost ? "" : "running backwards, ") +
          "it has forgotten the text when the padding ends",
      hint);
  return true;
}

//===- LintTest.cpp - What is sound but silly -----------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/ModelImporter.h"
#include "frontend/ModelReader.h"
#include "frontend/Validate.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {

/// A model of texts, and the layers between its embedding and its output.
class Lint : public testing::Test {
protected:
  void parse(llvm::StringRef layers, bool isMasked = false) {
    std::string text = "[input]\nshape = [5]\ndtype = \"int32\"\n"
                       "[[layer]]\ntype = \"Embedding\"\ninput_dim = 10\n"
                       "output_dim = 3\nmask_zero = ";
    text += isMasked ? "true\n" : "false\n";
    text += layers.str() + "[[layer]]\ntype = \"Dense\"\nunits = 1\n"
                           "[compile]\noptimizer = \"sgd\"\nloss = \"mse\"\n";
    Diagnostics diagnostics;
    model = parseModel(text, "text.toml", diagnostics);
    ASSERT_TRUE(model);
    model->data = std::make_unique<model::DataT>();
    model->data->reader = model::ReaderKind_text_folders;
    tokenizer = new model::TokenizerT();
    tokenizer->num_words = 10;
    tokenizer->split = " ";
    model->data->tokenizer.reset(tokenizer);
    padding = new model::PadSequencesT();
    model->data->pad_sequences.reset(padding);
  }

  /// All that validation and import say, `line: message; hint` a line.
  std::string say() {
    Diagnostics diagnostics;
    validateModel(*model, ValuePlaces(), diagnostics);
    if (!diagnostics.hasErrors())
      importModel(*model, context, ImportOptions(), diagnostics);
    std::string text;
    llvm::raw_string_ostream os(text);
    for (const Diagnostic &diagnostic : diagnostics.getAll()) {
      os << diagnostic.position.line() << ": "
         << (diagnostic.severity == Severity::Error ? "error: " : "")
         << diagnostic.message;
      if (!diagnostic.hint.empty())
        os << "; " << diagnostic.hint;
      os << "\n";
    }
    return text;
  }

  std::unique_ptr<model::ModelT> model;
  model::TokenizerT *tokenizer = nullptr;
  model::PadSequencesT *padding = nullptr;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
};

constexpr llvm::StringLiteral lstm = "[[layer]]\ntype = \"LSTM\"\nunits = 2\n";
constexpr llvm::StringLiteral backwards =
    "[[layer]]\ntype = \"GRU\"\nunits = 2\ngo_backwards = true\n";
constexpr llvm::StringLiteral both =
    "[[layer]]\ntype = \"Bidirectional\"\n"
    "layer = { type = \"SimpleRNN\", units = 2 }\n";
constexpr llvm::StringLiteral stack =
    "[[layer]]\ntype = \"LSTM\"\nunits = 2\nreturn_sequences = true\n"
    "[[layer]]\ntype = \"LSTM\"\nunits = 2\n";

constexpr llvm::StringLiteral post =
    "10: post-padded text feeds a recurrent layer without a mask: it has "
    "forgotten the text when the padding ends; set mask_zero = true in "
    "'embedding' at line 5\n";
constexpr llvm::StringLiteral pre =
    "10: pre-padded text feeds a recurrent layer without a mask: running "
    "backwards, it has forgotten the text when the padding ends; set mask_zero "
    "= true in 'embedding' at line 5\n";

} // namespace

TEST_F(Lint, PaddingAfterTheText) {
  for (llvm::StringRef layers : {lstm, both, stack}) {
    parse(layers);
    padding->padding = model::Side_post;
    EXPECT_EQ(say(), post);
  }
  parse(backwards);
  padding->padding = model::Side_post;
  EXPECT_EQ(say(), "");
}

TEST_F(Lint, PaddingBeforeTheText) {
  // Keras's default.
  for (llvm::StringRef layers : {backwards, both}) {
    parse(layers);
    EXPECT_EQ(say(), pre);
    model->data->pad_sequences = nullptr;
    EXPECT_EQ(say(), pre);
  }
  for (llvm::StringRef layers : {lstm, stack}) {
    parse(layers);
    EXPECT_EQ(say(), "");
  }
}

TEST_F(Lint, MasksAndNumbersAreSilent) {
  for (llvm::StringRef layers : {lstm, backwards, both, stack}) {
    for (model::Side side : {model::Side_pre, model::Side_post}) {
      parse(layers, /*isMasked=*/true);
      padding->padding = side;
      EXPECT_EQ(say(), "");
    }
    parse(layers);
    model->data = nullptr;
    EXPECT_EQ(say(), "");
  }
}

TEST_F(Lint, VocabularyLargerThanTheTable) {
  parse(lstm);
  tokenizer->position = std::make_unique<model::Position>(3, 1);
  // The largest id is num_words - 1.
  tokenizer->num_words = 10;
  EXPECT_EQ(say(), "");
  tokenizer->num_words = 11;
  EXPECT_EQ(say(), "3: the tokenizer's ids go to 10, but the Embedding "
                   "'embedding' at line 5 has only 10 rows; set input_dim = "
                   "11\n");
}

TEST_F(Lint, PaddingThatNoMaskKnows) {
  parse(lstm);
  padding->position = std::make_unique<model::Position>(4, 1);
  padding->value = 2;
  EXPECT_EQ(say(), "");
  parse(lstm, /*isMasked=*/true);
  padding->position = std::make_unique<model::Position>(4, 1);
  padding->value = 2;
  EXPECT_EQ(say(), "4: sequences are padded with 2, but 'mask_zero' of the "
                   "Embedding 'embedding' at line 5 masks id 0; leave 'value' "
                   "out\n");
}

TEST_F(Lint, LengthThatTheInputDoesNotTake) {
  parse(lstm);
  padding->position = std::make_unique<model::Position>(4, 1);
  padding->maxlen = 5;
  EXPECT_EQ(say(), "");
  padding->maxlen = 6;
  EXPECT_EQ(say(), "4: error: sequences are padded to 6 steps, but the input "
                   "takes 5; set maxlen = 5\n");
}

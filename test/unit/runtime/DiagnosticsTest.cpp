//===- DiagnosticsTest.cpp - What the runtime says of what is wrong -------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ChangedModel.h"
#include "TestFiles.h"

#include "runtime/Checkpoint.h"
#include "runtime/DataCsv.h"
#include "runtime/DataIdx.h"
#include "runtime/DataNpy.h"
#include "runtime/DataText.h"
#include "runtime/Dataset.h"
#include "runtime/DurableFile.h"
#include "runtime/History.h"
#include "runtime/Image.h"
#include "runtime/Input.h"
#include "runtime/KernelBench.h"
#include "runtime/Safetensors.h"
#include "runtime/Weights.h"

#include <cmath>
#include <gtest/gtest.h>
#include <zlib.h>

using namespace kiln;
using namespace kiln::rt;

namespace {
using Damage = Change;

/// What is wrong with a manifest, and what is said of it.
struct Case {
  Damage damage;
  std::string error;
};

class Diagnostics : public TemporaryFolder {
protected:
  /// Writes an .npy file of f32 and returns its path.
  std::string writeArray(const std::string &name,
                         const std::vector<int64_t> &shape,
                         const std::vector<float> &values) {
    std::string path = folder + "/" + name;
    EXPECT_TRUE(writeNpy(path, shape, values.data()).ok());
    return path;
  }

  /// The message of reading train.npy and labels.npy into the fake model.
  std::string load(const Damage &change);
};
} // namespace

std::string Diagnostics::load(const Damage &damage) {
  Model model;
  Status status = Model::load(changeFakeModel(damage), model);
  EXPECT_TRUE(status.ok()) << status.message();
  TextReading texts;
  Dataset data;
  return loadSplit(model, model.source->data()->train(), "train", folder, texts,
                   data)
      .message();
}

//===----------------------------------------------------------------------===//
// Manifests
//===----------------------------------------------------------------------===//

TEST(ManifestDiagnostics, NameWhatIsDamaged) {
  const uint64_t most = uint64_t(1) << 50;
  const Case cases[] = {
      {[](auto &m) { m.abi = 99; },
       format("expected interface %d, got 99", KILN_ABI_VERSION)},
      {[](auto &m) { m.model = nullptr; }, "it lacks the model"},
      {[](auto &m) { m.model->inputs.clear(); }, "it lacks the model"},
      {[](auto &m) { m.model->name.clear(); }, "the model has no name"},
      {[](auto &m) { m.batch_size = 0; }, "batch size out of range"},
      {[=](auto &m) { m.state_bytes = most; }, "memory out of range"},
      {[](auto &m) { m.parameters[0]->name.clear(); }, "a tensor has no name"},
      {[](auto &m) { m.parameters[0]->shape[1] = -3; },
       "dense/kernel has the shape [16, -3]"},
      {[](auto &m) { m.parameters[0]->offset = 32; },
       "dense/kernel lies outside of its block"},
      {[](auto &m) { m.slots[3]->offset += 64; },
       "optimizer/dense/bias/velocity lies outside of its block"},
      {[](auto &m) { m.parameters[1]->initializer = nullptr; },
       "dense/bias has no initializer"},
      {[](auto &m) { m.evaluate = nullptr; }, "no program to evaluate"},
      {[=](auto &m) { m.train->arena_bytes = most; },
       "train: memory out of range"},
      {[](auto &m) { m.predict->operands[0]->shape[0] = 7; },
       "predict: an operand has no batch"},
      {[](auto &m) { m.predict->results.clear(); },
       "a program lacks its results"},
      {[](auto &m) { m.evaluate->results.pop_back(); },
       "a program lacks its results"},
      {[](auto &m) { m.model->compile->metrics[0]->name.clear(); },
       "a metric has no name"},
      {[](auto &m) {
         m.model->compile->metrics[0]->kind = model::MetricKind(99);
       },
       "a metric is of no known kind"},
      {[](auto &m) {
         m.model->compile->metrics[0]->kind = model::MetricKind_precision;
       },
       "a program lacks the results of its metrics"},
      {[](auto &m) { m.model->inputs[0]->shape = {4, 0}; },
       "the input has the shape [4, 0]"},
  };
  for (const Case &test : cases) {
    Model model;
    Status status = Model::load(changeFakeModel(test.damage), model);
    EXPECT_EQ(status.code(), InternalError);
    EXPECT_EQ(status.message(),
              "the program's manifest is damaged: " + test.error);
  }
  kiln_model object = makeFakeModel();
  object.manifest_size = 10;
  Model model;
  EXPECT_EQ(Model::load(object, model).message(),
            "the program's manifest is damaged: it is no manifest");
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

TEST_F(Diagnostics, OfIdx) {
  Array array;
  std::string path = write("a", std::string("\0\0\x08\x02\0\0\0\3\0\0", 10));
  EXPECT_EQ(readIdx(path, array).message(),
            path + ": truncated: expected 2 extents in the header");
}

TEST_F(Diagnostics, OfNpy) {
  auto refuse = [&](const std::string &header) {
    std::string length = {char(header.size()), '\0'};
    Array array;
    std::string message =
        readNpy(write("a", std::string("\x93NUMPY\x01\0", 8) + length + header +
                               std::string(8, '\0')),
                array)
            .message();
    std::string start = folder + "/a: ";
    EXPECT_EQ(message.substr(0, start.size()), start);
    return message.substr(std::min(message.size(), start.size()));
  };
  EXPECT_EQ(refuse("{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}"),
            "expected an array in C order, got Fortran order");
  EXPECT_EQ(refuse("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}"),
            "expected elements of |b1, |u1, |i1, <u2, <i2, <u4, <i4, <i8, <f4 "
            "or <f8, got '>f4',");
  EXPECT_EQ(refuse("{'descr': '<f4'}"), "damaged .npy header");
  Array array;
  std::string path = write("b", "\x93NUMPY\x04 and more");
  EXPECT_EQ(readNpy(path, array).message(),
            path + ": not a .npy file of version 1 to 3");
}

TEST_F(Diagnostics, OfCsv) {
  CsvTable table;
  std::string path = write("a.csv", "a,b\n");
  EXPECT_EQ(readCsv(path, true, table).message(),
            path + ": expected lines of numbers, got none");
  EXPECT_EQ(readCsvTexts(path, true, "a", {}, table).message(),
            path + ": expected lines of texts, got none");
}

TEST_F(Diagnostics, OfGzip) {
  std::string path = folder + "/a";
  std::string idx("\0\0\x08\x01\0\0\0\4abcd", 12);
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, idx.data(), unsigned(idx.size())), int(idx.size()));
  ASSERT_EQ(gzclose(file), Z_OK);
  std::string good = read("a");
  Array array;
  ASSERT_TRUE(readIdx(path, array).ok());
  EXPECT_EQ(
      readIdx(write("a", good.substr(0, good.size() - 6)), array).message(),
      path + ": truncated: its gzip data ends early");
  std::string bad = good;
  bad[bad.size() - 8] ^= 1;
  EXPECT_EQ(readIdx(write("a", bad), array).message(),
            path + ": damaged gzip data: incorrect data check");
}

TEST_F(Diagnostics, OfFilesThatCannotBeRead) {
  std::vector<char> contents;
  std::string path = "/proc/self/mem";
  EXPECT_EQ(readWhole(path, 4, contents).message(),
            path + ": reading failed: Input/output error");
}

TEST_F(Diagnostics, OfFilesThatAreTooLarge) {
  std::vector<char> contents;
  std::string path = write("a", "12345");
  EXPECT_EQ(readWhole(path, 4, contents).message(),
            path + ": expected at most 4 bytes, got more");
}

TEST_F(Diagnostics, OfPictures) {
  Array array;
  EXPECT_EQ(readPng("a.png", {16}, array).message(),
            "a.png: a picture has two dimensions, the model expects [16]");
}

TEST_F(Diagnostics, OfFolders) {
  std::string path = write("a", "");
  EXPECT_EQ(makeFolders(path).message(),
            path + ": expected a folder, got a file");
  EXPECT_EQ(makeFolders("/proc/self/kiln/a").message(),
            "/proc/self/kiln: making the folder failed: No such file or "
            "directory");
}

TEST_F(Diagnostics, OfHistories) {
  {
    History history;
    ASSERT_TRUE(history.open(folder, {"loss"}, 0).ok());
  }
  History other;
  EXPECT_EQ(other.open(folder, {"loss", "accuracy"}, 0).message(),
            folder + "/history.csv: history of another model: its columns "
                     "differ");
}

TEST_F(Diagnostics, OfSafetensors) {
  SafetensorsFile file;
  std::string path = write("a", "12345");
  EXPECT_EQ(file.read(path).message(),
            path + ": damaged safetensors file: expected a header, got 5 "
                   "bytes");
}

//===----------------------------------------------------------------------===//
// Weights and checkpoints
//===----------------------------------------------------------------------===//

TEST_F(Diagnostics, OfWeights) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  Engine engine(model, 1);
  ASSERT_TRUE(engine.allocate().ok());
  std::vector<int32_t> zeros(48);
  SafeTensor tensor;
  tensor.name = "dense/kernel";
  tensor.type = "I32";
  tensor.shape = {16, 3};
  tensor.data = zeros.data();
  tensor.bytes = 192;
  std::string path = folder + "/a";
  ASSERT_TRUE(writeSafetensors(path, {}, {tensor}).ok());
  EXPECT_EQ(loadWeights(path, engine, nullptr).message(),
            path + ": expected dense/kernel as F32 or F64, got I32");
  tensor.name = "dense_1/kernel";
  ASSERT_TRUE(writeSafetensors(path, {}, {tensor}).ok());
  EXPECT_EQ(loadWeights(path, engine, nullptr).message(),
            path + ": weights of another model: it has dense_1/kernel, which "
                   "fake lacks");
}

TEST_F(Diagnostics, OfCheckpoints) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  Engine engine(model, 1);
  ASSERT_TRUE(engine.allocate().ok());
  Metrics metrics(model, model.train);
  TrainingState state, got;
  state.position = 16;
  state.samples = 100;
  std::string path = folder + "/c";
  ASSERT_TRUE(saveCheckpoint(path, engine, state, metrics).ok());
  std::string good = read("c");
  // In the header, which no hash covers.
  auto refuse = [&](const std::string &from, const std::string &to) {
    std::string text = good;
    size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return loadCheckpoint(write("c", text), engine, got, metrics).message();
  };
  EXPECT_EQ(refuse("\"kiln.batch_size\":\"8\"", "\"kiln.batch_size\":\"9\""),
            path + ": checkpoint of another batch size: expected 8, got 9");
  EXPECT_EQ(refuse("\"kiln.position\":\"16\"", "\"kiln.position\":\"15\""),
            path + ": damaged checkpoint: its place in the epoch is out of "
                   "range");
}

//===----------------------------------------------------------------------===//
// Data that do not fit the model
//===----------------------------------------------------------------------===//

TEST_F(Diagnostics, OfWhatTheModelFileLacks) {
  EXPECT_EQ(load([](auto &m) { m.model->data->train = nullptr; }),
            "the model file names no train data: expected [data] train");
  EXPECT_EQ(load([](auto &m) { m.model->data->train->targets.clear(); }),
            "the model file names no targets of its train data");
  std::string path = write("train-x.npy", "a,b\n1,2\n");
  EXPECT_EQ(load([](auto &m) {
              m.model->data->reader = model::ReaderKind_csv;
              m.model->data->train->targets.clear();
            }),
            path + ": expected the model file to name its target_columns or a "
                   "file of targets");
}

TEST_F(Diagnostics, OfTargets) {
  writeArray("train-x.npy", {2, 4, 4}, std::vector<float>(32));
  std::string path = writeArray("train-y.npy", {2, 3}, {0, 0.5f, 2, 1, 2, NAN});
  EXPECT_EQ(load([](auto &) {}),
            path + ": expected one class number a sample, got targets of shape "
                   "[3]");
  auto setLoss = [](model::LossKind kind) {
    return [kind](model::ManifestT &m) { m.model->compile->loss->kind = kind; };
  };
  EXPECT_EQ(load(setLoss(model::LossKind_mse)),
            path + ": target of sample 1 is out of range: expected a finite "
                   "number, got nan");
  EXPECT_EQ(load(setLoss(model::LossKind_binary_crossentropy)),
            path + ": target of sample 0 is out of range: expected a number in "
                   "[0, 1], got 2");
  writeArray("train-y.npy", {2, 2}, {0, 1, 2, 3});
  EXPECT_EQ(load(setLoss(model::LossKind_mse)),
            path + ": expected targets of shape [3], got [2]");
}

TEST_F(Diagnostics, OfInputs) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  Array array;
  array.file = "a.npy";
  array.shape = {int64_t(1) << 32, 4, 4};
  Dataset data;
  EXPECT_EQ(adoptInputs(model, std::move(array), data, nullptr).message(),
            "a.npy: expected at most 4294967295 samples, got 4294967296");

  // Ids without a table that they are looked up in.
  std::vector<float> ids(16);
  ids[2] = 0.5f;
  std::string path = writeArray("train-x.npy", {1, 4, 4}, ids);
  writeArray("train-y.npy", {1}, {0});
  EXPECT_EQ(
      load([](auto &m) { m.model->inputs[0]->dtype = model::DataType_int32; }),
      path + ": sample 0: expected a whole number from 0 to 2147483647, "
             "got 0.5");
}

TEST_F(Diagnostics, OfTexts) {
  auto readAs = [&](const Damage &damage) {
    return load([&](model::ManifestT &m) {
      m.model->data->reader = model::ReaderKind_csv;
      m.model->data->text_column = "text";
      m.model->data->target_columns = {"label"};
      m.model->data->tokenizer = std::make_unique<model::TokenizerT>();
      m.model->data->tokenizer->split = " ";
      m.model->data->pad_sequences = std::make_unique<model::PadSequencesT>();
      m.model->inputs[0]->dtype = model::DataType_int32;
      damage(m);
    });
  };
  write("train-x.npy", "text,label\na b,1\n");
  EXPECT_EQ(readAs([](auto &) {}),
            "expected an input of one dimension for texts, got [4, 4]");
  EXPECT_EQ(readAs([](auto &m) {
              m.model->inputs[0]->shape = {16};
              m.model->data->pad_sequences->maxlen = 20;
            }),
            "expected pad_sequences with maxlen = 16, the input's length, got "
            "20");
}

//===----------------------------------------------------------------------===//
// Programs that are wrong
//===----------------------------------------------------------------------===//

/// What the benchmark of two builds says on stderr before it ends with `code`.
static std::string sayBench(int code, const kiln_model &fused,
                            const kiln_model &unfused,
                            std::vector<std::string> words = {}) {
  words.insert(words.begin(), {"bench", "--threads=1", "--blocks=1"});
  std::vector<char *> pointers;
  for (std::string &word : words)
    pointers.push_back(word.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(runKernelBench(int(words.size()), pointers.data(), fused, unfused),
            code);
  testing::internal::GetCapturedStdout();
  return testing::internal::GetCapturedStderr();
}

static kiln_program rightTrain;

/// A step that leaves another weight behind.
static void wrongTrain(kiln_run *run, void *state, void *arena, void *results,
                       kiln_step *step, int32_t threads) {
  rightTrain(run, state, arena, results, step, threads);
  static_cast<float *>(state)[0] += 1;
}

TEST_F(Diagnostics, OfBuildsThatDiffer) {
  kiln_model fused = makeFakeModel();
  kiln_model moved = changeFakeModel(
      [](auto &m) { std::swap(m.slots[2]->offset, m.slots[3]->offset); });
  EXPECT_EQ(sayBench(InternalError, fused, moved),
            "error: the two builds lay out their state differently\n");
  kiln_model wrong = fused;
  rightTrain = fused.train;
  wrong.train = wrongTrain;
  std::string said = sayBench(InternalError, fused, wrong);
  EXPECT_EQ(said.find("error: weights after "), 0u) << said;
  EXPECT_NE(said.find(" steps differ: fused "), std::string::npos) << said;

  std::string path =
      writeArray("train-x.npy", {2, 4, 4}, std::vector<float>(32));
  writeArray("train-y.npy", {2}, {0, 1});
  EXPECT_EQ(sayBench(UserError, fused, fused, {"--data", folder}),
            "error: " + path +
                ": expected at least a batch of 8 samples, got "
                "2\n");
}

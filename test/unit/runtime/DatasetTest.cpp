//===- DatasetTest.cpp - Files to samples and targets ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ChangedModel.h"
#include "TestFiles.h"

#include "runtime/DataNpy.h"
#include "runtime/Dataset.h"

#include <cstdlib>
#include <gtest/gtest.h>

using namespace kiln;
using namespace kiln::rt;

namespace {
class Datasets : public TemporaryFolder {
protected:
  /// Makes `model` the fake one on samples of two numbers in .csv files.
  void loadModel(const Change &change = [](model::ManifestT &) {}) {
    model = Model();
    Status status =
        Model::load(changeFakeModel([&](model::ManifestT &manifest) {
                      model::DataT &data = *manifest.model->data;
                      data.reader = model::ReaderKind_csv;
                      data.header = true;
                      data.train->inputs = "x.csv";
                      data.train->targets = "y.csv";
                      change(manifest);
                    }),
                    model);
    ASSERT_TRUE(status.ok()) << status.message();
    model.inputShape = {2};
  }
  std::string loadTraining() {
    return loadSplit(model, model.source->data()->train(), "train", folder,
                     texts, data)
        .message();
  }

  Model model;
  TextReading texts;
  Dataset data;
};
} // namespace

static std::vector<double> listValues(const Array &array) {
  std::vector<double> values;
  for (int64_t i = 0; i < array.size(); ++i)
    values.push_back(array.at(i));
  return values;
}

TEST_F(Datasets, CsvWithTargetsInAFileOfTheirOwn) {
  write("x.csv", "a,b\n1,2\n3,4.5\n");
  write("y.csv", "label\n2\n0\n");
  loadModel();
  EXPECT_EQ(loadTraining(), "");
  EXPECT_EQ(data.inputs.shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(listValues(data.inputs), (std::vector<double>{1, 2, 3, 4.5}));
  EXPECT_EQ(listValues(data.targets), (std::vector<double>{2, 0}));

  // Of a file with more columns, those that are named.
  std::string path = write("y.csv", "id,label\n7,1\n8,2\n");
  loadModel([](model::ManifestT &manifest) {
    manifest.model->data->target_columns = {"label"};
  });
  EXPECT_EQ(loadTraining(), "");
  EXPECT_EQ(listValues(data.inputs), (std::vector<double>{1, 2, 3, 4.5}));
  EXPECT_EQ(listValues(data.targets), (std::vector<double>{1, 2}));

  loadModel([](model::ManifestT &manifest) {
    manifest.model->data->target_columns = {"class"};
  });
  EXPECT_EQ(loadTraining(),
            path + ": expected a column 'class', got 2 columns without it");
  write("y.csv", "label\n2\n");
  loadModel();
  EXPECT_EQ(loadTraining(), folder +
                                "/y.csv: expected as many targets as "
                                "inputs, got 1 targets for the 2 inputs "
                                "of " +
                                folder + "/x.csv");
}

TEST_F(Datasets, FilesToPredict) {
  loadModel([](model::ManifestT &manifest) {
    manifest.model->data->target_columns = {"label"};
  });
  // A table may hold the targets, or not.
  for (const char *text : {"a,label,b\n1,9,2\n3,9,4\n", "a,b\n1,2\n3,4\n"}) {
    Status status = loadInputs(model, write("x.csv", text), texts, data);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(listValues(data.inputs), (std::vector<double>{1, 2, 3, 4}));
  }
  // One sample comes with a dimension of samples or without.
  float values[] = {5, 6};
  for (const std::vector<int64_t> &shape :
       {std::vector<int64_t>{2}, std::vector<int64_t>{1, 2}}) {
    ASSERT_TRUE(writeNpy(folder + "/x.npy", shape, values).ok());
    ASSERT_TRUE(loadInputs(model, folder + "/x.npy", texts, data).ok());
    EXPECT_EQ(data.count(), 1);
    EXPECT_EQ(listValues(data.inputs), (std::vector<double>{5, 6}));
  }
  std::string idx("\0\0\x08\2\0\0\0\1\0\0\0\2\7\x08", 14);
  ASSERT_TRUE(loadInputs(model, write("x-ubyte", idx), texts, data).ok());
  EXPECT_EQ(listValues(data.inputs), (std::vector<double>{7, 8}));
}

TEST_F(Datasets, ClassWeights) {
  auto weigh = [](model::ManifestT &manifest) {
    for (auto [index, weight] : {std::pair(0, 2.0), {2, 0.5}}) {
      auto entry = std::make_unique<model::ClassWeightT>();
      entry->class_index = index;
      entry->weight = weight;
      manifest.model->fit->class_weight.push_back(std::move(entry));
    }
  };
  auto listWeights = [&] {
    Buffer weights;
    EXPECT_TRUE(weighClasses(model, data, weights).ok());
    const float *begin = weights.as<float>();
    return std::vector<float>(begin, begin + weights.size() / sizeof(float));
  };
  write("x.csv", "a,b\n1,2\n3,4\n5,6\n");
  write("y.csv", "label\n2\n0\n1\n");
  loadModel();
  ASSERT_EQ(loadTraining(), "");
  EXPECT_EQ(listWeights(), std::vector<float>());
  loadModel(weigh);
  ASSERT_EQ(loadTraining(), "");
  EXPECT_EQ(listWeights(), (std::vector<float>{0.5f, 2, 1}));

  // One number for each class: that of the largest counts.
  write("y.csv", "a,b,c\n0,0.2,0.8\n1,0,0\n0.3,0.4,0.3\n");
  loadModel([&](model::ManifestT &manifest) {
    manifest.model->compile->loss->kind = model::LossKind_mse;
    weigh(manifest);
  });
  ASSERT_EQ(loadTraining(), "");
  EXPECT_EQ(listWeights(), (std::vector<float>{0.5f, 2, 1}));
}

TEST_F(Datasets, WhereTheDataAre) {
  unsetenv("KILN_DATA");
  loadModel();
  EXPECT_EQ(dataFolder(model, ""), "data");
  loadModel([](model::ManifestT &manifest) {
    manifest.model->data->folder = "of-the-model";
  });
  EXPECT_EQ(dataFolder(model, ""), "of-the-model");
  setenv("KILN_DATA", "of-the-environment", 1);
  EXPECT_EQ(dataFolder(model, ""), "of-the-environment");
  EXPECT_EQ(dataFolder(model, "given"), "given");
  setenv("KILN_DATA", "", 1);
  EXPECT_EQ(dataFolder(model, ""), "of-the-model");
  unsetenv("KILN_DATA");
}

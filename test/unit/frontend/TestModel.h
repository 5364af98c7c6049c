//===- TestModel.h - A model with everything in it --------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_FRONTEND_TESTMODEL_H
#define KILN_TEST_UNIT_FRONTEND_TESTMODEL_H

#include "llvm/ADT/StringRef.h"

/// Every section, every layer type, most options.
inline constexpr llvm::StringLiteral testModel = R"(
[model]
name = "everything"

[data]
reader = "csv"
folder = "data"
train = { inputs = "train.csv" }
validation = { inputs = "validation.csv" }
test = { inputs = "test.csv" }
scale = 0.5
target_columns = ["label", 3]

[input]
shape = [4, 5]

[[layer]]
type = "Flatten"

[[layer]]
type = "Dense"
name = "hidden"
units = 7
kernel_initializer = { type = "random_uniform", minval = -0.1, maxval = 0.2 }
bias_initializer = { type = "constant", value = 0.25 }
kernel_regularizer = { l1 = 1e-3, l2 = 1e-4 }
bias_regularizer = "l2"

[[layer]]
type = "Activation"
activation = "tanh"

[[layer]]
type = "Dropout"
rate = 0.25
seed = 9

[[layer]]
type = "Dense"
units = 3
activation = "softmax"
inputs = ["dropout"]

[compile]
optimizer = { type = "sgd", learning_rate = 0.1, momentum = 0.9, nesterov = true }
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]

[fit]
epochs = 3
batch_size = 8
shuffle = false
seed = 11
)";

#endif // KILN_TEST_UNIT_FRONTEND_TESTMODEL_H

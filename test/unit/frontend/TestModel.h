//===- TestModel.h - A model with everything in it --------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_FRONTEND_TESTMODEL_H
#define KILN_TEST_UNIT_FRONTEND_TESTMODEL_H

#include "llvm/ADT/StringRef.h"

/// Every section, every layer type of vectors, most options.
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
class_weight = { "0" = 0.5, "2" = 2 }
precision = "mixed_bfloat16"

[[callback]]
type = "EarlyStopping"
monitor = "val_accuracy"
min_delta = 0.01
patience = 3
mode = "max"
baseline = 0.5
restore_best_weights = true
start_from_epoch = 2

[[callback]]
type = "ReduceLROnPlateau"
factor = 0.25
patience = 4
cooldown = 1
min_lr = 1e-5

[[callback]]
type = "ModelCheckpoint"
monitor = "val_loss"
)";

/// Layers of sequences.
inline constexpr llvm::StringLiteral testSequenceModel = R"(
[input]
shape = [6]
dtype = "int32"

[[layer]]
type = "Embedding"
input_dim = 9
output_dim = 4
mask_zero = true
embeddings_regularizer = "l2"

[[layer]]
type = "SpatialDropout1D"
rate = 0.5
seed = 3

[[layer]]
type = "Bidirectional"
merge_mode = "ave"
layer = { type = "GRU", units = 3, reset_after = false, return_sequences = true }

[[layer]]
type = "LSTM"
units = 2
activation = "relu"
recurrent_activation = "hard_sigmoid"
recurrent_initializer = "glorot_uniform"
recurrent_regularizer = { l1 = 1e-3 }
unit_forget_bias = false
dropout = 0.25
recurrent_dropout = 0.5
seed = 4
return_sequences = true

[[layer]]
type = "SimpleRNN"
units = 2
use_bias = false
return_sequences = true
go_backwards = true

[[layer]]
type = "GlobalAveragePooling1D"

[[layer]]
type = "Dense"
units = 1
activation = "sigmoid"

[compile]
optimizer = "adam"
loss = "binary_crossentropy"

[fit]
batch_size = 2
)";

#endif // KILN_TEST_UNIT_FRONTEND_TESTMODEL_H

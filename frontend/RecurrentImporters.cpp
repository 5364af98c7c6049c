//===- RecurrentImporters.cpp - LSTM, GRU, SimpleRNN, Bidirectional -------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A direction of a recurrent layer is one kiln.scan with all of the cell
// inside: the projection of the step's input, the recurrent product, the gates,
// and the choice between the new and the old state where a step is masked.
//
//===----------------------------------------------------------------------===//

#include "frontend/LayerImporters.h"

using namespace kiln;
using mlir::Value;
using Values = llvm::SmallVector<Value, 4>;

/// What sets one kind of cell apart.
namespace {
struct CellKind {
  llvm::StringLiteral name;
  /// One letter a gate, in the order in which kernels hold them.
  llvm::StringLiteral gates;
  unsigned numStates;
};
} // namespace

static const CellKind &getCellKind(model::RecurrentKind kind) {
  static constexpr CellKind kinds[] = {{"simple_rnn_cell", "h", 1},
                                       {"lstm_cell", "ifco", 2},
                                       {"gru_cell", "zrh", 1}};
  return kinds[kind];
}

namespace {

/// Builds one direction of a recurrent layer.
class Direction {
public:
  /// `prefix` tells two directions of a layer apart: `forward_lstm/`.
  Direction(const model::RecurrentOptionsT &options, llvm::StringRef prefix,
            LayerValue input, ForwardBuilder &builder)
      : options(options), kind(getCellKind(options.kind)), prefix(prefix),
        input(input), builder(builder) {}

  /// The last output, or with return_sequences all of them, each at its own
  /// step. Outputs of masked steps repeat the one before, or are 0 with
  /// `zeroMasked`. Null after an error that has been reported.
  Value build(bool reverse, bool zeroMasked);

private:
  bool addParameters();
  void drawMasks();
  Values drawMasks(llvm::StringRef role, double rate, int64_t width);
  ScanOp createScan(bool reverse);

  /// The cell: the next states, the output first.
  Values buildCell();
  Values buildSimpleRnn();
  Values buildLstm();
  Values buildGru();
  /// `rows @ weights + bias`: one value [batch, gates * units] or, where each
  /// gate drops other elements of the rows, one [batch, units] a gate.
  Values project(Value rows, llvm::ArrayRef<Value> masks, double rate,
                 Value weights, Value bias);
  /// What the states contribute to all gates.
  Values projectState(Value bias = Value());
  /// One value a gate.
  Values split(llvm::ArrayRef<Value> gates);
  Values splitValue(Value value, size_t parts);
  Values add(llvm::ArrayRef<Value> lhs, llvm::ArrayRef<Value> rhs);
  Value activate(Value value) {
    return builder.activate(value, options.activation);
  }
  Value activateGate(Value value) {
    return builder.activate(value, options.recurrent_activation);
  }

  const model::RecurrentOptionsT &options;
  const CellKind &kind;
  llvm::StringRef prefix;
  LayerValue input;
  ForwardBuilder &builder;

  int64_t batch = 0, steps = 0;
  /// Outside of the cell first, then the cell's arguments in their place.
  Value kernel, recurrentKernel, bias;
  Values inputMasks, stateMasks;
  /// In the cell.
  Value stepInput, stepMask;
  Values states;
};

} // namespace

//===----------------------------------------------------------------------===//
// Around the cell
//===----------------------------------------------------------------------===//

bool Direction::addParameters() {
  int64_t features =
      llvm::cast<mlir::RankedTensorType>(input.value.getType()).getDimSize(2);
  int64_t width = options.units * int64_t(kind.gates.size());
  auto add = [&](llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                 const std::unique_ptr<model::InitializerT> &initializer,
                 const std::unique_ptr<model::RegularizerT> &regularizer,
                 bool unitForgetBias = false) {
    return builder.addParameter((prefix + kind.name + "/" + name).str(), shape,
                                *initializer, regularizer.get(),
                                unitForgetBias);
  };
  kernel = add("kernel", {features, width}, options.kernel_initializer,
               options.kernel_regularizer);
  if (!kernel)
    return false;
  recurrentKernel =
      add("recurrent_kernel", {options.units, width},
          options.recurrent_initializer, options.recurrent_regularizer);
  if (!recurrentKernel)
    return false;
  if (!options.use_bias)
    return true;
  // One bias for the input and one for the state.
  bool isDouble =
      options.kind == model::RecurrentKind_gru && options.reset_after;
  llvm::SmallVector<int64_t> shape = {width};
  if (isDouble)
    shape = {2, width};
  bias = add("bias", shape, options.bias_initializer, options.bias_regularizer,
             options.kind == model::RecurrentKind_lstm &&
                 options.unit_forget_bias);
  return bool(bias);
}

/// Keras draws a mask a gate where the state is dropped, else one for all.
Values Direction::drawMasks(llvm::StringRef role, double rate, int64_t width) {
  Values masks;
  if (rate == 0)
    return masks;
  std::string path = (prefix + role).str();
  if (options.recurrent_dropout == 0 || kind.gates.size() == 1)
    return {builder.createRandomMask(path, rate, options.seed, {batch, width})};
  for (char gate : kind.gates)
    masks.push_back(builder.createRandomMask(path + "/" + gate, rate,
                                             options.seed, {batch, width}));
  return masks;
}

void Direction::drawMasks() {
  inputMasks = drawMasks(
      "dropout", options.dropout,
      llvm::cast<mlir::RankedTensorType>(input.value.getType()).getDimSize(2));
  stateMasks =
      drawMasks("recurrent_dropout", options.recurrent_dropout, options.units);
}

/// The scan with an empty cell; everything becomes the cell's arguments, and
/// ops go into it from now on.
ScanOp Direction::createScan(bool reverse) {
  mlir::RankedTensorType stateType = builder.getType({batch, options.units});
  Values init(kind.numStates, builder.splat(0, stateType.getShape()));
  Values sequences = {input.value};
  if (input.mask)
    sequences.push_back(input.mask);
  Values rows = inputMasks;
  rows.append(stateMasks);
  Values captures = {kernel, recurrentKernel};
  if (bias)
    captures.push_back(bias);
  llvm::SmallVector<mlir::Type> outputs;
  if (options.return_sequences)
    outputs.push_back(builder.getType({batch, steps, options.units}));
  auto scan = builder.createOp<ScanOp>(
      llvm::SmallVector<mlir::Type>(kind.numStates, stateType), outputs,
      mlir::TypeRange(), init, sequences, rows, captures, reverse,
      mlir::IntegerAttr(), mlir::IntegerAttr(), mlir::IntegerAttr());

  mlir::OpBuilder &ops = builder.getBuilder();
  mlir::Block *cell = ops.createBlock(&scan.getBody());
  auto take = [&](Value outside, bool isSequence) -> Value {
    auto type = llvm::cast<mlir::RankedTensorType>(outside.getType());
    if (isSequence) {
      llvm::SmallVector<int64_t> shape(type.getShape());
      shape.erase(shape.begin() + 1);
      type = type.clone(shape);
    }
    return cell->addArgument(type, scan.getLoc());
  };
  for (Value state : init)
    states.push_back(take(state, false));
  stepInput = take(input.value, true);
  if (input.mask)
    stepMask = take(input.mask, true);
  for (Value &mask : inputMasks)
    mask = take(mask, false);
  for (Value &mask : stateMasks)
    mask = take(mask, false);
  kernel = take(kernel, false);
  recurrentKernel = take(recurrentKernel, false);
  if (bias)
    bias = take(bias, false);
  return scan;
}

Value Direction::build(bool reverse, bool zeroMasked) {
  llvm::ArrayRef<int64_t> shape =
      llvm::cast<mlir::RankedTensorType>(input.value.getType()).getShape();
  batch = shape[0];
  steps = shape[1];
  if (!addParameters())
    return {};
  drawMasks();

  mlir::OpBuilder::InsertionGuard guard(builder.getBuilder());
  ScanOp scan = createScan(reverse);
  Values results = buildCell();
  Value output = results.front();
  if (stepMask) {
    llvm::SmallVector<int64_t> stateShape = {batch, options.units};
    Value counts = builder.broadcast(stepMask, {0}, stateShape);
    for (auto [result, state] : llvm::zip_equal(results, states))
      result = builder.create<SelectOp>(counts, result, state);
    if (zeroMasked && options.return_sequences)
      output = builder.create<SelectOp>(counts, output,
                                        builder.splat(0, stateShape));
    else
      output = results.front();
  }
  if (options.return_sequences)
    results.push_back(output);
  builder.createOp<YieldOp>(results);
  return options.return_sequences ? scan.getOutputs().front()
                                  : scan.getStates().front();
}

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

Values Direction::splitValue(Value value, size_t parts) {
  if (parts == 1)
    return {value};
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  llvm::SmallVector<int64_t> shape(type.getShape());
  shape.back() /= int64_t(parts);
  auto op = builder.createOp<SplitOp>(
      llvm::SmallVector<mlir::Type>(parts, type.clone(shape)), value);
  return Values(op.getParts().begin(), op.getParts().end());
}

Values Direction::split(llvm::ArrayRef<Value> gates) {
  if (gates.size() == kind.gates.size())
    return Values(gates);
  return splitValue(gates.front(), kind.gates.size());
}

Values Direction::add(llvm::ArrayRef<Value> lhs, llvm::ArrayRef<Value> rhs) {
  Values left(lhs), right(rhs), sums;
  if (left.size() != right.size()) {
    left = split(left);
    right = split(right);
  }
  for (auto [x, y] : llvm::zip_equal(left, right))
    sums.push_back(builder.create<AddOp>(x, y));
  return sums;
}

Values Direction::project(Value rows, llvm::ArrayRef<Value> masks, double rate,
                          Value weights, Value bias) {
  size_t parts = std::max<size_t>(masks.size(), 1);
  Values kernels = splitValue(weights, parts), biases, gates;
  if (bias)
    biases = splitValue(bias, parts);
  for (size_t i = 0; i < parts; ++i) {
    Value kept = masks.empty() ? rows : builder.dropout(rows, masks[i], rate);
    Value gate = builder.create<MatmulOp>(kept, kernels[i]);
    if (bias) {
      auto type = llvm::cast<mlir::RankedTensorType>(gate.getType());
      gate = builder.create<AddOp>(
          gate, builder.broadcast(biases[i], {1}, type.getShape()));
    }
    gates.push_back(gate);
  }
  return gates;
}

Values Direction::projectState(Value bias) {
  return project(states.front(), stateMasks, options.recurrent_dropout,
                 recurrentKernel, bias);
}

Values Direction::buildCell() {
  switch (options.kind) {
  case model::RecurrentKind_simple_rnn:
    return buildSimpleRnn();
  case model::RecurrentKind_lstm:
    return buildLstm();
  case model::RecurrentKind_gru:
    return buildGru();
  }
  llvm_unreachable("validation rejects other kinds");
}

Values Direction::buildSimpleRnn() {
  Values inputs = project(stepInput, inputMasks, options.dropout, kernel, bias);
  return {activate(add(inputs, projectState()).front())};
}

Values Direction::buildLstm() {
  Values inputs = project(stepInput, inputMasks, options.dropout, kernel, bias);
  Values gates = split(add(inputs, projectState()));
  Value in = activateGate(gates[0]);
  Value forget = activateGate(gates[1]);
  Value kept = builder.create<MulOp>(forget, states[1]);
  Value added = builder.create<MulOp>(in, activate(gates[2]));
  Value carry = builder.create<AddOp>(kept, added);
  Value out = activateGate(gates[3]);
  return {builder.create<MulOp>(out, activate(carry)), carry};
}

Values Direction::buildGru() {
  Value state = states.front();
  Value inputBias = bias, stateBias;
  if (bias && options.reset_after) {
    int64_t width = 3 * options.units;
    Values biases = splitValue(builder.reshape(bias, {2 * width}), /*parts=*/2);
    inputBias = biases[0];
    stateBias = biases[1];
  }
  Values inputs =
      split(project(stepInput, inputMasks, options.dropout, kernel, inputBias));

  Value update, candidate;
  if (options.reset_after) {
    Values products = split(projectState(stateBias));
    update = activateGate(builder.create<AddOp>(inputs[0], products[0]));
    Value reset = activateGate(builder.create<AddOp>(inputs[1], products[1]));
    candidate = builder.create<MulOp>(reset, products[2]);
  } else {
    Values kernels = splitValue(recurrentKernel, 3);
    auto drop = [&](size_t gate) {
      return stateMasks.empty() ? state
                                : builder.dropout(state, stateMasks[gate],
                                                  options.recurrent_dropout);
    };
    auto gate = [&](size_t i) {
      Value product = builder.create<MatmulOp>(drop(i), kernels[i]);
      return activateGate(builder.create<AddOp>(inputs[i], product));
    };
    update = gate(0);
    Value reset = gate(1);
    candidate = builder.create<MatmulOp>(builder.create<MulOp>(reset, drop(2)),
                                         kernels[2]);
  }
  candidate = activate(builder.create<AddOp>(inputs[2], candidate));
  Value rest =
      builder.create<SubOp>(builder.splat(1, {batch, options.units}), update);
  return {builder.create<AddOp>(builder.create<MulOp>(update, state),
                                builder.create<MulOp>(rest, candidate))};
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

LayerValue kiln::importRecurrent(const model::LayerOptionsUnion &options,
                                 LayerValue input, ForwardBuilder &builder) {
  const model::RecurrentOptionsT &recurrent = *options.AsRecurrentOptions();
  if (!builder.expectSteps(input.value))
    return {};
  if (!input.mask)
    builder.noteUnmaskedRecurrence(!recurrent.go_backwards,
                                   recurrent.go_backwards);
  Value result = Direction(recurrent, "", input, builder)
                     .build(recurrent.go_backwards, /*zeroMasked=*/false);
  if (!result || !recurrent.return_sequences)
    return {result, Value()};
  // Keras hands outputs on in the order in which it computed them, but the mask
  // as it came.
  if (recurrent.go_backwards) {
    result = builder.create<ReverseOp>(result);
    if (input.mask)
      builder.warning("'go_backwards' reverses the steps of the output, but "
                      "not their mask",
                      "use Bidirectional, or leave 'return_sequences' out");
  }
  return {result, input.mask};
}

LayerValue kiln::importBidirectional(const model::LayerOptionsUnion &options,
                                     LayerValue input,
                                     ForwardBuilder &builder) {
  const model::BidirectionalOptionsT &bidirectional =
      *options.AsBidirectionalOptions();
  const model::RecurrentOptionsT &recurrent = *bidirectional.layer;
  if (!builder.expectSteps(input.value))
    return {};
  if (!input.mask)
    builder.noteUnmaskedRecurrence(/*forward=*/true, /*backward=*/true);

  auto run = [&](llvm::StringRef side, bool reverse) {
    // A layer that is named so keeps its name.
    llvm::StringRef name = bidirectional.layer_name;
    name.consume_front(side);
    std::string prefix = (side + name + "/").str();
    return Direction(recurrent, prefix, input, builder)
        .build(reverse, /*zeroMasked=*/true);
  };
  Value forward = run("forward_", false);
  if (!forward)
    return {};
  Value backward = run("backward_", true);
  if (!backward)
    return {};

  Value result;
  switch (bidirectional.merge_mode) {
  case model::MergeMode_concat:
    result = builder.create<ConcatOp>(mlir::ValueRange{forward, backward});
    break;
  case model::MergeMode_sum:
    result = builder.create<AddOp>(forward, backward);
    break;
  case model::MergeMode_mul:
    result = builder.create<MulOp>(forward, backward);
    break;
  case model::MergeMode_ave: {
    auto shape =
        llvm::cast<mlir::RankedTensorType>(forward.getType()).getShape();
    result = builder.create<MulOp>(builder.create<AddOp>(forward, backward),
                                   builder.splat(0.5, shape));
    break;
  }
  }
  return {result, recurrent.return_sequences ? input.mask : Value()};
}

//===- KernelBuilder.cpp - What the emitters of kernels share -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "codegen/ElementwiseLowering.h"
#include "codegen/GroupLowering.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

static MemRefType getMemoryType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  Type element = type.getElementType();
  if (element.isInteger(1))
    element = IntegerType::get(type.getContext(), 8);
  return MemRefType::get(type.getShape(), element);
}

static func::FuncOp createFunction(FusionOp group, StringRef name,
                                   ModuleOp module) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  SmallVector<Type> types;
  auto addBytes = [&](int64_t count) {
    types.push_back(MemRefType::get({count}, b.getI8Type()));
  };
  auto addMemory = [&](TypeRange tensors) {
    for (Type type : tensors) {
      if (group.getKind() == FusionKind::scan)
        addBytes(getByteSize(type));
      else
        types.push_back(getMemoryType(type));
    }
  };
  addMemory(group->getOperandTypes());
  addMemory(group->getResultTypes());
  if (int64_t scratch = getScratchBytes(group))
    addBytes(scratch);
  types.append(2, b.getIndexType());
  auto func = b.create<func::FuncOp>(group.getLoc(), name,
                                     b.getFunctionType(types, {}));
  func.setPrivate();
  func->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
  func->setAttr(attrs::kernel, group.getIdAttr());
  func.addEntryBlock();
  return func;
}

KernelBuilder::KernelBuilder(FusionOp group, StringRef name, ModuleOp module,
                             unsigned vectorBits, bool stamps,
                             bool hasMatrixUnit)
    : group(group), stamps(stamps), hasMatrixUnit(hasMatrixUnit),
      func(createFunction(group, name, module)),
      b(OpBuilder::atBlockEnd(&func.front())), loc(group.getLoc()),
      lane(b, loc, &func.front(), vectorBits) {}

FailureOr<func::FuncOp> KernelBuilder::finish() {
  if (failed) {
    func.erase();
    return failure();
  }
  b.create<func::ReturnOp>(loc);
  return func;
}

void KernelBuilder::fail(Operation *op, const Twine &why) {
  if (!failed)
    op->emitOpError() << why;
  failed = true;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value KernelBuilder::getInput(Value argument) {
  auto blockArgument = dyn_cast<BlockArgument>(argument);
  if (!blockArgument)
    return nullptr;
  return func.getArgument(blockArgument.getArgNumber());
}

Value KernelBuilder::flatten(Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  if (type.getRank() == 1)
    return memref;
  int64_t size = type.getNumElements();
  Value &view = views[memref];
  if (!view) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointAfterValue(memref);
    view = b.create<memref::ReinterpretCastOp>(
        loc, MemRefType::get({size}, type.getElementType()), memref,
        /*offset=*/0, ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1});
  }
  return view;
}

void KernelBuilder::prefetch(Value memref, ValueRange indices) {
  b.create<memref::PrefetchOp>(loc, memref, indices, /*isWrite=*/false,
                               /*localityHint=*/3, /*isDataCache=*/true);
}

static bool isRagged(const Position &at) {
  return at.mask || at.valid < at.lanes;
}

Value KernelBuilder::load(Value memref, bool isBool, const Position &at) {
  auto type = cast<MemRefType>(memref.getType());
  if (at.indices.size() == 1 && type.getRank() != 1)
    memref = flatten(memref);
  Type element = type.getElementType();
  Value value;
  if (at.lanes == 0) {
    value = b.create<memref::LoadOp>(loc, memref, at.indices);
  } else {
    auto vector = VectorType::get({at.lanes}, element);
    if (!isRagged(at)) {
      value = b.create<vector::LoadOp>(loc, vector, memref, at.indices);
    } else {
      Value zero = lane.constant(b.getZeroAttr(vector));
      if (!at.mask && isBool) {
        // AVX2 has no masked access to bytes: take exactly those that exist.
        auto part = VectorType::get({at.valid}, element);
        value = b.create<vector::InsertStridedSliceOp>(
            loc, b.create<vector::LoadOp>(loc, part, memref, at.indices), zero,
            ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
      } else {
        Value mask = at.mask ? at.mask : lane.mask(at.lanes, at.valid);
        value = b.create<vector::MaskedLoadOp>(loc, vector, memref, at.indices,
                                               mask, zero);
      }
    }
  }
  if (!isBool)
    return value;
  Value zero = lane.constant(b.getZeroAttr(value.getType()));
  return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, value, zero);
}

void KernelBuilder::store(Value memref, Value value, const Position &at) {
  auto type = cast<MemRefType>(memref.getType());
  if (at.indices.size() == 1 && type.getRank() != 1)
    memref = flatten(memref);
  Type element = type.getElementType();
  bool isBool = getElementTypeOrSelf(value.getType()).isInteger(1);
  if (isBool)
    value = b.create<arith::ExtUIOp>(loc, LaneBuilder::typeLike(element, value),
                                     value);
  if (at.lanes == 0) {
    b.create<memref::StoreOp>(loc, value, memref, at.indices);
  } else if (!isRagged(at)) {
    b.create<vector::StoreOp>(loc, value, memref, at.indices);
  } else if (!at.mask && isBool) {
    Value part = b.create<vector::ExtractStridedSliceOp>(
        loc, value, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{at.valid},
        ArrayRef<int64_t>{1});
    b.create<vector::StoreOp>(loc, part, memref, at.indices);
  } else {
    Value mask = at.mask ? at.mask : lane.mask(at.lanes, at.valid);
    b.create<vector::MaskedStoreOp>(loc, memref, at.indices, mask, value);
  }
}

//===----------------------------------------------------------------------===//
// Values of the body
//===----------------------------------------------------------------------===//

static std::vector<const void *> getKey(Value v, const Position &at) {
  std::vector<const void *> key = {v.getAsOpaquePointer(),
                                   reinterpret_cast<const void *>(at.lanes)};
  for (Value index : at.indices)
    key.push_back(index.getAsOpaquePointer());
  return key;
}

void KernelBuilder::define(Value v, const Position &at, Value value) {
  values[getKey(v, at)] = value;
}

/// A position of a broadcast's result as one of its operand.
static Position project(BroadcastOp op, const Position &at) {
  int64_t rank = op.getOutput().getType().getRank();
  ArrayRef<int64_t> dims = op.getDims();
  Position result;
  for (int64_t dim : dims)
    result.indices.push_back(at.indices[dim]);
  if (!dims.empty() && dims.back() == rank - 1) {
    result.lanes = at.lanes;
    result.valid = at.valid;
    result.mask = at.mask;
  }
  return result;
}

static Value evaluateConstant(KernelBuilder &k, ConstantOp op,
                              const Position &at) {
  auto splat = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!splat || !splat.isSplat()) {
    k.fail(op, "expected a splat constant inside a fusion group");
    return nullptr;
  }
  Attribute element = splat.getSplatValue<Attribute>();
  Type type = splat.getElementType();
  if (at.lanes)
    return k.lane.constant(
        DenseElementsAttr::get(VectorType::get({at.lanes}, type), element));
  return k.lane.constant(cast<TypedAttr>(element));
}

/// i < rows for the index, or the lanes from it on.
static Value evaluateRowMask(KernelBuilder &k, RowMaskOp op,
                             const Position &at) {
  Value rows = k.evaluate(op.getRows(), {});
  Type i32 = k.b.getI32Type();
  // At most as many as the batch has, which fits.
  Value count = k.b.create<arith::TruncIOp>(k.loc, i32, rows);
  Value index = k.lane.splat(
      k.b.create<arith::IndexCastOp>(k.loc, i32, at.indices[0]), at.lanes);
  if (at.lanes)
    index = k.lane.addI(index, k.lane.iota(at.lanes));
  return k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::slt, index,
                                   k.lane.splat(count, at.lanes));
}

static Value evaluateOneHot(KernelBuilder &k, OneHotOp op, const Position &at) {
  Value label = k.evaluate(op.getLabels(), {{at.indices[0]}, 0, 0, nullptr});
  Type i32 = k.b.getI32Type();
  Value index = k.lane.splat(
      k.b.create<arith::IndexCastOp>(k.loc, i32, at.indices[1]), at.lanes);
  if (at.lanes)
    index = k.lane.addI(index, k.lane.iota(at.lanes));
  Value hit = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::eq, index,
                                        k.lane.splat(label, at.lanes));
  Type f32 = LaneBuilder::typeLike(k.b.getF32Type(), hit);
  return k.lane.select(hit, k.lane.f32(1.0, f32), k.lane.f32(0.0, f32));
}

/// A row of the table, or zeros at index -1.
static Value evaluateGather(KernelBuilder &k, GatherOp op, const Position &at) {
  Position where;
  where.indices.append(at.indices.begin(), at.indices.end() - 1);
  Value index = k.evaluate(op.getIndices(), where);
  Value zero = k.lane.i32(0, index);
  Value exists =
      k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::sge, index, zero);
  // Some row is read anyway: no branch.
  Value row = k.b.create<arith::IndexCastOp>(
      k.loc, k.b.getIndexType(),
      k.b.create<arith::MaxSIOp>(k.loc, index, zero));
  Position from = at;
  from.indices = {row, at.indices.back()};
  if (op.getBatchDims() == 1)
    from.indices.insert(from.indices.begin(), at.indices.front());
  Value x = k.evaluate(op.getTable(), from);
  return k.lane.select(k.lane.splat(exists, at.lanes), x, k.lane.f32(0.0, x));
}

Value KernelBuilder::evaluate(Value v, const Position &at) {
  auto key = getKey(v, at);
  if (auto it = values.find(key); it != values.end())
    return it->second;

  auto tensor = cast<RankedTensorType>(v.getType());
  Value value;
  Operation *op = v.getDefiningOp();
  if (!op) {
    value = load(getInput(v), tensor.getElementType().isInteger(1), at);
  } else if (auto constant = dyn_cast<ConstantOp>(op)) {
    value = evaluateConstant(*this, constant, at);
  } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    // A flat position has one index only; then the operand has rank 0.
    value = broadcast.getDims().empty()
                ? evaluate(broadcast.getInput(), {})
                : evaluate(broadcast.getInput(), project(broadcast, at));
    value = lane.splat(value, at.lanes);
  } else if (auto rowMask = dyn_cast<RowMaskOp>(op)) {
    value = evaluateRowMask(*this, rowMask, at);
  } else if (auto oneHot = dyn_cast<OneHotOp>(op)) {
    value = evaluateOneHot(*this, oneHot, at);
  } else if (auto gather = dyn_cast<GatherOp>(op)) {
    value = evaluateGather(*this, gather, at);
  } else if (ElementwiseLowering lowering = findElementwiseLowering(op)) {
    SmallVector<Value> operands, results;
    for (OpOperand &operand : op->getOpOperands()) {
      if (std::optional<int64_t> index = getHyperIndex(operand)) {
        Value one =
            evaluate(operand.get(), {{lane.index(*index)}, 0, 0, nullptr});
        operands.push_back(lane.splat(one, at.lanes));
      } else {
        operands.push_back(evaluate(operand.get(), at));
      }
    }
    lowering(lane, op, operands, results);
    for (auto [result, computed] : llvm::zip_equal(op->getResults(), results))
      define(result, at, computed);
    return values[key];
  } else if (evaluateAnchor) {
    value = evaluateAnchor(cast<OpResult>(v), at);
  }
  if (!value) {
    fail(op, "has no place in a fusion group of kind '" +
                 stringifyFusionKind(group.getKind()) + "'");
    Type type = tensor.getElementType();
    if (at.lanes)
      type = VectorType::get({at.lanes}, type);
    value = lane.constant(b.getZeroAttr(type));
  }
  return values[key] = value;
}

void KernelBuilder::evaluateUniforms() {
  for (BlockArgument argument : group.getBody().getArguments())
    if (cast<RankedTensorType>(argument.getType()).getRank() == 0)
      evaluate(argument, {});
  for (Operation &op : group.getBody().front())
    for (OpOperand &operand : op.getOpOperands())
      if (std::optional<int64_t> index = getHyperIndex(operand))
        evaluate(operand.get(), {{lane.index(*index)}, 0, 0, nullptr});
}

void KernelBuilder::storeOutputs(ArrayRef<Position> positions) {
  // All loads come before the first store: an output may be an input's memory.
  SmallVector<Value> computed;
  for (const Position &at : positions)
    for (Value v : group.getYield().getValues())
      computed.push_back(evaluate(v, at));
  const Value *next = computed.begin();
  for (const Position &at : positions)
    for (unsigned i = 0; i < group.getNumResults(); ++i)
      store(getOutput(i), *next++, at);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

Value KernelBuilder::add(Value index, int64_t offset) {
  if (offset == 0)
    return index;
  return b.create<arith::AddIOp>(loc, index, lane.index(offset));
}

void KernelBuilder::loop(Value begin, Value end, int64_t step, Body body) {
  Carried none;
  loop(begin, end, step, none, [&](Value i, Carried &) { body(i); });
}

void KernelBuilder::loop(Value begin, Value end, int64_t step, Carried &carried,
                         CarryingBody body) {
  Scope scope(*this);
  auto loop = b.create<scf::ForOp>(
      loc, begin, end, lane.index(step), carried,
      [&](OpBuilder &, Location, Value i, ValueRange values) {
        Carried inside(values);
        body(i, inside);
        b.create<scf::YieldOp>(loc, inside);
      });
  carried.assign(loop.result_begin(), loop.result_end());
}

void KernelBuilder::ifTrue(Value condition, function_ref<void()> body) {
  Scope scope(*this);
  b.create<scf::IfOp>(loc, condition, [&](OpBuilder &, Location) {
    body();
    b.create<scf::YieldOp>(loc);
  });
}

void KernelBuilder::ifHolds(Value condition, function_ref<void()> body) {
  if (condition)
    return ifTrue(condition, body);
  Scope scope(*this);
  body();
}

std::pair<int64_t, int64_t> getRaggedRows(FusionOp group) {
  auto ragged = group->getAttrOfType<IntegerAttr>(attrs::ragged);
  if (!ragged)
    return {0, 0};
  auto list =
      cast<RankedTensorType>(group.getInputs()[ragged.getInt()].getType());
  return {list.getDimSize(0), list.getDimSize(1)};
}

std::pair<int64_t, int64_t> KernelBuilder::getRagged() {
  return getRaggedRows(group);
}

Value KernelBuilder::getRowCount(Value sample, int64_t multiple) {
  auto ragged = group->getAttrOfType<IntegerAttr>(attrs::ragged);
  int64_t rows = getRagged().second;
  Value list = func.getArgument(ragged.getInt());
  bool isBytes = group.getKind() == FusionKind::scan;
  if (isBytes)
    list = b.create<memref::ViewOp>(
        loc, MemRefType::get({getRagged().first, rows}, b.getI32Type()), list,
        lane.index(0), ValueRange());
  // Tokens come first: halve the range that the first -1 is in.
  Carried range = {lane.index(0), lane.index(rows)};
  loop(lane.index(0), lane.index(llvm::Log2_64_Ceil(rows + 1)), 1, range,
       [&](Value, Carried &inside) {
         Value sum = b.create<arith::AddIOp>(loc, inside[0], inside[1]);
         Value middle = b.create<arith::ShRUIOp>(loc, sum, lane.index(1));
         Value probe =
             b.create<arith::MinUIOp>(loc, middle, lane.index(rows - 1));
         Value token =
             b.create<memref::LoadOp>(loc, list, ValueRange{sample, probe});
         Value there = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sge,
                                               token, lane.i32(0, token));
         Value open = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult,
                                              inside[0], inside[1]);
         Value up = b.create<arith::AndIOp>(loc, there, open);
         inside[0] = lane.select(up, add(middle, 1), inside[0]);
         inside[1] = lane.select(there, inside[1], middle);
       });
  Value count = range[0];
  if (multiple > 1) {
    Value units = b.create<arith::DivUIOp>(loc, add(count, multiple - 1),
                                           lane.index(multiple));
    count = b.create<arith::MulIOp>(loc, units, lane.index(multiple));
  }
  return b.create<arith::MinUIOp>(loc, count, lane.index(rows));
}

Share KernelBuilder::getWhole(int64_t extent) {
  return {lane.index(0), lane.index(extent), nullptr};
}

Share KernelBuilder::getShare(int64_t extent) {
  PartitionAttr partition = *group.getPartition();
  if (partition.getDim() < 0)
    return getWhole(extent);
  unsigned last = func.getNumArguments() - 1;
  Value thread = func.getArgument(last - 1), threads = func.getArgument(last);
  auto getBegin = [&](Value number) {
    return emitShareBegin(b, loc, number, threads, extent, partition.getUnit(),
                          [&](int64_t i) { return lane.index(i); });
  };
  Value begin = getBegin(thread);
  Value end = b.create<arith::MinUIOp>(loc, getBegin(add(thread, 1)),
                                       lane.index(extent));
  Value atEnd = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, end,
                                        lane.index(extent));
  Value some =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, begin, end);
  return {begin, end, b.create<arith::AndIOp>(loc, atEnd, some)};
}

void KernelBuilder::loopCyclic(int64_t extent,
                               function_ref<void(Value, Value)> body) {
  PartitionAttr partition = *group.getPartition();
  if (partition.getDim() < 0)
    return body(lane.index(0), lane.index(extent));
  unsigned last = func.getNumArguments() - 1;
  Value unit = lane.index(partition.getUnit());
  auto scale = [&](Value t) -> Value {
    return b.create<arith::MulIOp>(loc, t, unit);
  };
  Value first = scale(func.getArgument(last - 1));
  Value stride = scale(func.getArgument(last));
  Scope scope(*this);
  b.create<scf::ForOp>(
      loc, first, lane.index(extent), stride, ValueRange(),
      [&](OpBuilder &, Location, Value begin, ValueRange) {
        Value end = b.create<arith::AddIOp>(loc, begin, unit);
        body(begin, b.create<arith::MinUIOp>(loc, end, lane.index(extent)));
        b.create<scf::YieldOp>(loc);
      });
}

void KernelBuilder::emitForThread(function_ref<void()> emit) {
  if (group.getPartition()->getDim() >= 0)
    return emit();
  Value thread = func.getArgument(func.getNumArguments() - 2);
  ifTrue(b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, thread,
                                 lane.index(0)),
         emit);
}

void KernelBuilder::loopPanels(const Share &share, int64_t extent,
                               int64_t lanes, int64_t vectors,
                               function_ref<void(ArrayRef<Run>)> body) {
  int64_t panel = lanes * vectors;
  int64_t whole = extent / panel * panel;
  auto emit = [&](Value begin, int64_t columns) {
    SmallVector<Run> runs;
    for (int64_t c = 0; c < columns; c += lanes)
      runs.push_back({add(begin, c), lanes, std::min(lanes, columns - c)});
    body(runs);
  };
  if (whole) {
    Value end = share.end;
    if (whole < extent)
      end = b.create<arith::MinUIOp>(loc, end, lane.index(whole));
    loop(share.begin, end, panel, [&](Value c) { emit(c, panel); });
  }
  if (whole < extent)
    ifHolds(share.holdsEnd, [&] { emit(lane.index(whole), extent - whole); });
}

} // namespace kiln

//===- ElementwiseKernel.cpp - Groups of nothing but elementwise ops ------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

using namespace mlir;

namespace kiln {

/// True if every value is either of the full shape or one number, so that
/// elements may be counted in row-major order.
static bool isFlat(FusionOp group) {
  if (getIterationShape(group).size() <= 1)
    return true;
  if (group->hasAttr(attrs::ragged))
    return false;
  for (Operation &op : group.getBody().front()) {
    if (isa<RowMaskOp, OneHotOp>(op))
      return false;
    if (auto broadcast = dyn_cast<BroadcastOp>(op);
        broadcast && !broadcast.getDims().empty())
      return false;
  }
  return true;
}

/// Runs over contiguous stretches: of dimension `dim` the thread's share, of
/// those below it everything.
static void emitFlat(KernelBuilder &k, ArrayRef<int64_t> shape, int64_t dim) {
  int64_t extent = shape[dim];
  int64_t outer = ShapedType::getNumElements(shape.take_front(dim));
  int64_t inner = ShapedType::getNumElements(shape.drop_front(dim + 1));
  Share share = k.getShare(extent);
  auto scale = [&](Value index) -> Value {
    if (inner == 1)
      return index;
    return k.b.create<arith::MulIOp>(k.loc, index, k.lane.index(inner));
  };
  Value begin = scale(share.begin), end = scale(share.end);
  Value length = k.b.create<arith::SubIOp>(k.loc, end, begin);
  Value ragged =
      k.b.create<arith::RemUIOp>(k.loc, length, k.lane.index(virtualLanes));
  Value whole = k.b.create<arith::SubIOp>(k.loc, end, ragged);

  k.loop(k.lane.index(0), k.lane.index(outer), 1, [&](Value o) {
    Value base =
        k.b.create<arith::MulIOp>(k.loc, o, k.lane.index(extent * inner));
    auto shift = [&](Value index) -> Value {
      return k.b.create<arith::AddIOp>(k.loc, base, index);
    };
    k.loop(shift(begin), shift(whole), virtualLanes, [&](Value i) {
      k.storeOutputs(Position{{i}, virtualLanes, virtualLanes, nullptr});
    });
    Value some = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ne,
                                           ragged, k.lane.index(0));
    k.ifTrue(some, [&] {
      Value mask = k.lane.mask(virtualLanes, ragged);
      k.storeOutputs(
          Position{{shift(whole)}, virtualLanes, virtualLanes, mask});
    });
  });
}

/// Loops over each dimension, lanes along the last one.
static void emitNested(KernelBuilder &k, ArrayRef<int64_t> shape, int64_t dim,
                       Position &at) {
  int64_t depth = at.indices.size();
  int64_t extent = shape[depth];
  Share share = depth == dim ? k.getShare(extent) : k.getWhole(extent);
  if (depth == 1 && depth != dim && k.getRagged().first)
    share.end = k.getRowCount(at.indices[0], rowUnit);
  if (depth + 1 < int64_t(shape.size())) {
    k.loop(share.begin, share.end, 1, [&](Value i) {
      at.indices.push_back(i);
      emitNested(k, shape, dim, at);
      at.indices.pop_back();
    });
    return;
  }
  k.loopPanels(share, extent, virtualLanes, 1,
               [&](ArrayRef<KernelBuilder::Run> runs) {
                 Position here = at;
                 here.indices.push_back(runs[0].index);
                 here.lanes = runs[0].lanes;
                 here.valid = runs[0].valid;
                 k.storeOutputs(here);
               });
}

void emitElementwise(KernelBuilder &k) {
  ArrayRef<int64_t> shape = getIterationShape(k.group);
  for (Value v : k.group.getYield().getValues())
    if (cast<RankedTensorType>(v.getType()).getShape() != shape)
      return k.fail(k.group, "expected outputs of one shape");

  int64_t dim = std::max<int64_t>(k.group.getPartition()->getDim(), 0);
  k.emitForThread([&] {
    k.evaluateUniforms();
    Position start;
    if (shape.empty())
      k.storeOutputs(start);
    else if (isFlat(k.group))
      emitFlat(k, shape, dim);
    else
      emitNested(k, shape, dim, start);
  });
}

} // namespace kiln

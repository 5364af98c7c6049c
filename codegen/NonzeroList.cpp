//===- NonzeroList.cpp - Which k a tile of rows needs ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/NonzeroList.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

/// Writes `number` behind the first `count` numbers of the list, where it stays
/// if `holds`. Returns how many there are then.
static Value append(KernelBuilder &k, Value list, Value count, Value number,
                    Value holds) {
  Value narrow =
      k.b.create<arith::IndexCastOp>(k.loc, k.b.getI32Type(), number);
  k.b.create<memref::StoreOp>(k.loc, narrow, list, count);
  Value one = k.b.create<arith::ExtUIOp>(k.loc, k.b.getI64Type(), holds);
  return k.b.create<arith::AddIOp>(
      k.loc, count,
      k.b.create<arith::IndexCastOp>(k.loc, k.b.getIndexType(), one));
}

/// The rows lie along k: some k at a time.
static Value listAlongRows(KernelBuilder &k, Value list, Value lhs, Value begin,
                           int64_t depth, Value row, int64_t rows) {
  auto isNonzero = [&](Value x) {
    return k.b.create<arith::CmpFOp>(k.loc, arith::CmpFPredicate::UNE, x,
                                     k.lane.f32(0.0, x));
  };
  KernelBuilder::Carried count = {k.lane.index(0)};
  int64_t whole = depth / virtualLanes * virtualLanes;
  Type bits = k.b.getIntegerType(virtualLanes);
  k.loop(begin, k.add(begin, whole), virtualLanes, count,
         [&](Value first, KernelBuilder::Carried &inside) {
           Value any;
           for (int64_t r = 0; r < rows; ++r) {
             Value x = k.load(
                 lhs, false,
                 {{k.add(row, r), first}, virtualLanes, virtualLanes, nullptr});
             Value nonzero = isNonzero(x);
             any =
                 any ? k.b.create<arith::OrIOp>(k.loc, any, nonzero) : nonzero;
           }
           Value mask = k.b.create<vector::ExtractOp>(
               k.loc,
               k.b.create<vector::BitCastOp>(k.loc, VectorType::get({1}, bits),
                                             any),
               0);
           Value zero = k.b.create<arith::ConstantOp>(
               k.loc, k.b.getIntegerAttr(bits, 0));
           auto some = k.b.create<scf::IfOp>(
               k.loc, k.b.getIndexType(),
               k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ne, mask,
                                         zero),
               /*withElseRegion=*/true);
           OpBuilder::InsertionGuard guard(k.b);
           k.b.setInsertionPointToStart(some.elseBlock());
           k.b.create<scf::YieldOp>(k.loc, inside[0]);
           k.b.setInsertionPointToStart(some.thenBlock());
           Value n = inside[0];
           for (int64_t i = 0; i < virtualLanes; ++i) {
             Value shifted = k.b.create<arith::ShRUIOp>(
                 k.loc, mask,
                 k.b.create<arith::ConstantOp>(k.loc,
                                               k.b.getIntegerAttr(bits, i)));
             Value holds =
                 k.b.create<arith::TruncIOp>(k.loc, k.b.getI1Type(), shifted);
             n = append(k, list, n, k.add(first, i), holds);
           }
           k.b.create<scf::YieldOp>(k.loc, n);
           inside[0] = some.getResult(0);
         });
  k.loop(k.add(begin, whole), k.add(begin, depth), 1, count,
         [&](Value at, KernelBuilder::Carried &inside) {
           Value any;
           for (int64_t r = 0; r < rows; ++r) {
             Value nonzero = isNonzero(k.b.create<memref::LoadOp>(
                 k.loc, lhs, ValueRange{k.add(row, r), at}));
             any =
                 any ? k.b.create<arith::OrIOp>(k.loc, any, nonzero) : nonzero;
           }
           inside[0] = append(k, list, inside[0], at, any);
         });
  return count[0];
}

/// The rows lie side by side for each k.
static Value listAcrossRows(KernelBuilder &k, Value list, Value lhs,
                            Value begin, int64_t depth, Value row,
                            int64_t rows) {
  KernelBuilder::Carried count = {k.lane.index(0)};
  auto type = VectorType::get({rows}, k.b.getF32Type());
  k.loop(begin, k.add(begin, depth), 1, count,
         [&](Value at, KernelBuilder::Carried &inside) {
           // Every k is a line of its own, far from the last one.
           k.prefetch(lhs, {at, k.add(row, virtualLanes)});
           Value x = k.b.create<vector::LoadOp>(k.loc, type, lhs,
                                                ValueRange{at, row});
           Value nonzero = k.b.create<arith::CmpFOp>(
               k.loc, arith::CmpFPredicate::UNE, x, k.lane.f32(0.0, x));
           Value any = k.b.create<vector::ReductionOp>(
               k.loc, vector::CombiningKind::OR, nonzero);
           inside[0] = append(k, list, inside[0], at, any);
         });
  return count[0];
}

Value listNonzeros(KernelBuilder &k, Value list, Value lhs, bool transposed,
                   Value first, int64_t depth, Value row, int64_t rows) {
  return transposed ? listAcrossRows(k, list, lhs, first, depth, row, rows)
                    : listAlongRows(k, list, lhs, first, depth, row, rows);
}

} // namespace kiln

//===- CheckBounds.cpp - No access outside of what it belongs to ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/GroupLowering.h"
#include "codegen/Passes.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Path.h"

#define DEBUG_TYPE "kiln-check-bounds"

namespace kiln {
#define GEN_PASS_DEF_CHECKBOUNDS
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;
namespace arith = mlir::arith;
namespace func = mlir::func;
namespace memref = mlir::memref;
namespace vector = mlir::vector;
using mlir::Value;

namespace {
/// The elements [begin, end) of `extent` that an access touches.
struct Range {
  Value begin, end, extent;
};

/// Puts a check in front of one op.
class Checker {
public:
  Checker(mlir::Operation *op, mlir::ModuleOp module)
      : op(op), module(module), b(op), loc(op->getLoc()) {}
  llvm::LogicalResult run();

private:
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Value add(Value x, Value y) {
    return b.createOrFold<arith::AddIOp>(loc, x, y);
  }
  Value multiply(Value x, Value y) {
    return b.createOrFold<arith::MulIOp>(loc, x, y);
  }
  Value compare(arith::CmpIPredicate predicate, Value x, Value y) {
    return b.createOrFold<arith::CmpIOp>(loc, predicate, x, y);
  }
  Value both(Value x, Value y) {
    return b.createOrFold<arith::AndIOp>(loc, x, y);
  }
  Value getSize(Value memory, int64_t dim) {
    return b.createOrFold<memref::DimOp>(loc, memory, dim);
  }

  /// An access to elements of `memory`; of a vector, to its lanes in `mask`.
  void addAccess(Value memory, mlir::ValueRange indices, mlir::Type accessed,
                 Value mask = nullptr);
  /// The first lane of `mask` and the one behind the last; the same if none.
  std::pair<Value, Value> getLanes(Value mask);
  void addView(memref::ViewOp view);
  void addCast(memref::ReinterpretCastOp cast);
  Value getElements(Value memory);

  llvm::LogicalResult emit();
  mlir::FailureOr<Value> getWhere();

  mlir::Operation *op;
  mlir::ModuleOp module;
  mlir::OpBuilder b;
  mlir::Location loc;
  llvm::SmallVector<Range> ranges;
};
} // namespace

std::pair<Value, Value> Checker::getLanes(Value mask) {
  int64_t lanes = llvm::cast<mlir::VectorType>(mask.getType()).getNumElements();
  mlir::DenseIntElementsAttr known;
  if (mlir::matchPattern(mask, mlir::m_Constant(&known))) {
    auto values = llvm::to_vector(known.getValues<bool>());
    auto first = llvm::find(values, true) - values.begin();
    auto last =
        llvm::find(llvm::reverse(values), true) - llvm::reverse(values).begin();
    return {index(first), index(std::max<int64_t>(first, lanes - last))};
  }
  mlir::Type bitsType = b.getIntegerType(unsigned(lanes));
  Value bits = b.create<vector::BitCastOp>(
      loc, mlir::VectorType::get({1}, bitsType), mask);
  bits = b.create<vector::ExtractOp>(loc, bits, 0);
  auto toIndex = [&](Value count) {
    return b.create<arith::IndexCastUIOp>(loc, b.getIndexType(), count);
  };
  Value first = toIndex(b.create<mlir::math::CountTrailingZerosOp>(loc, bits));
  Value behind = toIndex(b.create<mlir::math::CountLeadingZerosOp>(loc, bits));
  Value end = b.create<arith::SubIOp>(loc, index(lanes), behind);
  return {first, b.create<arith::MaxSIOp>(loc, first, end)};
}

void Checker::addAccess(Value memory, mlir::ValueRange indices,
                        mlir::Type accessed, Value mask) {
  Value begin = index(0), end = index(1);
  if (auto type = llvm::dyn_cast<mlir::VectorType>(accessed))
    end = index(type.getNumElements());
  if (mask)
    std::tie(begin, end) = getLanes(mask);
  for (auto [dim, at] : llvm::enumerate(indices)) {
    Value extent = getSize(memory, int64_t(dim));
    if (dim + 1 == indices.size())
      ranges.push_back({add(at, begin), add(at, end), extent});
    else
      ranges.push_back({at, add(at, index(1)), extent});
  }
}

Value Checker::getElements(Value memory) {
  Value elements = index(1);
  auto type = llvm::cast<mlir::MemRefType>(memory.getType());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    elements = multiply(elements, getSize(memory, dim));
  return elements;
}

/// The bytes of a block that a view takes.
void Checker::addView(memref::ViewOp view) {
  mlir::MemRefType type = view.getType();
  Value bytes = index(type.getElementTypeBitWidth() / 8);
  auto sizes = view.getSizes().begin();
  for (int64_t size : type.getShape())
    bytes = multiply(bytes, mlir::ShapedType::isDynamic(size) ? *sizes++
                                                              : index(size));
  Value begin = view.getByteShift();
  ranges.push_back({begin, add(begin, bytes), getElements(view.getSource())});
}

/// The elements from the first to the last that a cast makes reachable.
void Checker::addCast(memref::ReinterpretCastOp cast) {
  auto get = [&](mlir::OpFoldResult number) {
    return mlir::getValueOrCreateConstantIndexOp(b, loc, number);
  };
  Value begin = get(cast.getMixedOffsets().front());
  Value end = add(begin, index(1));
  for (auto [size, stride] :
       llvm::zip_equal(cast.getMixedSizes(), cast.getMixedStrides()))
    end = add(end, multiply(add(get(size), index(-1)), get(stride)));
  ranges.push_back({begin, end, getElements(cast.getSource())});
}

/// A text of the kernel and the line, for the message.
mlir::FailureOr<Value> Checker::getWhere() {
  auto line = loc->findInstanceOf<mlir::FileLineColLoc>();
  auto function = op->getParentOfType<func::FuncOp>();
  if (!line)
    return function.emitError("expected '")
           << op->getName() << "' to have a line, to name when it fails";
  auto id = function->getAttrOfType<mlir::StringAttr>(attrs::kernel);
  llvm::StringRef kernel = id ? id.getValue() : function.getName();
  std::string text =
      (llvm::sys::path::filename(line.getFilename()) + ":" +
       llvm::Twine(line.getLine()) + ":" + llvm::Twine(line.getColumn()) +
       ": error: kernel '" + kernel + "'")
          .str();
  text.push_back('\0');
  // One text for each kernel and line: looked up by what it says.
  std::string name = "where." + text;
  name.pop_back();
  if (!module.lookupSymbol(name)) {
    mlir::OpBuilder atStart = mlir::OpBuilder::atBlockBegin(module.getBody());
    auto type =
        mlir::LLVM::LLVMArrayType::get(b.getI8Type(), unsigned(text.size()));
    atStart.create<mlir::LLVM::GlobalOp>(loc, type, /*isConstant=*/true,
                                         mlir::LLVM::Linkage::Private, name,
                                         b.getStringAttr(text));
  }
  return Value(b.create<mlir::LLVM::AddressOfOp>(
      loc, mlir::LLVM::LLVMPointerType::get(b.getContext()), name));
}

/// One branch for all ranges, and the first wrong one in its message.
llvm::LogicalResult Checker::emit() {
  Value allGood = b.create<arith::ConstantIntOp>(loc, 1, 1);
  llvm::SmallVector<Value> good;
  for (const Range &range : ranges) {
    Value above = compare(arith::CmpIPredicate::sge, range.begin, index(0));
    Value below = compare(arith::CmpIPredicate::sle, range.end, range.extent);
    // No lane is no access, wherever.
    Value none = compare(arith::CmpIPredicate::eq, range.begin, range.end);
    good.push_back(b.createOrFold<arith::OrIOp>(loc, none, both(above, below)));
    allGood = both(allGood, good.back());
  }
  if (mlir::matchPattern(allGood, mlir::m_One()))
    return llvm::success();
  Value bad = b.create<arith::XOrIOp>(
      loc, allGood, b.create<arith::ConstantIntOp>(loc, 1, 1));
  auto branch = b.create<mlir::scf::IfOp>(loc, bad);
  mlir::OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  mlir::FailureOr<Value> where = getWhere();
  if (failed(where))
    return llvm::failure();
  Range said = ranges.back();
  for (size_t i = ranges.size() - 1; i-- > 0;) {
    auto choose = [&](Value next, Value here) -> Value {
      return b.create<arith::SelectOp>(loc, good[i], next, here);
    };
    said = {choose(said.begin, ranges[i].begin),
            choose(said.end, ranges[i].end),
            choose(said.extent, ranges[i].extent)};
  }
  llvm::SmallVector<Value> operands = {*where};
  for (Value number : {said.begin, said.end, said.extent})
    operands.push_back(
        b.create<arith::IndexCastOp>(loc, b.getI64Type(), number));
  b.create<func::CallOp>(loc, "kiln_rt_out_of_bounds", mlir::TypeRange(),
                         operands);
  return llvm::success();
}

llvm::LogicalResult Checker::run() {
  llvm::TypeSwitch<mlir::Operation *>(op)
      .Case([&](memref::LoadOp load) {
        addAccess(load.getMemRef(), load.getIndices(), load.getType());
      })
      .Case([&](memref::StoreOp store) {
        addAccess(store.getMemRef(), store.getIndices(),
                  store.getValueToStore().getType());
      })
      .Case<vector::LoadOp>([&](auto load) {
        addAccess(load.getBase(), load.getIndices(), load.getType());
      })
      .Case<vector::StoreOp>([&](auto store) {
        addAccess(store.getBase(), store.getIndices(),
                  store.getValueToStore().getType());
      })
      .Case<vector::MaskedLoadOp>([&](auto load) {
        addAccess(load.getBase(), load.getIndices(), load.getType(),
                  load.getMask());
      })
      .Case<vector::MaskedStoreOp>([&](auto store) {
        addAccess(store.getBase(), store.getIndices(),
                  store.getValueToStore().getType(), store.getMask());
      })
      .Case([&](memref::ViewOp view) { addView(view); })
      .Case([&](memref::ReinterpretCastOp cast) { addCast(cast); });
  return ranges.empty() ? llvm::success() : emit();
}

/// Programs hand tiles an address before the tile's own memory, so that kernels
/// count from the first tile on: not their views, but kernels' are checked.
static bool isProgram(func::FuncOp function) {
  return !function.getOps<mlir::omp::ParallelOp>().empty();
}

namespace {
struct CheckBounds : impl::CheckBoundsBase<CheckBounds> {
  void runOnOperation() override {
    mlir::ModuleOp module = getOperation();
    llvm::SmallVector<mlir::Operation *> ops;
    for (auto function : module.getOps<func::FuncOp>()) {
      bool views = !isProgram(function);
      function.walk([&](mlir::Operation *op) {
        if (views || !llvm::isa<memref::ViewOp>(op))
          ops.push_back(op);
      });
    }
    declareRuntime(module);
    for (mlir::Operation *op : ops)
      if (failed(Checker(op, module).run()))
        return signalPassFailure();
  }

  void declareRuntime(mlir::ModuleOp module) {
    mlir::OpBuilder b = mlir::OpBuilder::atBlockBegin(module.getBody());
    mlir::Type i64 = b.getI64Type();
    auto type = b.getFunctionType(
        {mlir::LLVM::LLVMPointerType::get(&getContext()), i64, i64, i64}, {});
    auto callee =
        b.create<func::FuncOp>(module.getLoc(), "kiln_rt_out_of_bounds", type);
    callee.setPrivate();
    callee->setAttr("passthrough", b.getStrArrayAttr({"cold", "noreturn"}));
  }
};
} // namespace

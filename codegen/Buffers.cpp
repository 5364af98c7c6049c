//===- Buffers.cpp - Which values share memory ----------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"

using namespace kiln;

llvm::SetVector<FusionOp> kiln::getReaders(mlir::Value value, bool &returned) {
  llvm::SetVector<FusionOp> readers;
  llvm::SmallVector<mlir::Value> aliases{value};
  while (!aliases.empty())
    for (mlir::Operation *user : aliases.pop_back_val().getUsers()) {
      if (auto group = llvm::dyn_cast<FusionOp>(user))
        readers.insert(group);
      else if (auto reshape = llvm::dyn_cast<ReshapeOp>(user))
        aliases.push_back(reshape.getOutput());
      else
        returned = true;
    }
  return readers;
}

/// What computes the rows that a scatter adds up: it is evaluated wherever an
/// index leads.
static llvm::DenseSet<mlir::Operation *> getPrologue(mlir::Operation *scatter) {
  llvm::DenseSet<mlir::Operation *> ops;
  llvm::SmallVector<mlir::Value> open{scatter->getOperand(0)};
  while (!open.empty()) {
    mlir::Operation *op = open.pop_back_val().getDefiningOp();
    if (op && ops.insert(op).second)
      llvm::append_range(open, op->getOperands());
  }
  return ops;
}

/// Whether `group` can write result `output` over `argument`: it reads the
/// argument element by element and writes an element after it was read.
static bool readsElementwise(FusionOp group, unsigned output,
                             mlir::BlockArgument argument) {
  // Row kernels may read a row several times, after parts of it are written.
  if (group.getKind() != FusionKind::contraction &&
      group.getKind() != FusionKind::columns &&
      group.getKind() != FusionKind::scatter &&
      group.getKind() != FusionKind::elementwise)
    return false;
  llvm::DenseSet<mlir::Operation *> readAnywhere;
  if (group.getKind() == FusionKind::scatter)
    readAnywhere = getPrologue(group.getAnchor());
  for (auto [input, inner] :
       llvm::zip(group.getInputs(), group.getBody().getArguments())) {
    if (lookThroughReshapes(input) != argument)
      continue;
    if (input.getType() != group.getOutputs()[output].getType())
      return false;
    for (mlir::Operation *user : inner.getUsers())
      if (!user->hasTrait<ElementwiseLanes>() || readAnywhere.contains(user))
        return false;
  }
  return true;
}

llvm::SmallVector<Donation> kiln::getDonations(mlir::func::FuncOp func) {
  llvm::SmallVector<Donation> donations;
  llvm::DenseSet<mlir::Value> taken;
  mlir::Operation *terminator = func.getBody().front().getTerminator();
  for (mlir::OpOperand &operand : terminator->getOpOperands()) {
    auto index = func.getResultAttrOfType<mlir::IntegerAttr>(
        operand.getOperandNumber(), attrs::donates);
    auto result =
        llvm::dyn_cast<mlir::OpResult>(lookThroughReshapes(operand.get()));
    if (!index || !result)
      continue;
    auto group = llvm::dyn_cast<FusionOp>(result.getOwner());
    mlir::BlockArgument argument = func.getArgument(index.getInt());
    if (group && readsElementwise(group, result.getResultNumber(), argument) &&
        taken.insert(argument).second && taken.insert(result).second)
      donations.push_back({group, result.getResultNumber(), argument});
  }
  return donations;
}

bool kiln::comesLast(const Donation &donation) {
  bool returned = false;
  for (FusionOp reader : getReaders(donation.argument, returned))
    if (reader != donation.group && !reader->isBeforeInBlock(donation.group))
      return false;
  return !returned;
}

Buffers::Buffers(llvm::ArrayRef<Donation> inPlace) {
  for (const Donation &donation : inPlace) {
    FusionOp group = donation.group;
    overwrites[group.getOutputs()[donation.output]] = donation.argument;
  }
}

static llvm::SmallVector<Donation> getInPlace(mlir::func::FuncOp func) {
  llvm::SmallVector<Donation> donations = getDonations(func);
  llvm::erase_if(donations, [](const Donation &d) { return !comesLast(d); });
  return donations;
}

Buffers::Buffers(mlir::func::FuncOp func) : Buffers(getInPlace(func)) {}

mlir::Value Buffers::getOwner(mlir::Value value) const {
  value = lookThroughReshapes(value);
  mlir::Value argument = overwrites.lookup(value);
  return argument ? argument : value;
}

bool kiln::runsOnce(FusionOp group) { return group->hasAttr(attrs::once); }

bool kiln::isThreadPrivate(mlir::BlockArgument argument) {
  auto func =
      llvm::dyn_cast<mlir::func::FuncOp>(argument.getOwner()->getParentOp());
  auto role = func.getArgAttrOfType<mlir::StringAttr>(argument.getArgNumber(),
                                                      attrs::role);
  return role && (role.getValue() == "input" || role.getValue() == "target" ||
                  role.getValue() == "weight");
}

llvm::SmallVector<Buffers::Touch> Buffers::getTouches(FusionOp group) const {
  llvm::SmallVector<Touch> touches;
  PartitionAttr partition = group.getPartitionAttr();
  for (auto [i, value] : llvm::enumerate(group.getInputs())) {
    mlir::Value owner = getOwner(value);
    auto argument = llvm::dyn_cast<mlir::BlockArgument>(owner);
    if (argument && isThreadPrivate(argument))
      continue;
    touches.push_back({owner,
                       llvm::cast<mlir::ShapedType>(value.getType()).getShape(),
                       getInputAccess(group, partition, i), /*writes=*/false});
  }
  for (auto [i, value] : llvm::enumerate(group.getOutputs()))
    touches.push_back({getOwner(value),
                       llvm::cast<mlir::ShapedType>(value.getType()).getShape(),
                       getOutputAccess(group, partition, i), /*writes=*/true});
  return touches;
}

/// The elements of each unit of dimension 0, which are contiguous; 0 if not all
/// units are equal.
static int64_t getUnitElements(const Buffers::Touch &touch) {
  const Access &access = touch.access;
  if (access.extent % access.unit)
    return 0;
  return mlir::ShapedType::getNumElements(touch.shape) / access.extent *
         access.unit;
}

/// Whether each thread touches only elements under `b` that nobody else
/// touches under `a`.
static bool isOwnedAlike(const Buffers::Touch &a, const Buffers::Touch &b) {
  if (a.access.isOwnedAlike(b.access) &&
      (a.access.kind == Access::First || a.shape == b.shape))
    return true;
  // Through a reshape, the same units of an inner dimension may be other
  // elements; those of dimension 0 are the same if they are equally large.
  if (a.access.kind != b.access.kind || a.access.kind == Access::First ||
      a.access.kind == Access::Whole || a.access.dim != 0 || b.access.dim != 0)
    return false;
  return a.access.isOwnedAlike(b.access) ||
         (getUnitElements(a) && getUnitElements(a) == getUnitElements(b));
}

bool kiln::mayRace(llvm::ArrayRef<Buffers::Touch> first,
                   llvm::ArrayRef<Buffers::Touch> second) {
  for (const Buffers::Touch &a : first)
    for (const Buffers::Touch &b : second)
      if (a.owner == b.owner && (a.writes || b.writes) && !isOwnedAlike(a, b))
        return true;
  return false;
}

void OpenTouches::add(llvm::ArrayRef<Buffers::Touch> touches) {
  for (const Buffers::Touch &touch : touches)
    (touch.writes ? writes : reads)[touch.owner].push_back({count++, touch});
}

void OpenTouches::close(size_t until) {
  begin = until;
  if (begin != count)
    return;
  reads.clear();
  writes.clear();
}

bool OpenTouches::mayRace(llvm::ArrayRef<Buffers::Touch> touches,
                          size_t since) const {
  auto races = [&](const Numbered &earlier, const Buffers::Touch &touch) {
    for (const auto &[number, other] : llvm::reverse(earlier)) {
      if (number < std::max(begin, since))
        return false;
      if (!isOwnedAlike(other, touch))
        return true;
    }
    return false;
  };
  return llvm::any_of(touches, [&](const Buffers::Touch &touch) {
    auto find = [&](const auto &byOwner) {
      auto found = byOwner.find(touch.owner);
      return found != byOwner.end() && races(found->second, touch);
    };
    return find(writes) || (touch.writes && find(reads));
  });
}

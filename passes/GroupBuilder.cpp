//===- GroupBuilder.cpp - Puts fusion groups together ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"

#include "passes/Locations.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace kiln;

SmallVector<mlir::Block *> kiln::getGroupedBlocks(func::FuncOp func) {
  SmallVector<mlir::Block *> blocks;
  func.walk([&](ScanOp scan) { blocks.push_back(&scan.getBody().front()); });
  blocks.push_back(&func.front());
  return blocks;
}

bool kiln::isLoose(Operation *op) {
  return !isFree(op) && !isa<FusionOp, ReshapeOp>(op) &&
         !op->hasTrait<OpTrait::IsTerminator>();
}

SmallVector<Operation *>
kiln::collectLoose(mlir::Block &block,
                   llvm::function_ref<bool(Operation *)> matches) {
  SmallVector<Operation *> found;
  for (Operation &op : block)
    if (isLoose(&op) && matches(&op))
      found.push_back(&op);
  return found;
}

GroupRewriter::GroupRewriter(func::FuncOp func, llvm::StringLiteral pass)
    : PassRewriter(func, pass) {
  func.walk([&](FusionOp group) { ids.insert(group.getId()); });
}

std::string GroupRewriter::takeId(StringRef base) {
  std::string id = base.str();
  for (unsigned i = 2; !ids.insert(id).second; ++i)
    id = (base + "." + llvm::Twine(i)).str();
  return id;
}

void GroupRewriter::eraseOp(Operation *op) {
  erased.insert(op);
  PassRewriter::eraseOp(op);
}

void GroupRewriter::forEachLoose(mlir::Block &block,
                                 llvm::function_ref<bool(Operation *)> matches,
                                 llvm::function_ref<void(Operation *)> fuse) {
  // What a fusion makes is not loose, so all that matters is there now. An
  // address that is erased is none of these ops' any more.
  erased.clear();
  for (Operation *op : collectLoose(block, [](Operation *) { return true; }))
    if (!erased.contains(op) && matches(op))
      fuse(op);
}

void kiln::eraseUnusedFree(RewriterBase &rewriter, mlir::Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isFree(&op) && op.use_empty())
      rewriter.eraseOp(&op);
}

/// The values that `op` needs once constants and broadcasts are computed where
/// they are used.
static void collectInputs(Operation *op, SmallVectorImpl<Value> &inputs) {
  for (OpOperand &operand : op->getOpOperands()) {
    Operation *producer = operand.get().getDefiningOp();
    if (producer && isFree(producer) && !readsMemory(operand))
      collectInputs(producer, inputs);
    else
      inputs.push_back(operand.get());
  }
}

/// The ops that use `value` once broadcasts are computed where they are used.
/// One that is read from memory is a user itself.
static void collectUsers(Value value, llvm::SetVector<Operation *> &users) {
  for (Operation *user : value.getUsers()) {
    if (!isFree(user)) {
      users.insert(user);
      continue;
    }
    Value result = user->getResult(0);
    if (llvm::any_of(result.getUses(), readsMemory))
      users.insert(user);
    collectUsers(result, users);
  }
}

SmallVector<Operation *> GroupBuilder::getUsers(Operation *op) const {
  llvm::SetVector<Operation *> users;
  for (Value result : op->getResults())
    collectUsers(result, users);
  SmallVector<Operation *> sorted = users.takeVector();
  // Use lists have no order to rely on.
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return sorted;
}

/// True if some input of `ops` depends on one of their results.
static bool hasCycle(const llvm::SetVector<Operation *> &ops) {
  Operation *first = ops.front();
  for (Operation *op : ops)
    if (op->isBeforeInBlock(first))
      first = op;
  SmallVector<Value> pending;
  for (Operation *op : ops) {
    SmallVector<Value> inputs;
    collectInputs(op, inputs);
    for (Value input : inputs)
      if (!ops.contains(input.getDefiningOp()))
        pending.push_back(input);
  }
  llvm::DenseSet<Operation *> visited;
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val().getDefiningOp();
    if (!op || op->isBeforeInBlock(first) || !visited.insert(op).second)
      continue;
    if (ops.contains(op))
      return true;
    llvm::append_range(pending, op->getOperands());
  }
  return false;
}

/// Why no kernel of `kind` computes `ops` in one go; empty if one does.
static StringRef findObstacle(const llvm::SetVector<Operation *> &ops,
                              FusionKind kind, Operation *anchor) {
  bool readsWhole = kind == FusionKind::contraction ||
                    kind == FusionKind::columns || kind == FusionKind::gather;
  for (Operation *op : ops) {
    SmallVector<Value> pending(op->getOperands());
    while (!pending.empty()) {
      Operation *producer = pending.pop_back_val().getDefiningOp();
      if (!producer)
        continue;
      if (op == anchor && readsWhole && ops.contains(producer))
        return "stays outside: the anchor needs all of what the group computes "
               "by tiles";
      auto broadcast = dyn_cast<BroadcastOp>(producer);
      if (!broadcast)
        continue;
      bool alongRows = kind == FusionKind::rows &&
                       broadcast.getDims() == ArrayRef<int64_t>{0};
      if (ops.contains(broadcast.getInput().getDefiningOp()) && !alongRows)
        return "stays outside: a broadcast needs all of what the group "
               "computes by parts";
      pending.push_back(broadcast.getInput());
    }
  }
  return {};
}

LogicalResult GroupBuilder::add(ArrayRef<Operation *> more) {
  llvm::SetVector<Operation *> extended = ops;
  extended.insert(more.begin(), more.end());
  StringRef obstacle = findObstacle(extended, kind, anchor);
  if (obstacle.empty() && hasCycle(extended))
    obstacle = "stays outside: an input of the group would depend on one of "
               "its results";
  if (!obstacle.empty())
    return notifyFailure(rewriter, more.front(), obstacle);
  ops = std::move(extended);
  return success();
}

void GroupBuilder::addProducers(Operation *op, Rule rule) {
  SmallVector<Value> inputs;
  collectInputs(op, inputs);
  for (Value input : inputs) {
    Operation *producer = input.getDefiningOp();
    if (!producer || contains(producer) || !isLoose(producer) ||
        !rule(producer))
      continue;
    if (!llvm::all_of(getUsers(producer),
                      [&](Operation *user) { return contains(user); })) {
      (void)notifyFailure(rewriter, producer,
                          "stays outside: its result has uses elsewhere, too");
      continue;
    }
    if (succeeded(add(producer)))
      addProducers(producer, rule);
  }
}

void GroupBuilder::addConsumers(Operation *op, Rule rule) {
  SmallVector<Operation *> joining;
  for (Operation *user : getUsers(op)) {
    if (contains(user))
      continue;
    if (!isLoose(user) || !rule(user)) {
      (void)notifyFailure(rewriter, user,
                          "cannot join the group, so the value that it reads "
                          "leaves it anyway");
      return;
    }
    joining.push_back(user);
  }
  if (joining.empty() || failed(add(joining)))
    return;
  for (Operation *user : joining)
    addProducers(user, rule);
  for (Operation *user : joining)
    addConsumers(user, rule);
}

/// Whether `op` makes one tensor of several. A sum along chains waits for the
/// whole batch: better that one of them waits than all of them, the rest being
/// dead once the tile of the batch that made them is done.
static bool readsSeveral(Operation *op, ArrayRef<int64_t> shape) {
  return llvm::count_if(op->getOperands(), [&](Value value) {
           return cast<RankedTensorType>(value.getType()).getShape() == shape &&
                  !value.getDefiningOp<BroadcastOp>() &&
                  !value.getDefiningOp<ConstantOp>();
         }) > 1;
}

void kiln::addPrologue(GroupBuilder &group, Operation *anchor) {
  std::optional<FusionKind> kind = getKindAlone(anchor);
  if (!kind)
    return;
  auto shape =
      cast<RankedTensorType>(anchor->getOperand(0).getType()).getShape();
  group.addProducers(anchor, [&](Operation *op) {
    return isPrologue(op, *kind, shape) &&
           !(isa<ChainSumOp>(anchor) && readsSeveral(op, shape));
  });
}

void GroupBuilder::addConnected(Rule rule) {
  // `ops` grows while it is walked.
  for (unsigned i = 0; i < ops.size(); ++i) {
    SmallVector<Operation *> neighbours = getUsers(ops[i]);
    SmallVector<Value> inputs;
    collectInputs(ops[i], inputs);
    for (Value input : inputs)
      if (Operation *producer = input.getDefiningOp())
        neighbours.push_back(producer);
    for (Operation *neighbour : neighbours)
      if (!contains(neighbour) && isLoose(neighbour) && rule(neighbour))
        (void)add(neighbour);
  }
}

/// `<layer>.<what>@<file>:<line>`, in a cell `<layer>.cell.<what>`.
static std::string makeId(Operation *anchor) {
  Origin origin = getOrigin(anchor->getLoc());
  StringRef layer = origin.layer;
  if (layer.empty())
    layer = anchor->getName().stripDialect();
  StringRef cell = isa<ScanOp>(anchor->getParentOp()) ? ".cell." : ".";
  std::string base =
      (layer + cell + (origin.role.empty() ? "forward" : origin.role)).str();
  if (origin.file)
    base += ("@" + llvm::sys::path::filename(origin.file->getFilename()) + ":" +
             llvm::Twine(origin.file->getLine()))
                .str();
  return base;
}

/// The locations of `ops` other than `anchor`'s, each once; null if none.
static ArrayAttr makeFusedFrom(ArrayRef<Operation *> ops, Location anchor) {
  llvm::SetVector<Attribute> others;
  for (Operation *op : ops)
    if (op->getLoc() != anchor && !isa<UnknownLoc>(op->getLoc()))
      others.insert(op->getLoc());
  if (others.empty())
    return {};
  return ArrayAttr::get(anchor.getContext(), others.getArrayRef());
}

/// Moves what uses `group`'s results but stands before it, and in turn what
/// uses that, behind it, in the same order.
static void moveUsersBehind(FusionOp group) {
  llvm::SetVector<Operation *> late;
  auto addUsers = [&](Operation *op) {
    for (Operation *user : op->getUsers())
      if (user->isBeforeInBlock(group))
        late.insert(user);
  };
  addUsers(group);
  // `late` grows while it is walked.
  for (unsigned i = 0; i < late.size(); ++i)
    addUsers(late[i]);
  SmallVector<Operation *> sorted = late.takeVector();
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  Operation *last = group;
  for (Operation *op : sorted) {
    op->moveAfter(last);
    last = op;
  }
}

/// Removes constants and broadcasts of `value` that nothing uses any more: they
/// would hold on to it when it goes.
static void eraseUnusedFreeUsers(RewriterBase &rewriter, Value value) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers())) {
    if (!isFree(user))
      continue;
    eraseUnusedFreeUsers(rewriter, user->getResult(0));
    if (user->use_empty())
      rewriter.eraseOp(user);
  }
}

/// Copies `op` to the builder's place, the free ops that it needs first.
static void cloneWithFree(OpBuilder &builder, Operation *op,
                          IRMapping &mapping) {
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (producer && isFree(producer) && !mapping.contains(operand))
      cloneWithFree(builder, producer, mapping);
  }
  builder.clone(*op, mapping);
}

FusionOp GroupBuilder::build() {
  for (Operation *op : ops)
    for (Value result : op->getResults())
      eraseUnusedFreeUsers(rewriter, result);
  SmallVector<Operation *> sorted(ops.begin(), ops.end());
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs;
  for (Operation *op : sorted) {
    SmallVector<Value> needed;
    collectInputs(op, needed);
    for (Value value : needed)
      if (!ops.contains(value.getDefiningOp()))
        inputs.insert(value);
    for (Value result : op->getResults()) {
      llvm::SetVector<Operation *> users;
      collectUsers(result, users);
      if (llvm::any_of(users, [&](Operation *user) { return !contains(user); }))
        outputs.push_back(result);
    }
  }

  rewriter.setInsertionPoint(sorted.back());
  auto group = rewriter.create<FusionOp>(
      anchor->getLoc(), ValueRange(outputs).getTypes(),
      rewriter.getStringAttr(rewriter.takeId(makeId(anchor))),
      FusionKindAttr::get(rewriter.getContext(), kind), inputs.getArrayRef(),
      PartitionAttr(), makeFusedFrom(sorted, anchor->getLoc()));
  mlir::Block *body = rewriter.createBlock(&group.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : sorted)
    cloneWithFree(rewriter, op, mapping);
  rewriter.create<YieldOp>(anchor->getLoc(),
                           llvm::map_to_vector(outputs, [&](Value value) {
                             return mapping.lookup(value);
                           }));

  for (auto [output, result] : llvm::zip_equal(outputs, group.getOutputs()))
    rewriter.replaceAllUsesWith(output, result);

  // Free ops that only the group used go with its ops, users before producers.
  llvm::SetVector<Operation *> dying(ops.begin(), ops.end());
  for (unsigned i = 0; i < dying.size(); ++i)
    for (Value operand : dying[i]->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        if (isFree(producer))
          dying.insert(producer);
  SmallVector<Operation *> doomed = dying.takeVector();
  llvm::sort(doomed,
             [](Operation *a, Operation *b) { return b->isBeforeInBlock(a); });
  for (Operation *op : doomed)
    if (contains(op) || op->use_empty())
      rewriter.eraseOp(op);
  moveUsersBehind(group);
  return group;
}

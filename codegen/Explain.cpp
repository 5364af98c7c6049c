//===- Explain.cpp - What became of a program, for people -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Explain.h"

#include "codegen/Buffers.h"
#include "passes/Locations.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <set>

using namespace kiln;
namespace func = mlir::func;

namespace {
/// A value with memory of its own.
struct Buffer {
  std::string name;
  llvm::StringRef kind;
  PlaceAttr place;
  int64_t bytes;
  /// Barriers before its first and its last use; all steps for a parameter.
  unsigned first, last;
};

class Explainer {
public:
  Explainer(func::FuncOp program, llvm::raw_ostream &os)
      : program(program), os(os), body(program.getBody().front()) {}
  void run(llvm::ArrayRef<Remark> remarks);

private:
  void printKernels();
  void printRemarks(llvm::ArrayRef<Remark> remarks);
  void collectBuffers();
  void printBuffers();
  void printMemory();
  int64_t getBytes(llvm::StringRef attribute) {
    auto bytes = program->getAttrOfType<mlir::IntegerAttr>(attribute);
    return bytes ? bytes.getInt() : 0;
  }

  func::FuncOp program;
  llvm::raw_ostream &os;
  mlir::Block &body;
  std::vector<Buffer> buffers;
  unsigned barriers = 0;
};
} // namespace

static std::string describePartition(FusionOp group) {
  PartitionAttr partition = group.getPartitionAttr();
  if (!partition)
    return "";
  if (partition.getDim() < 0)
    return "thread 0";
  std::string text = "dim " + std::to_string(partition.getDim()) + " by " +
                     std::to_string(partition.getUnit());
  if (auto loop = group->getAttrOfType<mlir::IntegerAttr>(attrs::tileLoop))
    text += ", tile loop " + std::to_string(loop.getInt());
  return text;
}

static void printKernel(FusionOp group, unsigned indent,
                        llvm::raw_ostream &os) {
  std::string id = std::string(indent, ' ') + group.getId().str();
  std::string kind = stringifyFusionKind(group.getKind()).str();
  os << llvm::format("  %-44s %-12s %-24s ", id.c_str(), kind.c_str(),
                     describePartition(group).c_str())
     << summarize(group) << "\n";
  for (auto scan : group.getBody().front().getOps<ScanOp>())
    for (auto part : scan.getBody().front().getOps<FusionOp>())
      printKernel(part, indent + 2, os);
}

void Explainer::printKernels() {
  unsigned kernels = 0, ops = 0;
  program.walk([&](FusionOp group) {
    ++kernels;
    for (mlir::Operation &op : group.getBody().front().without_terminator())
      ops += !llvm::isa<ConstantOp, BroadcastOp, ScanOp>(op);
  });
  os << "kernels: " << kernels << " of " << ops
     << " operations, in the order in which they run\n";
  for (mlir::Operation &op : body) {
    if (auto group = llvm::dyn_cast<FusionOp>(op))
      printKernel(group, 0, os);
    else if (llvm::isa<BarrierOp>(op))
      os << "  -------- barrier " << ++barriers << "\n";
  }
}

/// `dense@mlp.toml:21`, and what it is there for: `dense.dW@mlp.toml:21`.
static std::string describe(mlir::Location loc) {
  Origin origin = getOrigin(loc);
  std::string text = origin.layer.str();
  if (!origin.role.empty())
    text += "." + origin.role.str();
  if (origin.file)
    text += ("@" + origin.file->getFilename().getValue() + ":" +
             llvm::Twine(origin.file->getLine()))
                .str();
  return text;
}

void Explainer::printRemarks(llvm::ArrayRef<Remark> remarks) {
  // Several passes try the same, and programs share the forward part.
  llvm::SetVector<std::pair<std::string, std::string>,
                  std::vector<std::pair<std::string, std::string>>,
                  std::set<std::pair<std::string, std::string>>>
      lines;
  for (const Remark &remark : remarks)
    lines.insert({describe(remark.loc), remark.text});
  if (lines.empty())
    return;
  os << "\nleft as it is, and why (all programs)\n";
  for (const auto &[op, text] : lines)
    os << llvm::format("  %-34s ", op.c_str()) << text << "\n";
}

/// What a value is for, by the name of the kernel that makes it.
static llvm::StringRef getKind(FusionOp group) {
  if (runsOnce(group))
    return "tables";
  llvm::StringRef role = getOrigin(group.getLoc()).role;
  if (group.getKind() == FusionKind::random)
    return "masks";
  if (role.empty() || role == "penalty" || role == "parts")
    return "activations";
  if (role == "transpose")
    return "transposed copies";
  if (role == "pack")
    return "packed operands";
  return role == "update" ? "new parameters" : "gradients";
}

void Explainer::collectBuffers() {
  Buffers memory(program);
  llvm::DenseMap<mlir::Operation *, unsigned> times;
  unsigned time = 0;
  for (mlir::Operation &op : body) {
    times[&op] = time;
    time += llvm::isa<BarrierOp>(op);
  }
  for (mlir::BlockArgument argument : program.getArguments()) {
    unsigned i = argument.getArgNumber();
    auto place = program.getArgAttrOfType<PlaceAttr>(i, attrs::place);
    auto symbol =
        program.getArgAttrOfType<mlir::FlatSymbolRefAttr>(i, attrs::param);
    auto slot = program.getArgAttrOfType<mlir::StringAttr>(i, attrs::slot);
    auto role = program.getArgAttrOfType<mlir::StringAttr>(i, attrs::role);
    if (!place || place.getBlock() == Block::step)
      continue;
    std::string name = symbol ? symbol.getValue().str()
                       : role ? role.getValue().str()
                              : "argument";
    if (slot)
      name += "#" + slot.getValue().str();
    llvm::StringRef kind = slot ? "slots" : symbol ? "parameters" : "batch";
    buffers.push_back(
        {name, kind, place, getByteSize(argument.getType()), 0, time});
  }
  for (auto group : body.getOps<FusionOp>()) {
    auto places = group->getAttrOfType<mlir::ArrayAttr>(attrs::places);
    for (auto [i, output] : llvm::enumerate(group.getOutputs())) {
      if (memory.getOwner(output) != output || !places)
        continue;
      Buffer buffer;
      buffer.name = group.getId().str();
      if (group.getOutputs().size() > 1)
        buffer.name += " [" + std::to_string(i) + "]";
      buffer.kind = getKind(group);
      buffer.place = llvm::cast<PlaceAttr>(places[i]);
      buffer.bytes = getByteSize(output.getType());
      buffer.first = buffer.last = times[group];
      bool returned = false;
      for (FusionOp reader : getReaders(output, returned))
        buffer.last = std::max(buffer.last, times[reader]);
      if (returned || runsOnce(group))
        buffer.last = time;
      buffers.push_back(buffer);
    }
  }
}

void Explainer::printBuffers() {
  os << "\nbuffers (a life is counted in barriers; a tile's buffer holds one "
        "tile)\n";
  os << "  block        offset      bytes  life    kind               value\n";
  for (const Buffer &buffer : buffers) {
    std::string block = stringifyBlock(buffer.place.getBlock()).str();
    std::string life =
        std::to_string(buffer.first) + "-" + std::to_string(buffer.last);
    os << llvm::format("  %-8s %10lld %10lld  %-7s %-18s ", block.c_str(),
                       (long long)buffer.place.getOffset(),
                       (long long)buffer.bytes, life.c_str(),
                       buffer.kind.str().c_str())
       << buffer.name << "\n";
  }
}

void Explainer::printMemory() {
  llvm::MapVector<llvm::StringRef, int64_t> fixed;
  for (llvm::StringRef kind : {"parameters", "slots", "batch"})
    fixed[kind] = 0;
  // The arena is fullest between some two barriers.
  std::vector<llvm::MapVector<llvm::StringRef, int64_t>> lives(barriers + 1);
  std::vector<int64_t> sums(barriers + 1);
  int64_t all = 0;
  for (const Buffer &buffer : buffers) {
    if (fixed.count(buffer.kind))
      fixed[buffer.kind] += buffer.bytes;
    if (buffer.place.getBlock() != Block::arena)
      continue;
    all += buffer.bytes;
    for (unsigned t = buffer.first; t <= std::min(buffer.last, barriers); ++t) {
      lives[t][buffer.kind] += buffer.bytes;
      sums[t] += buffer.bytes;
    }
  }
  size_t peak = std::max_element(sums.begin(), sums.end()) - sums.begin();
  auto line = [&](llvm::StringRef name, int64_t bytes, llvm::StringRef what) {
    os << llvm::format("  %-18s %12lld  ", name.str().c_str(), (long long)bytes)
       << what << "\n";
  };
  os << "\nmemory (bytes)\n";
  line("parameters", fixed["parameters"], "");
  line("slots", fixed["slots"], "of the optimizer");
  line("state", getBytes(attrs::stateBytes), "both, aligned");
  line("arena", getBytes(attrs::arenaBytes),
       "shared by the threads; without reuse " + std::to_string(all));
  line("  at its peak", sums[peak],
       "after barrier " + std::to_string(peak) + ", of which");
  for (auto [kind, bytes] : lives[peak])
    line(("    " + kind).str(), bytes, "");
  line("a thread's area", getBytes(attrs::threadBytes),
       "batch " + std::to_string(fixed["batch"]) + ", else tiles and scratch");
  line("results", getBytes(attrs::resultBytes), "");
}

void Explainer::run(llvm::ArrayRef<Remark> remarks) {
  printKernels();
  printRemarks(remarks);
  collectBuffers();
  printBuffers();
  printMemory();
}

void kiln::explain(func::FuncOp program, llvm::ArrayRef<Remark> remarks,
                   llvm::raw_ostream &os) {
  Explainer(program, os).run(remarks);
}

//===- kiln-bench-contractions.cpp - Contractions against libraries -------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Times kiln's contractions over a sweep of shapes, in turn with oneDNN's,
// OpenBLAS's and (one thread) libxsmm's. With --search, every tiling is tried
// beside the cost model's.
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "tools/RegisterAll.h"

#include "llvm/Support/CommandLine.h"

#include <cmath>

using namespace kiln;
using namespace kiln::bench;
namespace cl = llvm::cl;

static cl::OptionCategory category("Options");
static cl::list<std::string>
    groups(cl::Positional, cl::cat(category),
           cl::desc("<shapes: networks, cubes, skinny, ragged, transposed; or "
                    "MxNxK:TN>"));
static cl::opt<unsigned> rounds("rounds", cl::init(5), cl::cat(category),
                                cl::desc("blocks of calls to time"));
static cl::opt<std::string> cpu("cpu", cl::init("native"), cl::cat(category),
                                cl::desc("processor, as for kiln build"));
static cl::opt<bool> search("search", cl::cat(category),
                            cl::desc("try every tiling, too"));
static cl::opt<std::string> jsonFile("json", cl::value_desc("file"),
                                     cl::cat(category),
                                     cl::desc("write results here, too"));
static cl::opt<std::string>
    peerNames("peers", cl::init("all"), cl::cat(category),
              cl::desc("those to time: all, none, or some of "
                       "onednn,openblas,libxsmm"));

/// The most numbers that an operand or a result may have: 1 GB.
static constexpr int64_t mostNumbers = int64_t(1) << 28;

static int fail(int code, const llvm::Twine &why) {
  llvm::errs() << "kiln-bench-contractions: error: " << why << "\n";
  return code;
}

/// The shape that `name` spells, if any.
static std::optional<Shape> parseShape(llvm::StringRef name) {
  Shape shape{0, 0, 0, false, false, "asked for"};
  auto [sizes, form] = name.split(':');
  auto [m, rest] = sizes.split('x');
  auto [n, k] = rest.split('x');
  shape.transposeA = form.starts_with("T");
  shape.transposeB = form.ends_with("T");
  bool isForm = form.empty() ||
                (form.size() == 2 && form.find_first_not_of("NT") == form.npos);
  if (!isForm || m.getAsInteger(10, shape.m) || n.getAsInteger(10, shape.n) ||
      k.getAsInteger(10, shape.k))
    return std::nullopt;
  return shape;
}

/// Whether the operands and the result have a number at least, and fit.
static bool isPossible(const Shape &shape) {
  for (auto [rows, columns] :
       {std::pair(shape.m, shape.k), std::pair(shape.k, shape.n),
        std::pair(shape.m, shape.n)})
    if (rows < 1 || columns < 1 || rows > mostNumbers / columns)
      return false;
  return true;
}

/// The share of the peak that each tiling reaches.
static std::vector<Tried> searchTilings(const Shape &shape,
                                        const Target &target,
                                        mlir::MLIRContext &context,
                                        const Operands &operands,
                                        unsigned threads) {
  std::vector<Tried> result;
  for (const ContractionTiling &tiling : listTilings(shape, target, context)) {
    auto kiln = compileKiln(shape, target, context, tiling);
    assert(kiln && "every product has a kernel");
    result.push_back(
        {tiling, measureShareOfPeak(*kiln, shape.countOperations(), operands,
                                    threads, target.vectorBits)});
  }
  return result;
}

int main(int argc, char **argv) {
  // One of LLVM's own flags has this name.
  if (cl::Option *taken = cl::getRegisteredOptions().lookup("threads"))
    taken->removeArgument();
  cl::opt<unsigned> threads("threads", cl::init(2), cl::cat(category),
                            cl::desc("threads"));
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "kiln's contractions, timed\n");
  if (threads < 1 || threads > mostThreads)
    return fail(2, "expected --threads from 1 to " + llvm::Twine(mostThreads) +
                       ", got " + llvm::Twine(threads));
  if (rounds < 1)
    return fail(2, "expected --rounds of at least 1, got 0");
  llvm::SmallVector<llvm::StringRef> asked;
  llvm::StringRef(peerNames).split(asked, ',');
  for (llvm::StringRef name : asked)
    if (!llvm::is_contained({"all", "none", "onednn", "openblas", "libxsmm"},
                            name))
      return fail(2, "expected --peers of all, none, onednn, openblas or "
                     "libxsmm, got '" +
                         name + "'");
  bindPeers();
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  Target target = llvm::ExitOnError("kiln-bench-contractions: error: ",
                                    2)(Target::get(cpu));

  // What is wrong with the arguments is said before anything is timed.
  std::vector<Shape> shapes;
  std::vector<std::string> names(groups.begin(), groups.end());
  for (const std::string &name : names.empty() ? listGroups() : names) {
    std::vector<Shape> some = listShapes(name);
    if (std::optional<Shape> shape = parseShape(name)) {
      if (!isPossible(*shape))
        return fail(2, "expected sizes from 1 on and matrices of at most 2^28 "
                       "numbers, got '" +
                           name + "'");
      some = {*shape};
    }
    if (some.empty())
      return fail(2, "expected networks, cubes, skinny, ragged, transposed or "
                     "MxNxK:TN, got '" +
                         name + "'");
    llvm::append_range(shapes, some);
  }
  std::error_code error;
  std::unique_ptr<llvm::raw_fd_ostream> json;
  if (!jsonFile.empty())
    json = std::make_unique<llvm::raw_fd_ostream>(jsonFile, error);
  if (error)
    return fail(4, jsonFile + ": " + error.message());

  std::vector<std::string> peers = findPeers(threads, peerNames);
  Report report(llvm::outs(), peers, threads);
  for (const Shape &shape : shapes) {
    Operands operands(shape);
    std::vector<std::unique_ptr<Contestant>> owned;
    std::vector<Contestant *> contestants;
    std::vector<double> seconds(1 + peers.size(), NAN);
    std::vector<size_t> places;
    auto enter = [&](std::unique_ptr<Contestant> contestant, size_t place) {
      if (!contestant)
        return;
      contestants.push_back(contestant.get());
      places.push_back(place);
      owned.push_back(std::move(contestant));
    };
    ContractionTiling tiling = getKilnTiling(shape, target, context);
    auto kiln = compileKiln(shape, target, context, tiling);
    assert(kiln && "every product has a kernel");
    enter(std::move(kiln), 0);
    for (size_t i = 0; i < peers.size(); ++i)
      enter(getPeer(peers[i], shape), i + 1);
    std::vector<double> medians =
        measure(contestants, operands, threads, rounds);
    for (size_t i = 0; i < places.size(); ++i)
      seconds[places[i]] = medians[i];
    double share = measureShareOfPeak(*contestants[0], shape.countOperations(),
                                      operands, threads, target.vectorBits);
    std::vector<Tried> tried;
    if (search)
      tried = searchTilings(shape, target, context, operands, threads);
    report.add(shape, tiling, seconds, share, tried);
  }
  report.finish(json.get());
  return 0;
}

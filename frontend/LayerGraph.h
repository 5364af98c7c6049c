//===- LayerGraph.h - A model's layers as a picture -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_LAYERGRAPH_H
#define KILN_FRONTEND_LAYERGRAPH_H

#include "frontend/model_generated.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace kiln {

/// The layers of an imported model, inputs first, each behind what feeds it.
class LayerGraph {
public:
  /// `module` is what importModel made of `model`.
  LayerGraph(const model::ModelT &model, mlir::ModuleOp module);

  /// Graphviz's language.
  void printDot(llvm::raw_ostream &os) const;
  /// A picture of its own: one box a layer, from top to bottom.
  void printSvg(llvm::raw_ostream &os) const;

private:
  struct Node {
    std::string name, what;
    uint32_t line = 0;
    /// Of the result, without the batch.
    std::vector<int64_t> shape;
    /// Numbers that are trained; bytes with the optimizer's slots; bytes of
    /// the result for a batch.
    int64_t parameters = 0, stateBytes = 0, resultBytes = 0;
    std::vector<size_t> inputs;
  };

  /// The four lines of a box.
  std::vector<std::string> getLines(const Node &node) const;
  size_t find(llvm::StringRef name) const;

  std::string name;
  int64_t batch;
  std::vector<Node> nodes;
};

} // namespace kiln

#endif // KILN_FRONTEND_LAYERGRAPH_H

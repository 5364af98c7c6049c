//===- LayerGraph.cpp - A model's layers as a picture ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/LayerGraph.h"

#include "frontend/ForwardBuilder.h"
#include "frontend/Validate.h"
#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace kiln;

/// `Dropout, 0.2`.
static std::string describe(const char *layer, double rate) {
  std::string text = std::string(layer) + ", ";
  llvm::raw_string_ostream(text) << llvm::format("%g", rate);
  return text;
}

/// `LSTM, 64 units`.
static std::string describe(const model::RecurrentOptionsT &recurrent) {
  static constexpr const char *names[] = {"SimpleRNN", "LSTM", "GRU"};
  return llvm::formatv("{0}, {1} units", names[recurrent.kind],
                       recurrent.units);
}

/// What a layer is, as its model file calls it.
static std::string describe(const model::LayerT &layer) {
  const model::LayerOptionsUnion &options = layer.options;
  if (const auto *dense = options.AsDenseOptions()) {
    std::string text = llvm::formatv("Dense, {0} units", dense->units);
    if (dense->activation != model::Activation_linear)
      text += std::string(", ") + EnumNameActivation(dense->activation);
    return text;
  }
  if (const auto *activation = options.AsActivationOptions())
    return std::string("Activation, ") +
           EnumNameActivation(activation->activation);
  if (const auto *dropout = options.AsDropoutOptions())
    return describe("Dropout", dropout->rate);
  if (const auto *dropout = options.AsSpatialDropout1DOptions())
    return describe("SpatialDropout1D", dropout->rate);
  if (const auto *embedding = options.AsEmbeddingOptions())
    return llvm::formatv("Embedding, {0} rows", embedding->input_dim);
  if (const auto *recurrent = options.AsRecurrentOptions())
    return describe(*recurrent);
  if (const auto *both = options.AsBidirectionalOptions())
    return "Bidirectional, " + describe(*both->layer);
  llvm::StringRef name = EnumNameLayerOptions(options.type);
  name.consume_back("Options");
  return name.str();
}

/// The name that an op's location gives its layer.
static llvm::StringRef getLayer(mlir::Location loc) {
  llvm::StringRef layer;
  loc->walk([&](mlir::Location part) {
    if (auto named = llvm::dyn_cast<mlir::NameLoc>(part))
      layer = named.getName();
    return mlir::WalkResult::advance();
  });
  return layer;
}

/// Shapes of what each layer hands on, by its name; layers that leave their
/// input as it is are not there.
static std::map<std::string, std::vector<int64_t>>
getShapes(mlir::func::FuncOp forward) {
  std::map<std::string, std::vector<int64_t>> shapes;
  for (mlir::Operation &op : forward.getBody().front()) {
    llvm::StringRef layer = getLayer(op.getLoc());
    for (mlir::Value value : op.getResults()) {
      auto type = llvm::dyn_cast<mlir::RankedTensorType>(value.getType());
      // Masks go on, too, but are no result.
      bool leaves = type && !type.getElementType().isInteger(1) &&
                    type.getRank() &&
                    llvm::any_of(value.getUsers(), [&](mlir::Operation *user) {
                      return user->hasTrait<mlir::OpTrait::IsTerminator>() ||
                             getLayer(user->getLoc()) != layer;
                    });
      if (leaves)
        shapes[layer.str()] = type.getShape().drop_front().vec();
    }
  }
  return shapes;
}

/// Numbers that the optimizer keeps for each parameter.
static int64_t getSlots(const model::OptimizerT &optimizer) {
  if (optimizer.kind == model::OptimizerKind_adam)
    return 2;
  return optimizer.momentum != 0;
}

static int64_t countNumbers(llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

/// `1.2 MB`.
static std::string showBytes(int64_t bytes) {
  if (bytes < 1000)
    return std::to_string(bytes) + " B";
  bool isLarge = bytes >= 1000000;
  return llvm::formatv("{0:f1} {1}", double(bytes) / (isLarge ? 1e6 : 1e3),
                       isLarge ? "MB" : "kB");
}

size_t LayerGraph::find(llvm::StringRef wanted) const {
  for (size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].name == wanted)
      return i;
  llvm_unreachable("validation rejects unknown names");
}

LayerGraph::LayerGraph(const model::ModelT &model, mlir::ModuleOp module)
    : name(model.name),
      batch(module->getAttrOfType<mlir::IntegerAttr>(attrs::batch).getInt()) {
  auto forward = module.lookupSymbol<mlir::func::FuncOp>(funcs::forward);
  std::map<std::string, std::vector<int64_t>> shapes = getShapes(forward);
  std::map<std::string, int64_t> parameters;
  for (auto param : module.getOps<ParamOp>())
    parameters[param.getLayer().str()] +=
        param.getTensorType().getNumElements();
  int64_t copies = 1 + getSlots(*model.compile->optimizer);
  for (const auto &input : model.inputs) {
    Node node;
    node.name = input->name;
    node.what = std::string("Input, ") + EnumNameDataType(input->dtype);
    node.line = getPosition(input->position).line();
    node.shape = input->shape;
    node.resultBytes = countNumbers(node.shape) * batch * 4;
    nodes.push_back(std::move(node));
  }
  for (const model::LayerT *layer : sortLayers(model)) {
    Node node;
    node.name = layer->name;
    node.what = describe(*layer);
    node.line = getPosition(layer->position).line();
    for (const std::string &input : layer->inputs)
      node.inputs.push_back(find(input));
    auto known = shapes.find(layer->name);
    node.shape = known != shapes.end() ? known->second
                                       : nodes[node.inputs.front()].shape;
    node.parameters = parameters[layer->name];
    node.stateBytes = node.parameters * 4 * copies;
    node.resultBytes = countNumbers(node.shape) * batch * 4;
    nodes.push_back(std::move(node));
  }
}

std::vector<std::string> LayerGraph::getLines(const Node &node) const {
  std::string memory = showBytes(node.resultBytes) + " a batch";
  if (node.parameters)
    memory = showBytes(node.stateBytes) + " of state, " + memory;
  return {node.name + ": " + node.what,
          "[" + std::to_string(batch) + ", " +
              llvm::join(
                  llvm::map_range(node.shape,
                                  [](int64_t n) { return std::to_string(n); }),
                  ", ") +
              "]",
          std::to_string(node.parameters) + " parameters",
          memory + (node.line ? ", line " + std::to_string(node.line) : "")};
}

void LayerGraph::printDot(llvm::raw_ostream &os) const {
  auto quote = [&](llvm::StringRef text) {
    os << '"';
    llvm::printEscapedString(text, os);
    os << '"';
  };
  os << "digraph ";
  quote(name);
  os << " {\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (const Node &node : nodes) {
    os << "  ";
    quote(node.name);
    os << " [label=\"";
    for (const std::string &line : getLines(node)) {
      for (char c : line)
        os << (c == '"' || c == '\\' ? "\\" : "") << c;
      os << "\\n";
    }
    os << "\"];\n";
    for (size_t input : node.inputs) {
      os << "  ";
      quote(nodes[input].name);
      os << " -> ";
      quote(node.name);
      os << ";\n";
    }
  }
  os << "}\n";
}

void LayerGraph::printSvg(llvm::raw_ostream &os) const {
  constexpr int64_t width = 330, height = 84, gap = 36, margin = 12;
  // A layer stands one row below the lowest that feeds it.
  std::vector<int64_t> rows(nodes.size()), columns(nodes.size());
  std::map<int64_t, int64_t> inRow;
  int64_t mostColumns = 1;
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (size_t input : nodes[i].inputs)
      rows[i] = std::max(rows[i], rows[input] + 1);
    columns[i] = inRow[rows[i]]++;
    mostColumns = std::max(mostColumns, columns[i] + 1);
  }
  auto left = [&](size_t i) {
    int64_t free = mostColumns - inRow.at(rows[i]);
    return margin + columns[i] * (width + gap) + free * (width + gap) / 2;
  };
  auto top = [&](size_t i) { return margin + rows[i] * (height + gap); };
  int64_t wide = 2 * margin + mostColumns * width + (mostColumns - 1) * gap;
  int64_t high = 2 * margin + int64_t(inRow.size()) * (height + gap) - gap;
  os << llvm::formatv(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
      "font-size=\"13\">\n<title>",
      wide, high);
  llvm::printHTMLEscaped(name, os);
  os << "</title>\n<defs><marker id=\"arrow\" markerWidth=\"8\" "
        "markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\"><path "
        "d=\"M0,0 L8,4 L0,8 z\"/></marker></defs>\n<rect width=\"100%\" "
        "height=\"100%\" fill=\"white\"/>\n";
  for (size_t i = 0; i < nodes.size(); ++i)
    for (size_t input : nodes[i].inputs)
      os << llvm::formatv("<line x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{3}\" "
                          "stroke=\"black\" marker-end=\"url(#arrow)\"/>\n",
                          left(input) + width / 2, top(input) + height,
                          left(i) + width / 2, top(i));
  for (size_t i = 0; i < nodes.size(); ++i) {
    bool trains = nodes[i].parameters;
    os << llvm::formatv("<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" "
                        "height=\"{3}\" rx=\"5\" fill=\"{4}\" "
                        "stroke=\"#444\"/>\n",
                        left(i), top(i), width, height,
                        trains ? "#dfeaf7" : "#f4f4f4");
    int64_t y = top(i) + 20;
    for (const std::string &line : getLines(nodes[i])) {
      os << llvm::formatv("<text x=\"{0}\" y=\"{1}\"{2}>", left(i) + 10, y,
                          y == top(i) + 20 ? " font-weight=\"bold\"" : "");
      llvm::printHTMLEscaped(line, os);
      os << "</text>\n";
      y += 18;
    }
  }
  os << "</svg>\n";
}

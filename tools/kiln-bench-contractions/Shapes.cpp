//===- Shapes.cpp - What is swept -----------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Contestants.h"

#include "llvm/ADT/StringSwitch.h"

using namespace kiln::bench;

std::string Shape::getName() const {
  std::string name =
      std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k);
  if (transposeA || transposeB)
    name +=
        std::string(" ") + (transposeA ? "T" : "N") + (transposeB ? "T" : "N");
  return name;
}

std::vector<std::string> kiln::bench::listGroups() {
  return {"networks", "cubes", "skinny", "ragged", "transposed"};
}

/// What models/mnist/mlp.toml and models/imdb/lstm.toml contract in a step.
static std::vector<Shape> listNetworks() {
  return {
      {64, 128, 784, false, false, "mnist forward"},
      {64, 10, 128, false, false, "mnist forward 2"},
      {64, 128, 10, false, false, "mnist dX"},
      {784, 128, 64, true, false, "mnist dW"},
      {128, 10, 64, true, false, "mnist dW 2"},
      // A tile of 8 samples with 127 distinct tokens each.
      {1016, 256, 128, false, false, "imdb projection"},
      {8, 256, 64, false, false, "imdb recurrence"},
      {8, 64, 256, false, false, "imdb dh"},
      {64, 256, 128, true, false, "imdb dWh, 16 steps"},
      {1016, 128, 256, false, false, "imdb dX"},
      {128, 256, 1016, true, false, "imdb dWx"},
  };
}

std::vector<Shape> kiln::bench::listShapes(llvm::StringRef group) {
  std::vector<Shape> shapes;
  if (group == "networks")
    return listNetworks();
  if (group == "cubes") {
    for (int64_t n :
         {32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048})
      shapes.push_back({n, n, n, false, false, "cube"});
  } else if (group == "skinny") {
    for (int64_t few : {1, 4, 16, 32, 64}) {
      shapes.push_back({few, 1024, 1024, false, false, "few rows"});
      shapes.push_back({1024, few, 1024, false, false, "few columns"});
      shapes.push_back({1024, 1024, few, false, false, "little depth"});
    }
    shapes.push_back({64, 64, 16384, false, false, "much depth"});
    shapes.push_back({16384, 64, 64, false, false, "many rows"});
    shapes.push_back({64, 16384, 64, false, false, "many columns"});
  } else if (group == "ragged") {
    for (auto [m, n, k] : {std::array<int64_t, 3>{37, 61, 83},
                           {100, 100, 100},
                           {129, 131, 127},
                           {255, 257, 259},
                           {501, 503, 499},
                           {1001, 1003, 997},
                           {33, 1000, 784},
                           {1000, 10, 784}})
      shapes.push_back({m, n, k, false, false, "ragged"});
  } else if (group == "transposed") {
    for (int64_t n : {64, 256, 1024})
      for (auto [a, b] : {std::pair(true, false), {false, true}})
        shapes.push_back({n, n, n, a, b, "cube"});
    shapes.push_back({64, 784, 128, false, true, "dX"});
    shapes.push_back({64, 1024, 1024, false, true, "dX"});
    shapes.push_back({1024, 1024, 64, true, false, "dW"});
    shapes.push_back({501, 503, 499, true, false, "ragged"});
    shapes.push_back({501, 503, 499, false, true, "ragged"});
  }
  return shapes;
}

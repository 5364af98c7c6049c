//===- Checks.h - What checks of a model are made with ----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_CHECKS_H
#define KILN_FRONTEND_CHECKS_H

#include "frontend/Validate.h"

namespace kiln {

/// Far past any model; it keeps products of a few extents within int64_t.
inline constexpr int64_t maxExtent = int64_t(1) << 24;
/// Of layers, files and folders.
inline constexpr size_t maxNameLength = 255;

/// Base of the classes that check a model.
class Checks {
protected:
  using Position = model::Position;

  Checks(const model::ModelT &model, const ValuePlaces &places,
         Diagnostics &diagnostics)
      : model(model), places(places), diagnostics(diagnostics) {}

  /// Reports a value of a node unless it has been.
  void error(Position node, llvm::StringRef key, const llvm::Twine &message,
             const llvm::Twine &hint = "");
  void warning(Position node, llvm::StringRef key, const llvm::Twine &message,
               const llvm::Twine &hint = "");
  /// "expected 'rate' in [0, 1), got 1.5" unless `holds`, which is false for
  /// NaN when it is a comparison.
  void expect(bool holds, Position node, llvm::StringRef key,
              const llvm::Twine &expected, double got);
  void expectName(Position node, llvm::StringRef key, llvm::StringRef name);
  template <typename Enum>
  bool expectEnum(Enum value, Enum last, Position node, llvm::StringRef key) {
    if (value >= 0 && value <= last)
      return true;
    error(node, key,
          "expected '" + key + "' to be at most " + llvm::Twine(int(last)) +
              ", got " + llvm::Twine(int(value)));
    return false;
  }

  const model::ModelT &model;
  const ValuePlaces &places;
  Diagnostics &diagnostics;
};

/// A number as messages show it.
std::string toString(double value);

/// Checks the options of a layer, whose table must be there.
void checkLayerOptions(const model::LayerT &layer, const model::ModelT &model,
                       const ValuePlaces &places, Diagnostics &diagnostics);

/// Checks `[fit]`.
void checkFit(const model::ModelT &model, const ValuePlaces &places,
              Diagnostics &diagnostics);

/// Checks the callbacks, which monitor what epochs report.
void checkCallbacks(const model::ModelT &model, const ValuePlaces &places,
                    Diagnostics &diagnostics);

/// Warns of what is sound but silly: where the text pipeline, the layers and
/// the split of the data are at odds.
void lintModel(const model::ModelT &model, const ValuePlaces &places,
               Diagnostics &diagnostics);

/// Warns of padding that a recurrent layer without a mask runs over after the
/// text. `forward` and `backward` are the directions in which the layer runs.
/// Whether there was something to say.
bool lintUnmaskedRecurrence(const model::ModelT &model,
                            const model::LayerT &layer, bool forward,
                            bool backward, Diagnostics &diagnostics);

} // namespace kiln

#endif // KILN_FRONTEND_CHECKS_H

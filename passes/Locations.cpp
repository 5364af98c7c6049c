//===- Locations.cpp - Which line of the model an op comes from -----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Locations.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace kiln;

Origin kiln::getOrigin(Location loc) {
  Origin origin;
  LocationAttr at = loc;
  while (true) {
    if (auto named = dyn_cast<NameLoc>(at)) {
      // The innermost name is the layer's, one around it the role.
      if (origin.role.empty())
        origin.role = origin.layer;
      origin.layer = named.getName();
      at = named.getChildLoc();
    } else if (auto fused = dyn_cast<FusedLoc>(at)) {
      if (fused.getLocations().empty())
        return origin;
      at = fused.getLocations().front();
    } else if (auto call = dyn_cast<CallSiteLoc>(at)) {
      at = call.getCallee();
    } else {
      if (auto file = dyn_cast<FileLineColLoc>(at))
        origin.file = file;
      return origin;
    }
  }
}

/// The file position alone, or unknown.
static Location getPlainLoc(const Origin &origin, Location loc) {
  if (origin.file)
    return *origin.file;
  return UnknownLoc::get(loc.getContext());
}

Location kiln::withRole(Location loc, StringRef role) {
  Origin origin = getOrigin(loc);
  MLIRContext *context = loc.getContext();
  StringRef name = origin.layer.empty() ? "model" : origin.layer;
  Location layer =
      NameLoc::get(StringAttr::get(context, name), getPlainLoc(origin, loc));
  return NameLoc::get(StringAttr::get(context, role), layer);
}

Location kiln::withLayer(Location loc, StringRef layer) {
  return NameLoc::get(StringAttr::get(loc.getContext(), layer),
                      getPlainLoc(getOrigin(loc), loc));
}

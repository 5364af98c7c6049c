//===- Diagnostics.cpp - What is wrong with a model file ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace kiln;

/// Messages quote what the user wrote, which may hold anything.
static std::string makePrintable(std::string text) {
  for (char &c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return text;
}

void Diagnostics::add(Severity severity, model::Position position,
                      std::string message, std::string hint) {
  if (severity == Severity::Warning && werror)
    severity = Severity::Error;
  numErrors += severity == Severity::Error;
  all.push_back({severity, position, makePrintable(std::move(message)),
                 makePrintable(std::move(hint))});
}

void Diagnostics::error(model::Position position, const llvm::Twine &message,
                        const llvm::Twine &hint) {
  add(Severity::Error, position, message.str(), hint.str());
}

void Diagnostics::warning(model::Position position, const llvm::Twine &message,
                          const llvm::Twine &hint) {
  add(Severity::Warning, position, message.str(), hint.str());
}

void Diagnostics::reportUnreadable(std::error_code code) {
  unreadable = true;
  error(model::Position(), "cannot read: " + code.message());
}

void Diagnostics::print(llvm::raw_ostream &os) const {
  std::vector<std::tuple<uint32_t, uint32_t, size_t>> order;
  for (const auto &[index, diagnostic] : llvm::enumerate(all))
    order.emplace_back(diagnostic.position.line(), diagnostic.position.column(),
                       index);
  llvm::sort(order);
  for (const auto &[line, column, index] : order) {
    const Diagnostic &diagnostic = all[index];
    os << file << ':';
    if (line)
      os << line << ':' << column << ':';
    os << (diagnostic.severity == Severity::Error ? " error: " : " warning: ")
       << diagnostic.message;
    if (!diagnostic.hint.empty())
      os << "; " << diagnostic.hint;
    os << '\n';
  }
}

std::string kiln::suggest(llvm::StringRef got,
                          llvm::ArrayRef<llvm::StringRef> valid) {
  constexpr unsigned maxListed = 8;
  std::string lower = got.lower();
  // A third of the letters may differ: enough for slips, too little to guess.
  unsigned best = (got.size() + 2) / 3 + 1;
  llvm::StringRef nearest;
  for (llvm::StringRef name : valid) {
    unsigned distance =
        llvm::StringRef(lower).edit_distance(name.lower(), true, best);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  if (!nearest.empty())
    return ("did you mean '" + nearest + "'?").str();
  if (valid.empty() || valid.size() > maxListed)
    return "";
  return "expected one of: " + llvm::join(valid, ", ");
}

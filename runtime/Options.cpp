//===- Options.cpp - A trainer's command line -----------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Options.h"

#include "runtime/Text.h"
#include "runtime/Threads.h"

#include <charconv>

namespace kiln::rt {

namespace {
enum VerbBit : unsigned {
  Train = 1,
  Evaluate = 2,
  Predict = 4,
  Info = 8,
  Bench = 16,
  Selftest = 32,
  All = 63
};

struct Verb {
  const char *name;
  VerbBit bit;
  const char *arguments, *help;
};

struct Option {
  const char *name;
  /// What the value is called; null for a switch.
  const char *value;
  unsigned verbs;
  const char *help;
};
} // namespace

static const Verb Verbs[] = {
    {"train", Train, "", "train the model"},
    {"evaluate", Evaluate, "", "loss and metrics on the test data"},
    {"predict", Predict, " FILE...",
     "outputs for .png, .npy, .csv, IDX or .txt files, or lines of stdin"},
    {"info", Info, "", "what the model is and what it was built for"},
    {"bench", Bench, "", "time training steps"},
    {"selftest", Selftest, "", "check the program on this machine"}};

static const Option OptionTable[] = {
    {"data", "DIR", Train | Evaluate | Bench,
     "folder of the data (default: $KILN_DATA, else the model file's)"},
    {"epochs", "N", Train, "epochs in all (default: the model file's)"},
    {"seed", "N", Train | Bench, "seed of weights, shuffles and dropout"},
    {"threads", "N", Train | Evaluate | Predict | Bench | Selftest,
     "threads (default: the cores available); changes no result"},
    {"checkpoint", "FILE", Train | Evaluate | Predict,
     "last state, and the best at FILE.best, or none (default: named after "
     "the model, in this folder)"},
    {"checkpoint-every", "STEPS", Train,
     "save after so many steps, too (default: after each epoch)"},
    {"resume", nullptr, Train, "go on from the checkpoint"},
    {"weights", "FILE", Train | Evaluate | Predict | Bench,
     "take the weights from a safetensors file"},
    {"no-shuffle", nullptr, Train, "see samples in the order of the files"},
    {"log-dir", "DIR", Train, "write history.csv and history.jsonl here"},
    {"trace", "FILE", Train | Evaluate,
     "write what each thread did, for Perfetto or Chrome (build --trace)"},
    {"steps", "N", Bench, "steps to time (default: 1000)"},
    {"output", "FILE", Predict, "write all outputs to a .npy file (also -o)"},
    {"verbose", "0|1|2", All, "silent, progress, or also each step and hash"},
    {"json", nullptr, All, "print one JSON object a line on stdout"},
    {"help", nullptr, All, "print this"},
    {"version", nullptr, All, "print kiln's version"}};

static Status parseInteger(const std::string &name, const std::string &text,
                           int64_t least, int64_t most, int64_t &value) {
  const char *first = text.data(), *last = first + text.size();
  std::from_chars_result result = std::from_chars(first, last, value);
  if (result.ec != std::errc() || result.ptr != last || value < least ||
      value > most) {
    if (most == INT64_MAX)
      return usageError("--%s: expected a whole number of at least %lld, got "
                        "'%s'",
                        name.c_str(), (long long)least,
                        printable(text).c_str());
    return usageError("--%s: expected a whole number from %lld to %lld, got "
                      "'%s'",
                      name.c_str(), (long long)least, (long long)most,
                      printable(text).c_str());
  }
  return Status();
}

/// Stores a value that has been split from its option.
static Status store(const std::string &name, const std::string &value,
                    Options &options) {
  int64_t number = 0;
  Status status;
  if (name == "data")
    options.data = value;
  else if (name == "checkpoint")
    options.checkpoint = value;
  else if (name == "weights")
    options.weights = value;
  else if (name == "log-dir")
    options.logDir = value;
  else if (name == "trace")
    options.trace = value;
  else if (name == "output")
    options.output = value;
  else if (name == "resume")
    options.resume = true;
  else if (name == "no-shuffle")
    options.noShuffle = true;
  else if (name == "json")
    options.json = true;
  else if (name == "help")
    options.help = true;
  else if (name == "version")
    options.version = true;
  else if (name == "epochs") {
    status = parseInteger(name, value, 1, INT64_MAX, number);
    options.epochs = number;
  } else if (name == "seed") {
    status = parseInteger(name, value, 0, UINT32_MAX, number);
    options.seed = number;
  } else if (name == "threads") {
    status = parseInteger(name, value, 1, 1024, number);
    options.threads = int(number);
  } else if (name == "checkpoint-every") {
    status = parseInteger(name, value, 1, INT64_MAX, number);
    options.checkpointEvery = number;
  } else if (name == "steps") {
    status = parseInteger(name, value, 1, 1000000000, number);
    options.steps = number;
  } else if (name == "verbose") {
    status = parseInteger(name, value, 0, 2, number);
    options.verbose = int(number);
  }
  return status;
}

static const Option *findOption(const std::string &name) {
  for (const Option &option : OptionTable)
    if (name == option.name)
      return &option;
  return nullptr;
}

static Status unknownOption(const std::string &word, const std::string &name,
                            unsigned verb) {
  std::vector<std::string> names;
  for (const Option &option : OptionTable)
    if (option.verbs & verb)
      names.push_back(std::string("--") + option.name);
  return usageError("unknown option '%s'%s", printable(word).c_str(),
                    didYouMean("--" + name, names).c_str());
}

/// The options of one verb must make sense together.
static Status checkTogether(const Options &options) {
  if (options.resume && !options.weights.empty())
    return usageError("--resume and --weights both say where weights come "
                      "from");
  if (options.checkpoint == "none" &&
      (options.resume || options.checkpointEvery))
    return usageError("--%s needs a checkpoint, got --checkpoint none",
                      options.resume ? "resume" : "checkpoint-every");
  bool isTrain = options.verb == "train";
  if (!isTrain && !options.weights.empty() && !options.checkpoint.empty())
    return usageError("--checkpoint and --weights both say where weights come "
                      "from");
  return Status();
}

Status parseOptions(int argc, char **argv, Options &options) {
  unsigned verb = All;
  bool onlyFiles = false;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (onlyFiles || word.size() < 2 || word[0] != '-') {
      if (!options.verb.empty()) {
        if (verb != Predict)
          return usageError("%s: expected options, got '%s'",
                            options.verb.c_str(), printable(word).c_str());
        options.files.push_back(word);
        continue;
      }
      std::vector<std::string> names;
      for (const Verb &candidate : Verbs) {
        names.push_back(candidate.name);
        if (word == candidate.name)
          verb = candidate.bit;
      }
      options.verb = word;
      if (verb == All)
        return usageError("unknown command '%s'%s", printable(word).c_str(),
                          didYouMean(word, names).c_str());
      continue;
    }
    if (word == "--") {
      onlyFiles = true;
      continue;
    }
    // All of the word but the dashes before a long option.
    std::string name = word.compare(0, 2, "--") == 0 ? word.substr(2)
                       : word == "-o"                ? "output"
                       : word == "-h"                ? "help"
                                                     : "";
    std::string value;
    size_t equals = name.find('=');
    bool hasValue = equals != std::string::npos;
    if (hasValue) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    const Option *option = findOption(name);
    if (!option)
      return unknownOption(word, name, verb);
    if (!(option->verbs & verb))
      return usageError("%s takes no option '--%s'", options.verb.c_str(),
                        option->name);
    if (!option->value && hasValue)
      return usageError("--%s takes no value, got '%s'", option->name,
                        printable(value).c_str());
    if (option->value && !hasValue) {
      if (i + 1 >= argc)
        return usageError("--%s: expected %s", option->name, option->value);
      value = argv[++i];
    }
    if (option->value && value.empty())
      return usageError("--%s: expected %s, got nothing", option->name,
                        option->value);
    if (Status status = store(option->name, value, options); !status.ok())
      return status;
  }
  if (options.help || options.version)
    return Status();
  if (options.verb.empty())
    return usageError("expected a command: train, evaluate, predict, info, "
                      "bench or selftest");
  if (!options.threads)
    options.threads = availableCores();
  return checkTogether(options);
}

std::string helpText(const std::string &program, const std::string &verb) {
  unsigned bits = All;
  std::string text;
  for (const Verb &candidate : Verbs)
    if (verb == candidate.name) {
      bits = candidate.bit;
      text = format("usage: %s %s [options]%s\n%s\n", program.c_str(),
                    candidate.name, candidate.arguments, candidate.help);
    }
  if (text.empty()) {
    text =
        format("usage: %s COMMAND [options]\n\ncommands:\n", program.c_str());
    for (const Verb &candidate : Verbs)
      text += format("  %-10s %s\n", candidate.name, candidate.help);
  }
  text += "\noptions:\n";
  for (const Option &option : OptionTable) {
    if (!(option.verbs & bits))
      continue;
    std::string left = std::string("--") + option.name;
    if (option.value)
      left += std::string(" ") + option.value;
    text += format("  %-26s %s\n", left.c_str(), option.help);
  }
  return text;
}

} // namespace kiln::rt

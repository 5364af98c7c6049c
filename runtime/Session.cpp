//===- Session.cpp - What all verbs share ---------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Session.h"

#include "runtime/Batches.h"
#include "runtime/Cpu.h"
#include "runtime/Signals.h"
#include "runtime/Verbs.h"
#include "runtime/Weights.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <new>
#include <numeric>
#include <unistd.h>

namespace kiln::rt {

void Session::warn(const std::string &message) {
  if (options.verbose)
    std::fprintf(stderr, "warning: %s\n", message.c_str());
  events.warning(message);
}

Status Session::beginTrace(Engine &engine) {
  return options.trace.empty() ? Status() : trace.begin(engine, options.trace);
}

Status Session::endTrace() {
  if (Status status = trace.write(); !status.ok())
    return status;
  if (uint64_t dropped = trace.dropped())
    warn(format("%s holds the end of the run: %llu earlier stamps are dropped",
                options.trace.c_str(), (unsigned long long)dropped));
  return Status();
}

int64_t Session::seed() const {
  if (options.seed)
    return *options.seed;
  return model.source->fit() ? model.source->fit()->seed() : 0;
}

Status loadTrained(Session &session, const Engine &engine) {
  const Options &options = session.options;
  const std::string &path =
      options.weights.empty() ? options.checkpoint : options.weights;
  if (path.empty())
    return userError("no weights: there is no %s.safetensors here, as `train` "
                     "writes it; give --checkpoint FILE or --weights FILE",
                     session.model.name.c_str());
  std::string vocabulary;
  if (Status status = loadWeights(path, engine, &vocabulary); !status.ok())
    return status;
  if (!readsTexts(session.model))
    return Status();
  if (vocabulary.empty())
    return userError("%s: expected weights with the vocabulary of their run, "
                     "got none; give a checkpoint that `train` wrote",
                     path.c_str());
  prepareTokenizer(session.model, session.texts);
  return session.texts.tokenizer->takeVocabulary(vocabulary, path);
}

NamedValues namedValues(const Metrics &metrics, const char *prefix) {
  NamedValues values = {{std::string(prefix) + "loss", metrics.loss()}};
  for (size_t i = 0; i < metrics.names().size(); ++i)
    values.push_back({prefix + metrics.names()[i], metrics.metric(i)});
  return values;
}

namespace {
class EvaluateObserver : public StepObserver {
public:
  EvaluateObserver(const Feed &feed, Metrics &metrics,
                   ConfusionMatrix *confusion)
      : feed(feed), metrics(metrics), confusion(confusion) {}
  bool end(const kiln_step &step, const uint8_t *results) override {
    metrics.add(results, feed, step.rows);
    if (confusion)
      confusion->add(results, feed, step.rows);
    return true;
  }

private:
  const Feed &feed;
  Metrics &metrics;
  ConfusionMatrix *confusion;
};
} // namespace

void evaluateOver(Engine &engine, Feed feed, Metrics &metrics,
                  ConfusionMatrix *confusion) {
  std::vector<uint32_t> order;
  if (engine.model.evaluate.arranged) {
    order.resize(size_t(feed.count));
    std::iota(order.begin(), order.end(), uint32_t(feed.first));
    arrangeBatches(measureLengths(feed.data->inputs), feed.count, order);
    feed.order = order.data();
  }
  metrics.reset();
  EvaluateObserver observer(feed, metrics, confusion);
  engine.run(engine.model.evaluate, feed, observer);
}

static void runOutOfMemory() {
  static const char Message[] = "error: out of memory\n";
  ssize_t ignored = ::write(STDERR_FILENO, Message, sizeof(Message) - 1);
  (void)ignored;
  _exit(IoError);
}

static Status checkFeatures(const Model &model) {
  if (const auto *features = model.manifest->features())
    for (const flatbuffers::String *feature : *features)
      if (!hasFeature(feature->c_str()))
        return userError("this program was built for another processor (%s): "
                         "expected %s, which this one lacks; build it with "
                         "--cpu=x86-64-v3",
                         model.manifest->cpu() ? model.manifest->cpu()->c_str()
                                               : "",
                         feature->c_str());
  return Status();
}

/// Where the user names no file, `train` writes one named after the model in
/// the present folder, and others read it if it is there.
static void chooseCheckpoint(Session &session) {
  Options &options = session.options;
  if (options.checkpoint == "none")
    return options.checkpoint.clear();
  if (!options.checkpoint.empty())
    return;
  std::string path = session.model.name + ".safetensors";
  if (options.verb == "train") {
    if (!options.resume && access(".", W_OK) != 0)
      return session.warn("no checkpoint is written: this folder cannot be "
                          "written to; name a file with --checkpoint");
  } else if (!options.weights.empty() || access(path.c_str(), F_OK) != 0) {
    return;
  }
  options.checkpoint = path;
  session.isDefaultCheckpoint = true;
}

static Status runVerb(Session &session) {
  const std::string &verb = session.options.verb;
  if (verb == "train")
    return runTrain(session);
  if (verb == "evaluate")
    return runEvaluate(session);
  if (verb == "predict")
    return runPredict(session);
  if (verb == "info")
    return runInfo(session);
  return verb == "bench" ? runBench(session) : runSelftest(session);
}

static std::string programName(int argc, char **argv) {
  std::string name = argc ? argv[0] : "trainer";
  return name.substr(name.rfind('/') + 1);
}

/// Occupies standard streams that are closed, or the next file to be opened
/// would get what is meant for them. Results then meet a stream that cannot be
/// written: an error; messages go nowhere.
static void fillStandardStreams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (fcntl(stream, F_GETFD) == -1 && errno == EBADF)
      (void)open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

int runTrainer(int argc, char **argv, const kiln_model &object) {
  std::set_new_handler(runOutOfMemory);
  fillStandardStreams();
  ignoreWriteSignals();
  Session session;
  Status status = parseOptions(argc, argv, session.options);
  session.events.enabled = session.options.json;
  if (status.ok() && session.options.help)
    status =
        writeStdout(helpText(programName(argc, argv), session.options.verb));
  else if (status.ok() && session.options.version)
    status = writeStdout("kiln " KILN_VERSION "\n");
  else if (status.ok()) {
    status = Model::load(object, session.model);
    if (status.ok())
      status = checkFeatures(session.model);
    if (status.ok()) {
      chooseCheckpoint(session);
      status = runVerb(session);
    }
  }
  if (status.ok())
    status = session.events.status;
  if (status.ok() && pendingSignal() == SIGPIPE)
    return 128 + SIGPIPE;
  if (status.ok())
    return Ok;
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  if (status.code() == UsageError)
    std::fprintf(stderr, "hint: try '%s --help'\n",
                 programName(argc, argv).c_str());
  session.events.error(status);
  return status.code();
}

} // namespace kiln::rt

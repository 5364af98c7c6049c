//===- Peers.cpp - Libraries of contractions ------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Peers are opened when the benchmark runs, so that nothing else needs them:
// Debian's libopenblas0-pthread and libdnnl2, and libxsmm.so, which
// tools/bench_contractions.sh makes of Debian's archive.
//
//===----------------------------------------------------------------------===//

#include "Contestants.h"

#include "llvm/ADT/StringSwitch.h"

#include <dlfcn.h>
#include <map>
#include <omp.h>

using namespace kiln::bench;

/// A function of a library, null if either is missing.
template <typename Function>
static Function *find(const char *library, const char *name) {
  static std::map<std::string, void *> opened;
  auto [it, isNew] = opened.try_emplace(library);
  if (isNew)
    it->second = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  return it->second ? reinterpret_cast<Function *>(dlsym(it->second, name))
                    : nullptr;
}

namespace {

/// CBLAS's numbers for row-major and for the forms of an operand.
enum { RowMajor = 101, Plain = 111, Transposed = 112 };

class OpenBlas : public Contestant {
public:
  using Gemm = void(int, int, int, int, int, int, float, const float *, int,
                    const float *, int, float, float *, int);
  static constexpr const char *library = "libopenblas.so.0";

  explicit OpenBlas(const Shape &shape)
      : shape(shape), gemm(find<Gemm>(library, "cblas_sgemm")),
        setThreads(find<void(int)>(library, "openblas_set_num_threads")) {}
  bool isHere() const { return gemm && setThreads; }
  void run(const Operands &on, unsigned, unsigned threads) override {
    if (threads != current)
      setThreads(int(current = threads));
    gemm(RowMajor, shape.transposeA ? Transposed : Plain,
         shape.transposeB ? Transposed : Plain, int(shape.m), int(shape.n),
         int(shape.k), 1, on.a, int(shape.transposeA ? shape.m : shape.k), on.b,
         int(shape.transposeB ? shape.k : shape.n), 0, on.c, int(shape.n));
  }

private:
  const Shape shape;
  Gemm *gemm;
  void (*setThreads)(int);
  unsigned current = 0;
};

class OneDnn : public Contestant {
public:
  using Gemm = int(char, char, int64_t, int64_t, int64_t, float, const float *,
                   int64_t, const float *, int64_t, float, float *, int64_t);

  explicit OneDnn(const Shape &shape) : shape(shape) {
    // It opens another OpenMP, which stays idle and must bind nobody; ours has
    // bound this thread by then.
    if (omp_get_num_places() < 0)
      return;
    unsetenv("OMP_PLACES");
    unsetenv("OMP_PROC_BIND");
    gemm = find<Gemm>("libdnnl.so.2", "dnnl_sgemm");
  }
  bool isHere() const { return gemm; }
  void run(const Operands &on, unsigned, unsigned threads) override {
    // It takes as many threads as OpenMP gives, which should not stay awake
    // for long when others are timed.
    omp_set_num_threads(int(threads));
    kmp_set_blocktime(1);
    gemm(shape.transposeA ? 'T' : 'N', shape.transposeB ? 'T' : 'N', shape.m,
         shape.n, shape.k, 1, on.a, shape.transposeA ? shape.m : shape.k, on.b,
         shape.transposeB ? shape.k : shape.n, 0, on.c, shape.n);
  }

private:
  const Shape shape;
  Gemm *gemm = nullptr;
};

/// Kernels for column-major matrices: of C^T = B^T A^T, which is the same.
class Libxsmm : public Contestant {
public:
  using Kernel = void(const float *, const float *, float *, ...);
  using Dispatch = Kernel *(int, int, int, const int *, const int *,
                            const int *, const float *, const float *,
                            const int *, const int *);

  explicit Libxsmm(const Shape &shape) {
    auto *dispatch = find<Dispatch>("libxsmm.so", "libxsmm_smmdispatch");
    if (!dispatch)
      return;
    int m = int(shape.n), n = int(shape.m), k = int(shape.k);
    int lda = shape.transposeB ? k : m, ldb = shape.transposeA ? n : k;
    float alpha = 1, beta = 0;
    int flags = shape.transposeB * 1 + shape.transposeA * 2;
    kernel = dispatch(m, n, k, &lda, &ldb, &m, &alpha, &beta, &flags, nullptr);
  }
  bool isHere() const { return kernel; }
  void run(const Operands &on, unsigned, unsigned) override {
    kernel(on.b, on.a, on.c);
  }

private:
  Kernel *kernel = nullptr;
};

} // namespace

template <typename Peer>
static std::unique_ptr<Contestant> make(const Shape &shape) {
  auto peer = std::make_unique<Peer>(shape);
  if (!peer->isHere())
    return nullptr;
  return peer;
}

std::unique_ptr<Contestant> kiln::bench::getPeer(llvm::StringRef name,
                                                 const Shape &shape) {
  return llvm::StringSwitch<decltype(&make<OneDnn>)>(name)
      .Case("onednn", make<OneDnn>)
      .Case("openblas", make<OpenBlas>)
      .Case("libxsmm", make<Libxsmm>)
      .Default(nullptr)(shape);
}

std::vector<std::string> kiln::bench::findPeers(unsigned threads,
                                                llvm::StringRef asked) {
  // OpenBLAS first: its threads inherit what this one is bound to.
  std::vector<std::string> found;
  for (llvm::StringRef name : {"openblas", "onednn", "libxsmm"})
    if ((threads == 1 || name != "libxsmm") &&
        (asked == "all" || asked.contains(name)) &&
        getPeer(name, {64, 64, 64, false, false, ""}))
      found.push_back(name.str());
  return found;
}

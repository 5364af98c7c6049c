/* Three libraries of contractions in one file, each with the signature that its
 * documentation gives: cblas_sgemm, dnnl_sgemm and libxsmm_smmdispatch. They
 * compute by definition, and say on stderr, once a form, whether what stands in
 * C is that already: the benchmark runs kiln first.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct matrix {
  const float *data;
  int64_t down, right;
};

static struct matrix view(const float *data, int64_t stride, int transposed) {
  struct matrix result = {data, transposed ? 1 : stride,
                          transposed ? stride : 1};
  return result;
}

/* C = A B, row by row. */
static void multiply(const char *peer, int64_t m, int64_t n, int64_t k,
                     struct matrix a, struct matrix b, float *c, int64_t ldc) {
  static char last[100];
  char line[100];
  double worst = 0;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t l = 0; l < k; ++l)
        sum += (double)a.data[i * a.down + l * a.right] *
               b.data[l * b.down + j * b.right];
      worst = fmax(worst, fabs(c[i * ldc + j] - sum));
      c[i * ldc + j] = (float)sum;
    }
  snprintf(line, sizeof line, "%s %dx%dx%d: %s\n", peer, (int)m, (int)n, (int)k,
           worst <= 1e-5 * (double)k ? "the same" : "another product");
  if (strcmp(last, line) != 0)
    fputs(strcpy(last, line), stderr);
}

void openblas_set_num_threads(int threads) {
  fprintf(stderr, "openblas: %d threads\n", threads);
}

void cblas_sgemm(int order, int form_a, int form_b, int m, int n, int k,
                 float alpha, const float *a, int lda, const float *b, int ldb,
                 float beta, float *c, int ldc) {
  if (order != 101 || alpha != 1 || beta != 0)
    return;
  multiply("openblas", m, n, k, view(a, lda, form_a == 112),
           view(b, ldb, form_b == 112), c, ldc);
}

int dnnl_sgemm(char form_a, char form_b, int64_t m, int64_t n, int64_t k,
               float alpha, const float *a, int64_t lda, const float *b,
               int64_t ldb, float beta, float *c, int64_t ldc) {
  if (alpha != 1 || beta != 0)
    return 1;
  multiply("onednn", m, n, k, view(a, lda, form_a == 'T'),
           view(b, ldb, form_b == 'T'), c, ldc);
  return 0;
}

/* Column by column: what lies down here lies to the right above. */
static struct {
  int m, n, k, lda, ldb, ldc, flags;
} asked;

static void kernel(const float *a, const float *b, float *c, ...) {
  multiply("libxsmm", asked.n, asked.m, asked.k,
           view(b, asked.ldb, asked.flags & 2),
           view(a, asked.lda, asked.flags & 1), c, asked.ldc);
}

void (*libxsmm_smmdispatch(int m, int n, int k, const int *lda, const int *ldb,
                           const int *ldc, const float *alpha,
                           const float *beta, const int *flags,
                           const int *prefetch))(const float *, const float *,
                                                 float *, ...) {
  if (*alpha != 1 || *beta != 0)
    return 0;
  asked.m = m;
  asked.n = n;
  asked.k = k;
  asked.lda = *lda;
  asked.ldb = *ldb;
  asked.ldc = *ldc;
  asked.flags = *flags;
  return kernel;
}

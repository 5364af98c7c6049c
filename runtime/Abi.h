/*===- Abi.h - What generated code and the runtime know of each other -----===*\
|*
|* Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
|*
|*===----------------------------------------------------------------------===*
|*
|* A compiled model is one object file. It defines the manifest and three
|* programs; the runtime defines the kiln_rt_ functions that programs call. The
|* layout of kiln_step is fixed: generated code reads it by byte offset.
|*
\*===----------------------------------------------------------------------===*/

#ifndef KILN_RUNTIME_ABI_H
#define KILN_RUNTIME_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Changes whenever anything in this file does. */
#define KILN_ABI_VERSION 5

/** What the runtime is in the middle of; opaque to generated code. */
typedef struct kiln_run kiln_run;

/** The current step, filled in by kiln_rt_step. 64 bytes, 64-byte aligned. */
typedef struct kiln_step {
  int64_t more;   /**< 0: leave the loop; otherwise run this step. offset 0 */
  int64_t rows;   /**< samples in the batch, 1..B.                        8 */
  int64_t seed;   /**< key of random masks.                              16 */
  int64_t epoch;  /**< from 0.                                           24 */
  int64_t step;   /**< step within the epoch, from 0.                    32 */
  float hyper[2]; /**< learning rate; Adam's alpha.                      40 */
  int64_t reserved[2];
} kiln_step;

/** Entry point of a program. Opens one parallel region of `threads` threads
 * and runs steps until kiln_rt_step says that there are no more. In each
 * thread:
 *
 *   kiln_rt_thread_begin(run, thread) -> the thread's own area
 *   loop:
 *     thread 0: kiln_rt_step(run)        finishes the last step, prepares one
 *     barrier
 *     leave if !step->more
 *     kiln_rt_load(run, thread, i, p, b, e)
 *                                        for each operand i, into its own area
 *     the program's kernels, with barriers where they need them
 *     barrier
 *   kiln_rt_thread_end(run, thread)
 *
 * `state` (parameters, slots), `arena` (shared by the threads) and `results`
 * are 64-byte aligned and as large as the manifest says. */
typedef void (*kiln_program)(kiln_run *run, void *state, void *arena,
                             void *results, kiln_step *step, int32_t threads);

/** A compiled model: the one symbol that an object defines. */
typedef struct kiln_model {
  const uint8_t *manifest; /**< FlatBuffer, root Manifest, identifier KMAN. */
  uint64_t manifest_size;
  kiln_program train;
  kiln_program evaluate;
  kiln_program predict;
} kiln_model;

/** Defined by every generated object of a trainer. */
extern const kiln_model kiln_the_model;

/** Sets up the calling thread (FTZ and DAZ, first touch of its memory) and
 * returns its own area, 128-byte aligned, `thread_bytes` large. */
void *kiln_rt_thread_begin(kiln_run *run, int32_t thread);

/** Restores what kiln_rt_thread_begin changed. */
void kiln_rt_thread_end(kiln_run *run, int32_t thread);

/** Thread 0, the others waiting at the barrier: takes in the results of the
 * step that ended (loss, metrics, outputs), shows progress, writes checkpoints,
 * answers signals, and prepares the next step or sets `more` to 0. */
void kiln_rt_step(kiln_run *run);

/** Fills the elements [begin, end) of each row of batch operand `operand` of
 * the current step, whose rows lie one behind the other at `destination`: all B
 * rows, those past `rows` zeroed. Every thread calls it for its own copy, with
 * the elements that it reads; none, if begin >= end. */
void kiln_rt_load(kiln_run *run, int32_t thread, int32_t operand,
                  void *destination, int64_t begin, int64_t end);

/** Lists `count` addresses at `destination`: those of the lines of memory from
 * which kiln_rt_load will take the elements [begin, end) of batch operand
 * `operand` of the next step, as many as fit. The program asks the caches for
 * them; none need exist. */
void kiln_rt_list_ahead(kiln_run *run, int32_t thread, int32_t operand,
                        uint64_t *destination, int64_t count, int64_t begin,
                        int64_t end);

/** Loops over tiles that a program can have in a step. */
#define KILN_TILE_LOOPS 16

/** The next tile of loop `loop` of the current step that no thread has taken
 * yet: 0, 1, 2... Which thread gets which shows in no result. */
int64_t kiln_rt_next_tile(kiln_run *run, int32_t loop);

/** The distinct indices of the rows [begin, end) of `indices`, which are
 * `length` long: `values` lists those of each row in the order in which they
 * first appear, then -1; `positions` says where in that list each index
 * stands; `counts` how many there are. What is null is left out. */
void kiln_rt_unique(const int32_t *indices, int32_t *values, int32_t *positions,
                    int32_t *counts, int64_t begin, int64_t end,
                    int64_t length);

/** The inverted index of `count` indices, all below `rows`: `first[r]` is the
 * first of them that is r, `next[i]` the one after element i that names the
 * same row, -1 where there is none; in decreasing order if `descending`.
 * Elements of -1 are in no chain. */
void kiln_rt_chain(const int32_t *indices, int64_t count, int32_t *first,
                   int32_t *next, int64_t rows, int64_t descending);

/** What kiln_rt_stamp takes for the work of threads that is no kernel: waiting
 * at a barrier, loading the batch, bringing results to where the plan wants
 * them. */
#define KILN_STAMP_BARRIER -1
#define KILN_STAMP_LOAD -2
#define KILN_STAMP_COPY -3

/** Traced programs only: the calling thread has just finished kernel `kernel`
 * of its program (the manifest's index), or something of the above. */
void kiln_rt_stamp(int32_t kernel);

/** Traced programs only: inside a recurrence, the calling thread has just
 * finished `steps` steps of part `part` of the cell (the manifest's index). */
void kiln_rt_stamp_cell(int32_t part, int64_t steps);

/** Programs with checked bounds only: generated code was about to touch the
 * elements [begin, end) where there are `extent`. Says so, together with
 * `where`, a position in the model file and a kernel, and ends the process with
 * exit code 5. */
void kiln_rt_out_of_bounds(const char *where, int64_t begin, int64_t end,
                           int64_t extent);

#ifdef __cplusplus
}
#endif

#endif /* KILN_RUNTIME_ABI_H */

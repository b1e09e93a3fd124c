/* bench-usage.h: what a task took, and its line of JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-json-writer.h"

G_BEGIN_DECLS

typedef struct {
  double import_s;
  double cpu;
  double start;
  double wall;
  double megabytes;
  double age;
  double cpu_after;
} BenchUsage;

void bench_usage_begin (BenchUsage *self);
void bench_usage_end (BenchUsage *self);

/* The members that every task has. */
void bench_usage_write (const BenchUsage *self,
                        AnnJsonWriter *json,
                        const char *task,
                        const char *how,
                        const char *uri);

void bench_write_text (AnnJsonWriter *json, const char *name, const char *text);
void bench_write_count (AnnJsonWriter *json, const char *name, guint64 count);
void bench_write_seconds (AnnJsonWriter *json, const char *name, double seconds);

G_END_DECLS

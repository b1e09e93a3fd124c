/* bench-usage.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-usage.h"

#include "bench-measure.h"

/* Measures between two members are printed with so much: 0.1 ms. */
#define ROUNDING 1e4

void
bench_usage_begin (BenchUsage *self)
{
  self->import_s = bench_get_process_age ();
  self->cpu = bench_get_cpu_seconds ();
  self->start = bench_get_seconds ();
}

void
bench_usage_end (BenchUsage *self)
{
  self->wall = bench_get_seconds () - self->start;
  self->megabytes = bench_get_peak_megabytes ();
  self->age = bench_get_process_age ();
  self->cpu_after = bench_get_cpu_seconds ();
}

void
bench_write_text (AnnJsonWriter *json, const char *name, const char *text)
{
  ann_json_writer_name (json, name);
  ann_json_writer_string (json, text);
}

void
bench_write_count (AnnJsonWriter *json, const char *name, guint64 count)
{
  ann_json_writer_name (json, name);
  ann_json_writer_uint (json, count);
}

void
bench_write_seconds (AnnJsonWriter *json, const char *name, double seconds)
{
  ann_json_writer_name (json, name);
  ann_json_writer_double (json, (double) (gint64) (seconds * ROUNDING + 0.5) / ROUNDING);
}

void
bench_usage_write (const BenchUsage *self,
                   AnnJsonWriter *json,
                   const char *task,
                   const char *how,
                   const char *uri)
{
  g_autofree char *file = g_path_get_basename (uri);

  bench_write_text (json, "peer", "annbrowser");
  bench_write_text (json, "version", ANN_VERSION);
  bench_write_text (json, "task", task);
  bench_write_text (json, "how", how);
  bench_write_text (json, "file", file);
  bench_write_seconds (json, "wall_s", self->wall);
  bench_write_seconds (json, "proc_s", self->age);
  bench_write_seconds (json, "import_s", self->import_s);
  bench_write_seconds (json, "cpu_s", self->cpu_after - self->cpu);
  bench_write_seconds (json, "process_cpu_s", self->cpu_after);
  bench_write_seconds (json, "maxrss_mb", self->megabytes);
}

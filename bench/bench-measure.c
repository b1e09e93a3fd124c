/* bench-measure.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-measure.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double
bench_get_seconds (void)
{
  return 1e-6 * (double) g_get_monotonic_time ();
}

/* The finaliser of splitmix64, seed 42. */
guint64
bench_mix (guint64 x)
{
  guint64 z = 42 + (x + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

double
bench_get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + 1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

double
bench_get_peak_megabytes (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) usage.ru_maxrss / 1024;
}

/* Seconds since the kernel made the process: field 22 of its stat, the 20th after the name. */
double
bench_get_process_age (void)
{
  g_autofree char *stat = NULL;
  g_auto (GStrv) fields = NULL;
  struct timespec now;
  const char *end;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return 0;
  end = strrchr (stat, ')');
  fields = g_strsplit (end != NULL ? end + 2 : "", " ", -1);
  if (g_strv_length (fields) < 20)
    return 0;
  clock_gettime (CLOCK_BOOTTIME, &now);

  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec
         - g_ascii_strtod (fields[19], NULL) / (double) sysconf (_SC_CLK_TCK);
}

static double
get_weight (guint64 row, guint64 column)
{
  return (double) ((column % 1021 + 1) * (row % 17 + 1));
}

static void
add_sparse (const AnnBlock *block, double *checksum, guint64 *nnz)
{
  const guint64 *indptr = ann_buffer_get_data (block->indptr);
  AnnDtype index_dtype = ann_buffer_get_dtype (block->indices);
  AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const guint8 *indices = ann_buffer_get_data (block->indices);
  const guint8 *values = ann_buffer_get_data (block->values);
  gsize index_size = ann_dtype_get_size (index_dtype);
  gsize size = ann_dtype_get_size (dtype);
  gint64 columns[512];
  double numbers[512];

  for (guint64 row = 0; row < block->count; row++)
    {
      for (guint64 i = indptr[row]; i < indptr[row + 1];)
        {
          gsize n = (gsize) MIN (indptr[row + 1] - i, G_N_ELEMENTS (columns));

          ann_dtype_to_int64 (index_dtype, indices + i * index_size, n, columns);
          ann_dtype_to_double (dtype, values + i * size, n, numbers);
          for (gsize j = 0; j < n; j++)
            *checksum += numbers[j] * get_weight (row, (guint64) columns[j]);
          i += n;
        }
    }
  *nnz += indptr[block->count];
}

static void
add_dense (const AnnBlock *block, double *checksum, guint64 *nnz)
{
  AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  gsize size = ann_dtype_get_size (dtype);

  for (guint64 i = 0; i < block->count * block->width; i++)
    {
      double number = 0;

      ann_dtype_to_double (dtype, values + i * size, 1, &number);
      *checksum += number * get_weight (i / block->width, i % block->width);
      *nnz += number != 0;
    }
}

/* The sum of value * (column % 1021 + 1) * (row % 17 + 1) over a piece, rows counted from its
 * start: exact for counts, so that other programs' can be compared. And the stored values, or
 * what is not zero in a dense piece.
 */
void
bench_add_checksum (const AnnBlock *block, double *checksum, guint64 *nnz)
{
  if (ann_block_is_sparse (block))
    add_sparse (block, checksum, nnz);
  else if (block->values != NULL)
    add_dense (block, checksum, nnz);
}

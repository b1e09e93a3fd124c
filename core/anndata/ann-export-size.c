/* ann-export-size.c: how large an export will be, about
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-export-private.h"

/* What is expected of compression where the source does not tell. */
#define USUAL_RATIO 0.35

/* Names, attributes, indexes of a container. */
#define CONTAINER_SIZE ((guint64) 64 << 10)

/* About so many bytes of values are in a whole store; 0 if that cannot be told. */
static guint64
get_raw_size (const AnnExportJob *job, AnnData *source, GCancellable *cancellable)
{
  g_autoptr (AnnWriteOptions) all = NULL;
  AnnElementWriter writer = { 0 };
  g_auto (AnnSurvey) survey = { 0 };

  if (source == job->data && job->options->elements == NULL)
    return job->survey.n_bytes;
  if (!ann_data_is_annotated (source))
    return 0;

  all = ann_write_options_new ();
  all->skip_unreadable = TRUE;
  writer.options = all;
  _ann_survey_init (&survey);

  return _ann_element_survey (&writer, ann_data_get_root (source), "", &survey, cancellable, NULL)
             ? survey.n_bytes
             : 0;
}

/* How many bytes a byte of values takes as the sources store them; about. */
static double
get_source_ratio (const AnnExportJob *job, GCancellable *cancellable)
{
  double stored = 0;
  double raw = 0;

  for (guint i = 0; i < job->sources->len; i++)
    {
      AnnData *source = g_ptr_array_index (job->sources, i);
      const guint64 size = get_raw_size (job, source, cancellable);

      if (size == 0 || ann_data_get_stored_size (source) == 0)
        continue;
      stored += (double) ann_data_get_stored_size (source);
      raw += (double) size;
    }

  /* What is stored without compression says nothing of what there will be. */
  return stored > 0 && stored < 0.9 * raw ? stored / raw : USUAL_RATIO;
}

guint64
_ann_export_estimate_size (const AnnExportJob *job, GCancellable *cancellable)
{
  const AnnWriteOptions *options = job->options;
  const gboolean is_plain = !job->exporter->compresses
                            || (options->has_compression
                                && options->compression.compressor == ANN_COMPRESSOR_NONE);
  const double size = (double) job->survey.n_bytes
                      * (is_plain ? 1 : get_source_ratio (job, cancellable));

  return size < (double) (G_MAXUINT64 / 2) ? (guint64) size + CONTAINER_SIZE : G_MAXUINT64 / 2;
}

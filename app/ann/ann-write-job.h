/* ann-write-job.h: a store is written, and said what is written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-json-writer.h"

#include <ann-core.h>

G_BEGIN_DECLS

/* Writes further facts of a verb into the JSON object of what is done. */
typedef void (*AnnWriteFactsFunc) (AnnJsonWriter *json, gpointer user_data);

/**
 * AnnWriteJob:
 * @store: as it was named, for messages
 * @data: what is written
 * @target: where to
 * @options: how
 * @lines: (nullable): the same facts as text, ended by %NULL: part of a plan, and warnings of what
 *   is written
 * @add_facts: (nullable): see #AnnWriteFactsFunc
 * @facts: of @add_facts
 */
typedef struct {
  const char *store;
  AnnData *data;
  const char *target;
  const AnnWriteOptions *options;
  const char *const *lines;
  AnnWriteFactsFunc add_facts;
  gpointer facts;
} AnnWriteJob;

/* Prints the plan (`--dry-run`), or does it with progress and says what was done. Returns: an exit
 * status
 */
int ann_write_job_run (const AnnWriteJob *job);

G_END_DECLS

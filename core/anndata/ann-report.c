/* ann-report.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-report-private.h"

#include <string.h>

typedef struct {
  const char *name;
  AnnSeverity severity;
} Rule;

/* Names are for ever: scripts know them. docs/validate.md has the reason of each. */
static const Rule rules[] = {
  [ANN_RULE_AXIS_LENGTH] = { "axis-length", ANN_SEVERITY_ERROR },
  [ANN_RULE_CATEGORICAL_CATEGORIES] = { "categorical-categories", ANN_SEVERITY_WARNING },
  [ANN_RULE_CATEGORICAL_CODE_RANGE] = { "categorical-code-range", ANN_SEVERITY_ERROR },
  [ANN_RULE_CATEGORICAL_CODE_TYPE] = { "categorical-code-type", ANN_SEVERITY_WARNING },
  [ANN_RULE_CATEGORICAL_DUPLICATE] = { "categorical-duplicate", ANN_SEVERITY_ERROR },
  [ANN_RULE_CATEGORICAL_ORDERED] = { "categorical-ordered", ANN_SEVERITY_WARNING },
  [ANN_RULE_CODEC_MISSING] = { "codec-missing", ANN_SEVERITY_WARNING },
  [ANN_RULE_COLUMN_DUPLICATE] = { "column-duplicate", ANN_SEVERITY_ERROR },
  [ANN_RULE_COLUMN_KIND] = { "column-kind", ANN_SEVERITY_ERROR },
  [ANN_RULE_COLUMN_LIMIT] = { "column-limit", ANN_SEVERITY_NOTE },
  [ANN_RULE_COLUMN_ORDER] = { "column-order", ANN_SEVERITY_WARNING },
  [ANN_RULE_COLUMN_RESERVED] = { "column-reserved", ANN_SEVERITY_ERROR },
  [ANN_RULE_COLUMN_STRAY] = { "column-stray", ANN_SEVERITY_NOTE },
  [ANN_RULE_DATA_UNREADABLE] = { "data-unreadable", ANN_SEVERITY_ERROR },
  [ANN_RULE_ELEMENT_BROKEN] = { "element-broken", ANN_SEVERITY_ERROR },
  [ANN_RULE_ENCODING_UNKNOWN] = { "encoding-unknown", ANN_SEVERITY_ERROR },
  [ANN_RULE_ENCODING_VERSION] = { "encoding-version", ANN_SEVERITY_WARNING },
  [ANN_RULE_INCOMPLETE] = { "incomplete", ANN_SEVERITY_WARNING },
  [ANN_RULE_INDEX_KIND] = { "index-kind", ANN_SEVERITY_WARNING },
  [ANN_RULE_KEY] = { "key", ANN_SEVERITY_WARNING },
  [ANN_RULE_LINK_NOT_FOLLOWED] = { "link-not-followed", ANN_SEVERITY_WARNING },
  [ANN_RULE_NAMES_DUPLICATE] = { "names-duplicate", ANN_SEVERITY_WARNING },
  [ANN_RULE_NAMES_MISSING] = { "names-missing", ANN_SEVERITY_WARNING },
  [ANN_RULE_NOT_ANNDATA] = { "not-anndata", ANN_SEVERITY_ERROR },
  [ANN_RULE_NULL_PLACE] = { "null-place", ANN_SEVERITY_WARNING },
  [ANN_RULE_NULLABLE_MASK] = { "nullable-mask", ANN_SEVERITY_WARNING },
  [ANN_RULE_NULLABLE_TYPE] = { "nullable-type", ANN_SEVERITY_ERROR },
  [ANN_RULE_ODDITY] = { "oddity", ANN_SEVERITY_WARNING },
  [ANN_RULE_PAIR_MISSING] = { "pair-missing", ANN_SEVERITY_WARNING },
  [ANN_RULE_PLACE_KIND] = { "place-kind", ANN_SEVERITY_ERROR },
  [ANN_RULE_ROOT_KEY_MISSING] = { "root-key-missing", ANN_SEVERITY_NOTE },
  [ANN_RULE_ROOT_KEY_UNKNOWN] = { "root-key-unknown", ANN_SEVERITY_WARNING },
  [ANN_RULE_ROOT_PAIR] = { "root-pair", ANN_SEVERITY_NOTE },
  [ANN_RULE_SET_PART] = { "set-part", ANN_SEVERITY_ERROR },
  [ANN_RULE_SET_PART_MISSING] = { "set-part-missing", ANN_SEVERITY_WARNING },
  [ANN_RULE_SPARSE_DUPLICATE] = { "sparse-duplicate", ANN_SEVERITY_NOTE },
  [ANN_RULE_SPARSE_INDEX_RANGE] = { "sparse-index-range", ANN_SEVERITY_ERROR },
  [ANN_RULE_SPARSE_INDEX_TYPE] = { "sparse-index-type", ANN_SEVERITY_WARNING },
  [ANN_RULE_SPARSE_LENGTHS] = { "sparse-lengths", ANN_SEVERITY_WARNING },
  [ANN_RULE_SPARSE_POINTERS] = { "sparse-pointers", ANN_SEVERITY_ERROR },
  [ANN_RULE_SPARSE_UNSORTED] = { "sparse-unsorted", ANN_SEVERITY_NOTE },
  [ANN_RULE_TEXT_UTF8] = { "text-utf8", ANN_SEVERITY_WARNING },
  [ANN_RULE_UNSUPPORTED] = { "unsupported", ANN_SEVERITY_WARNING },
};

struct _AnnReport {
  gatomicrefcount ref_count;
  GArray *findings;
  guint64 counts[3]; /* by severity */
  guint64 n_elements;
  guint64 n_unread;
};

G_DEFINE_BOXED_TYPE (AnnReport, ann_report, ann_report_ref, ann_report_unref)

static void
clear_finding (gpointer data)
{
  AnnFinding *finding = data;

  g_free (finding->path);
  g_free (finding->message);
}

AnnReport *
_ann_report_new (void)
{
  AnnReport *self = g_new0 (AnnReport, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->findings = g_array_new (FALSE, FALSE, sizeof (AnnFinding));
  g_array_set_clear_func (self->findings, clear_finding);

  return self;
}

/**
 * ann_report_ref:
 * @self: a report
 *
 * Returns: (transfer full): @self
 */
AnnReport *
ann_report_ref (AnnReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_report_unref:
 * @self: (transfer full): a report
 */
void
ann_report_unref (AnnReport *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->findings);
  g_free (self);
}

/* The messages of the library begin with the path, which a finding has beside it. */
static const char *
skip_path (const char *message, const char *path)
{
  gsize length = strlen (path);

  return length > 0 && strncmp (message, path, length) == 0
                 && strncmp (message + length, ": ", 2) == 0
             ? message + length + 2
             : message;
}

void
_ann_report_add (AnnReport *self, AnnRule rule, const char *path, const char *format, ...)
{
  AnnFinding finding = { .severity = rules[rule].severity, .rule = rules[rule].name };
  g_autofree char *message = NULL;
  va_list args;

  self->counts[finding.severity]++;
  if (self->findings->len >= ANN_REPORT_MAX)
    return;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  finding.path = g_strdup (path);
  finding.message = g_strdup (skip_path (message, path));
  g_array_append_val (self->findings, finding);
}

/* Whether there is such a finding already. */
gboolean
_ann_report_has (AnnReport *self, AnnRule rule, const char *path)
{
  for (guint i = 0; i < self->findings->len; i++)
    {
      const AnnFinding *finding = &g_array_index (self->findings, AnnFinding, i);

      if (finding->rule == rules[rule].name && strcmp (finding->path, path) == 0)
        return TRUE;
    }

  return FALSE;
}

void
_ann_report_count_element (AnnReport *self)
{
  self->n_elements++;
}

void
_ann_report_count_unread (AnnReport *self)
{
  self->n_unread++;
}

/**
 * ann_report_get_n_findings:
 * @self: a report
 *
 * Returns: how many findings are kept: 10000 at most
 */
guint
ann_report_get_n_findings (const AnnReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->findings->len;
}

/**
 * ann_report_get_finding: (skip)
 * @self: a report
 * @index: which one, less than their number
 *
 * Returns: (transfer none): a finding
 */
const AnnFinding *
ann_report_get_finding (const AnnReport *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->findings->len, NULL);

  return &g_array_index (self->findings, AnnFinding, index);
}

/**
 * ann_report_count:
 * @self: a report
 * @severity: a severity
 *
 * Returns: how many findings there are of it, those that are not kept among them
 */
guint64
ann_report_count (const AnnReport *self, AnnSeverity severity)
{
  g_return_val_if_fail (self != NULL && (guint) severity < G_N_ELEMENTS (self->counts), 0);

  return self->counts[severity];
}

/**
 * ann_report_get_n_elements:
 * @self: a report
 *
 * Returns: how many elements were looked at
 */
guint64
ann_report_get_n_elements (const AnnReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_elements;
}

/**
 * ann_report_get_n_unread:
 * @self: a report
 *
 * Returns: how many of the elements have values that should have been read and could not be,
 *   whoever is to blame; 0 where values were not to be read
 */
guint64
ann_report_get_n_unread (const AnnReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_unread;
}

/**
 * ann_severity_get_name:
 * @severity: a severity
 *
 * Returns: `note`, `warning` or `error`
 */
const char *
ann_severity_get_name (AnnSeverity severity)
{
  switch (severity)
    {
    case ANN_SEVERITY_NOTE:
      return "note";
    case ANN_SEVERITY_WARNING:
      return "warning";
    case ANN_SEVERITY_ERROR:
    default:
      return "error";
    }
}

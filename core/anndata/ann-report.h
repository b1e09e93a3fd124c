/* ann-report.h: what is wrong with a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnSeverity:
 * @ANN_SEVERITY_NOTE: right, and worth knowing
 * @ANN_SEVERITY_WARNING: against a rule, but readers cope with it, or some do
 * @ANN_SEVERITY_ERROR: against a rule, so that something cannot be read or means something else
 */
typedef enum {
  ANN_SEVERITY_NOTE,
  ANN_SEVERITY_WARNING,
  ANN_SEVERITY_ERROR,
} AnnSeverity;

/**
 * AnnFinding:
 * @severity: how bad it is
 * @rule: the name of the rule, which stays the same over versions; see docs/validate.md
 * @path: where; "" for the store as a whole
 * @message: a sentence
 */
typedef struct {
  AnnSeverity severity;
  const char *rule;
  char *path;
  char *message;
} AnnFinding;

/**
 * AnnReport:
 *
 * What [func@Ann.validate] found, in the order of the store. Reference counted, and not changed
 * once it is handed out.
 */
typedef struct _AnnReport AnnReport;

#define ANN_TYPE_REPORT (ann_report_get_type ())

ANN_API GType ann_report_get_type (void) G_GNUC_CONST;
ANN_API AnnReport *ann_report_ref (AnnReport *self);
ANN_API void ann_report_unref (AnnReport *self);

ANN_API guint ann_report_get_n_findings (const AnnReport *self);
ANN_API const AnnFinding *ann_report_get_finding (const AnnReport *self, guint index);
ANN_API guint64 ann_report_count (const AnnReport *self, AnnSeverity severity);
ANN_API guint64 ann_report_get_n_elements (const AnnReport *self);
ANN_API guint64 ann_report_get_n_unread (const AnnReport *self);

ANN_API const char *ann_severity_get_name (AnnSeverity severity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnReport, ann_report_unref)

G_END_DECLS

/* ann-concat-private.h: for the files that join stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-branch-private.h"
#include "anndata/ann-concat.h"
#include "element/ann-frame.h"
#include "view/ann-stack.h"

G_BEGIN_DECLS

/**
 * AnnConcatPart:
 * @name: for people
 * @root: (nullable): an annotated matrix or a raw; %NULL for one that is not there, which has but
 *   its first length
 * @tables: obs and var: of a raw, obs is that of the matrix it belongs to
 * @lengths: of both
 * @unavailable: (nullable): why there is no root
 *
 * One of those that are joined. Borrows everything.
 */
typedef struct {
  const char *name;
  AnnElement *root;
  AnnFrame *tables[2];
  guint64 lengths[2];
  const GError *unavailable;
} AnnConcatPart;

/**
 * AnnConcatNotes: what is said in the plan; lists of char *
 */
typedef struct {
  GPtrArray *dropped_columns;
  GPtrArray *dropped_elements;
  GPtrArray *clashes;
  guint64 n_dropped_labels;
  guint64 n_duplicates;
} AnnConcatNotes;

/**
 * AnnConcat:
 * @options: …
 * @keys: one for each part
 * @axis: 0 or 1
 * @is_raw: whether these are raws, whose observations have names alone
 * @path: (nullable): of what is made, such as `raw`
 * @is_strict: whether annotations of other types and widths are left out in place of being brought
 *   together
 * @index: (nullable): the labels of the result's joined axis; %NULL for raws whose observations are
 *   joined, which have none of their own
 * @name: (nullable): what these labels are called
 * @other_labels: of the other one
 * @other_name: (nullable): what these are called
 * @lengths: of the result
 * @reindexes: (array) (nullable): of the other axis; %NULL for a part that is not there
 * @notes: …
 *
 * A concatenation while it is made.
 */
typedef struct {
  const AnnConcatOptions *options;
  const char *const *keys;
  const AnnConcatPart *parts;
  gsize n_parts;
  guint axis;
  gboolean is_raw;
  const char *path;
  gboolean is_strict;
  AnnElement *index;
  char *name;
  AnnStrings *other_labels;
  char *other_name;
  guint64 lengths[2];
  AnnReindex **reindexes;
  AnnConcatNotes *notes;
  GCancellable *cancellable;
} AnnConcat;

/* `obs`, `var`; with a suffix `m` or `p`: `obsm`. Interned. */
const char *_ann_concat_axis_name (guint axis, const char *suffix);
char *_ann_concat_path (const AnnConcat *self, const char *name);
void _ann_concat_add_note (GPtrArray *notes, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* --- ann-concat-labels.c --- */

/* The labels of a table, as texts. */
AnnStrings *_ann_read_labels (AnnFrame *frame, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Sets index, name, other_labels, other_name, lengths and reindexes. */
gboolean _ann_concat_join_labels (AnnConcat *self, GError **error);

/* Names that all lists have, in the order of @in_order (one of them); or that any has, in the order
 * in which they come. (transfer full)
 */
char **_ann_names_intersect (char **const *lists, gsize n_lists, gsize in_order);
char **_ann_names_unite (char **const *lists, gsize n_lists);

/* --- ann-concat-frame.c --- */

/* Columns of tables behind each other; NULL for a part without one. @label: whether the column that
 * says which part a row is of is wanted. @dropped: (nullable): columns that are left out
 */
AnnElement *_ann_concat_stack_frames (const AnnConcat *self,
                                      const char *path,
                                      AnnElement **frames,
                                      gboolean has_label,
                                      GPtrArray *dropped,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The table of the other axis: columns are merged. */
AnnElement *_ann_concat_merge_tables (const AnnConcat *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A table with its rows where @rows puts them. @labels: of the result */
AnnElement *_ann_concat_reindex_frame (const AnnConcat *self,
                                       const char *path,
                                       AnnElement *frame,
                                       AnnReindex *rows,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- ann-concat-matrix.c --- */

/* Each is a mapping (transfer full), or NULL with @error set. @name: layers, obsm, obsp. */
AnnElement *_ann_concat_stack_layers (const AnnConcat *self, GError **error);
AnnElement *_ann_concat_stack_annotations (const AnnConcat *self, GError **error);
AnnElement *_ann_concat_stack_pairs (const AnnConcat *self, GError **error);
AnnElement *_ann_concat_merge_annotations (const AnnConcat *self, GError **error);
AnnElement *_ann_concat_merge_pairs (const AnnConcat *self, GError **error);

/* X; sets @x to NULL where no part has one. */
gboolean _ann_concat_stack_x (const AnnConcat *self, AnnElement **x, GError **error);

/* --- ann-concat-merge.c --- */

/**
 * AnnOffer: something that one part has under a name: its children, in order
 * @is_table: whether these are columns
 */
typedef struct {
  char **names;
  AnnBranch *children;
  gboolean is_table;
} AnnOffer;

void _ann_offer_clear (AnnOffer *self);

/* What becomes of what the parts offer, @path being where it lies: what is left out is noted.
 * Mappings among it are merged in the same way.
 */
AnnBranch *_ann_concat_merge (const AnnConcat *self,
                              const char *path,
                              AnnOffer *offers,
                              gsize n_offers,
                              AnnMerge merge,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The children of the mapping @name of each part. */
gboolean _ann_concat_open_mappings (const AnnConcat *self,
                                    const char *name,
                                    AnnOffer *offers,
                                    GError **error);

/* --- ann-concat.c --- */

/* One key for each part: those of the options, or numbers. (transfer full) */
char **_ann_concat_make_keys (const AnnConcatOptions *options, gsize n_parts, GError **error);

/* Adds raw, if all parts that are there have one. */
gboolean _ann_concat_add_raw (const AnnConcat *self, AnnBranch *branch, GError **error);

/* All of it. @parts: at least one has a root. @notes: (nullable) */
AnnElement *_ann_concat_elements (const AnnConcatPart *parts,
                                  gsize n_parts,
                                  const AnnConcatOptions *options,
                                  AnnConcatNotes *notes,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_concat_notes_init (AnnConcatNotes *self);
void _ann_concat_notes_clear (AnnConcatNotes *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnConcatNotes, _ann_concat_notes_clear)

G_END_DECLS

/* ann-data-set-private.h: for the files that open and write sets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data-set.h"

G_BEGIN_DECLS

/**
 * AnnDataSetMember:
 * @key: its name
 * @path: where the set says that it lies
 * @found: (nullable): where it was found
 * @data: (nullable): the store
 * @error: (nullable): why there is none
 *
 * A part of a set: see #AnnDataSetPart, which shows it.
 */
typedef struct {
  char *key;
  char *path;
  char *found;
  AnnData *data;
  GError *error;
  guint64 start;
  guint64 n_rows;
} AnnDataSetMember;

void _ann_data_set_member_free (gpointer data);

struct _AnnDataSet {
  GObject parent_instance;

  AnnData *file;    /* as it is stored */
  AnnData *own;     /* what of it belongs to @parts: all, or some rows */
  GPtrArray *parts; /* of AnnDataSetMember */
  AnnElement *root; /* all parts as one */

  GMutex lock;        /* for: */
  AnnData *rest;      /* (nullable): without missing parts; once it was asked for */
  GError *rest_error; /* (nullable): why that could not be made when it was asked for last */
};

/* Makes the root. While @self is being made. */
gboolean _ann_data_set_join (AnnDataSet *self, GCancellable *cancellable, GError **error);

/* As ann_data_describe_missing_parts (). */
char *_ann_data_set_describe_missing (AnnDataSet *self) G_GNUC_WARN_UNUSED_RESULT;

/* Fails if @data is made of a set some of whose parts are missing: what is only shown as missing
 * was never measured, and nothing is made of it.
 */
gboolean _ann_data_check_is_whole (AnnData *data, GError **error);

/* The same rows of the same set without its missing parts, if @obs of @data has some and all of
 * them are of parts that are there: @rest, and @rows of it. Else, and where there is no such set,
 * both are %NULL without an error: what @data shows of them can be looked at all the same. The set
 * is made once; a range costs nothing, whatever its length, a list a look at each position.
 */
gboolean _ann_data_set_find_rest (AnnData *data,
                                  AnnSelection *obs,
                                  AnnData **rest,
                                  AnnSelection **rows,
                                  GCancellable *cancellable,
                                  GError **error);

/* @data, or what is selected of it, as anndata.concat (label=…) makes it: the column of a set's
 * keys, which the set has as texts, is a categorical and the last. That is read as a whole.
 * (transfer full): @data itself if it is made of no set, or of several
 */
AnnData *_ann_data_set_categorize_label (AnnData *data, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether @own, a store, is called a set: `.h5ads`. Says nothing of what is in it. */
gboolean _ann_data_set_is_set (AnnData *own);

/* All parts of a set as one store; @own itself if it is no set after all. (transfer full) */
AnnData *_ann_data_set_open_from (AnnData *own,
                                  const char *const *remap,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where a part may lie, in the order in which to look: see ann-data-set-find.c. (transfer full)
 * @set_uri: of the set; @remap: (nullable)
 */
char **_ann_data_set_list_places (const char *set_uri,
                                  const char *key,
                                  const char *path,
                                  const char *const *remap) G_GNUC_WARN_UNUSED_RESULT;

/* The table of parts of a set, or NULL without an error if @own has none. */
AnnFrame *_ann_data_set_open_table (AnnData *own, GCancellable *cancellable, GError **error);

/**
 * AnnLabelJoint:
 * @is_known: whether a label was looked at
 * @is_plain: labels are as the part has them; else …
 * @text: (nullable): … this stands between each of them and the key
 *
 * How the set made its labels out of those of a part: all in one way.
 */
typedef struct {
  gboolean is_known;
  gboolean is_plain;
  char *text;
} AnnLabelJoint;

void _ann_label_joint_clear (AnnLabelJoint *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnLabelJoint, _ann_label_joint_clear)

/* Whether a label of the set is that of a part, to which the set may have put its key:
 * `label-key`. @joint: what the labels before tell; of the first: zeros
 */
gboolean _ann_data_set_label_fits (AnnLabelJoint *joint,
                                   const AnnStrings *own,
                                   const AnnStrings *found,
                                   gsize i,
                                   const char *key);

/* Compares all labels of observations, of which only some are looked at when a set is opened. */
gboolean _ann_data_set_check_labels (AnnDataSet *self, GCancellable *cancellable, GError **error);

/* The same of all sets that a store is made of, before anything is made of their values. */
gboolean _ann_data_check_sets (AnnData *data, GCancellable *cancellable, GError **error);

/* How many rows each part has. Those that are missing have as many as the set has labels for: the
 * rest, or, where several are missing, what a column of keys says.
 * @n_rows: G_MAXUINT64 for those
 */
gboolean _ann_data_set_count_rows (AnnData *own,
                                   AnnStrings *keys,
                                   guint64 *n_rows,
                                   gsize n_parts,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS

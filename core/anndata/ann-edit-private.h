/* ann-edit-private.h: changes of a store, for the files that make them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "anndata/ann-edit.h"

G_BEGIN_DECLS

/**
 * AnnEditKind:
 * @ANN_EDIT_SET: something new, or in place of something
 * @ANN_EDIT_RENAME: another name in the same group
 * @ANN_EDIT_DROP: it goes
 * @ANN_EDIT_MOVE_TO_RAW: X goes to raw, with copies of var and varm
 */
typedef enum {
  ANN_EDIT_SET,
  ANN_EDIT_RENAME,
  ANN_EDIT_DROP,
  ANN_EDIT_MOVE_TO_RAW,
} AnnEditKind;

/**
 * AnnEditChange:
 * @path: of what is changed; `raw` for the last kind
 * @new_path: (nullable): what a renaming makes of it
 * @value: (nullable): what is set; the var of a raw
 * @varm: (nullable): of a raw
 * @description: one sentence
 */
typedef struct {
  AnnEditKind kind;
  char *path;
  char *new_path;
  AnnElement *value;
  AnnElement *varm;
  char *description;
} AnnEditChange;

/**
 * AnnEditTable:
 * @name: `obs` or `var`
 * @index_key: under which its labels are stored
 * @columns: (element-type utf8): in order
 * @is_changed: they are not what the store says
 */
typedef struct {
  const char *name;
  char *index_key;
  GPtrArray *columns;
  gboolean is_changed;
} AnnEditTable;

/**
 * AnnEditPlaceKind: what can be at a path, by the rules of annotated matrices
 */
typedef enum {
  ANN_EDIT_PLACE_MATRIX,  /* X, a layer */
  ANN_EDIT_PLACE_TABLE,   /* obs, var */
  ANN_EDIT_PLACE_COLUMN,  /* of one */
  ANN_EDIT_PLACE_INDEX,   /* its labels */
  ANN_EDIT_PLACE_ALIGNED, /* in obsm, varm */
  ANN_EDIT_PLACE_PAIRS,   /* in obsp, varp */
  ANN_EDIT_PLACE_GROUP,   /* layers, obsm, … as a whole */
  ANN_EDIT_PLACE_UNS,     /* uns, and anything in it */
  ANN_EDIT_PLACE_RAW,     /* as a whole */
} AnnEditPlaceKind;

/**
 * AnnEditPlace:
 * @kind: what can be there
 * @table: (nullable): of a table, a column, an index
 * @name: the last name of the path; of the caller's
 * @lengths: that the first @n_axes axes must have
 */
typedef struct {
  AnnEditPlaceKind kind;
  AnnEditTable *table;
  const char *name;
  guint n_axes;
  guint64 lengths[2];
} AnnEditPlace;

/**
 * AnnEdit:
 * @overlay: path → AnnElement, or %NULL for what is not there any more: what the changes make of
 * the store
 */
struct _AnnEdit {
  GObject parent_instance;

  char *uri;
  AnnData *data;
  GPtrArray *changes;  /* of AnnEditChange */
  GPtrArray *warnings; /* of char * */
  GHashTable *overlay;
  AnnEditTable tables[2];
  gboolean overwrites;
  gboolean keeps_text;
  gboolean is_done;
};

/* What a path is; %ANN_ERROR_FORMAT if nothing can be there. */
gboolean _ann_edit_place_init (AnnEditPlace *self, AnnEdit *edit, const char *path, GError **error);

/* Whether @value may be there. */
gboolean _ann_edit_place_check (const AnnEditPlace *self,
                                const char *path,
                                AnnElement *value,
                                GError **error);

/* What is at @path after the changes so far. */
AnnElement *_ann_edit_open (AnnEdit *self,
                            const char *path,
                            GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same; %NULL without an error if nothing is there. */
AnnElement *_ann_edit_open_if_there (AnnEdit *self,
                                     const char *path,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Notes that what is at @path, which is @element, is renamed, and @new_path is free. */
void _ann_edit_note_renamed (AnnEdit *self,
                             const char *path,
                             const char *new_path,
                             AnnElement *element);

/* --- ann-edit-note.c --- */

/* What an element is, in few words: `float32, 60 × 40`. (transfer full) */
char *_ann_edit_describe_element (AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;

/* What is at @path may be replaced, and that is noted; or it is an error. @value: (nullable): by
 * what
 */
gboolean _ann_edit_note_replaced (AnnEdit *self,
                                  const char *path,
                                  AnnElement *value,
                                  GCancellable *cancellable,
                                  GError **error);
void _ann_edit_note_missing (AnnEdit *self,
                             const char *path,
                             const char *file,
                             guint64 n_missing,
                             guint64 n_rows);

/* --- ann-edit-palette.c --- */

/**
 * AnnEditPalette:
 * @path: (nullable): of the palette; %NULL for none
 * @new_path: what it would be called
 * @element: the palette
 * @is_taken: something has that name
 *
 * The palette of a column that is to be renamed.
 */
typedef struct {
  char *path;
  char *new_path;
  AnnElement *element;
  gboolean is_taken;
} AnnEditPalette;

void _ann_edit_palette_clear (AnnEditPalette *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnEditPalette, _ann_edit_palette_clear)

/* Looks for it, while nothing is noted of the renaming. %FALSE if it cannot be told whether there
 * is one, or whether its new name is free: the column is renamed with its palette or not at all.
 */
gboolean _ann_edit_palette_find (AnnEdit *self,
                                 const AnnEditPlace *place,
                                 const char *name,
                                 AnnEditPalette *palette,
                                 GCancellable *cancellable,
                                 GError **error);

/* It gets the new name of its column too, unless something has it. That is noted. */
void _ann_edit_palette_follow (AnnEdit *self, const AnnEditPalette *palette);

/* Whether a renaming of a palette was made already, with its column. */
gboolean _ann_edit_palette_has_followed (AnnEdit *self, const char *path, const char *new_path);

/* Notes that the palette of a column that is removed stays; what is removed itself stays no more.
 */
void _ann_edit_palette_note_dropped (AnnEdit *self,
                                     const AnnEditPlace *place,
                                     const char *path,
                                     GCancellable *cancellable);

/* --- ann-edit-value.c, ann-edit-file.c --- */

/* The values that a text, or a file, stands for at a place. @keeps_text: also where it looks like a
 * number. @n_missing: (out): rows that have none in the file
 */
AnnElement *_ann_edit_value_of_text (const AnnEditPlace *place,
                                     const char *path,
                                     const char *text,
                                     gboolean keeps_text,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnElement *_ann_edit_value_of_file (const AnnEditPlace *place,
                                     const char *path,
                                     AnnFrame *table,
                                     const char *file,
                                     gboolean keeps_text,
                                     guint64 *n_missing,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A column of texts: with categories, unless all of them differ. @missing: (nullable): bools */
AnnElement *_ann_edit_value_of_texts (const char *path,
                                      AnnStrings *texts,
                                      const guint8 *missing,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a text is, as a number or truth value. */
gboolean _ann_edit_parse_int64 (const char *text, gint64 *value);
gboolean _ann_edit_parse_double (const char *text, double *value);
gboolean _ann_edit_parse_bool (const char *text, guint8 *value);

G_END_DECLS

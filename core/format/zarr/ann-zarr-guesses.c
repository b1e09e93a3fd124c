/* ann-zarr-guesses.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-guesses.h"

/* The parts of the encodings. */
static const struct {
  const char *encoding;
  const char *children[16];
} encodings[] = {
  { "anndata",
    { "X", "layers", "obs", "obsm", "obsp", "raw", "uns", "var", "varm", "varp", NULL } },
  { "MuData",
    { "mod", "obs", "obsm", "obsmap", "obsp", "uns", "var", "varm", "varmap", "varp", NULL } },
  { "raw", { "X", "var", "varm", NULL } },
  { "csr_matrix", { "data", "indices", "indptr", NULL } },
  { "csc_matrix", { "data", "indices", "indptr", NULL } },
  { "categorical", { "categories", "codes", NULL } },
  { "nullable-integer", { "mask", "values", NULL } },
  { "nullable-boolean", { "mask", "values", NULL } },
  { "nullable-string-array", { "mask", "values", NULL } },
};

static void
add_all (GPtrArray *names, const char *const *children)
{
  for (; *children != NULL; children++)
    g_ptr_array_add (names, g_strdup (*children));
}

/* The columns of a table, and its index. */
static void
add_columns (GPtrArray *names, AnnAttributes *attributes)
{
  AnnStrings *columns = ann_attributes_get_texts (attributes, "column-order");
  const char *index = ann_attributes_get_text (attributes, "_index");

  if (columns == NULL)
    columns = ann_attributes_get_mixed_texts (attributes, "column-order");
  g_ptr_array_add (names, g_strdup (index != NULL ? index : "_index"));
  g_ptr_array_add (names, g_strdup ("__categories"));
  for (gsize i = 0; columns != NULL && i < ann_strings_get_length (columns); i++)
    g_ptr_array_add (names, g_strdup (ann_strings_get (columns, i, NULL)));
}

char **
_ann_zarr_guess_children (AnnAttributes *attributes, gboolean *is_complete)
{
  const char *encoding = ann_attributes_get_text (attributes, "encoding-type");
  GPtrArray *names = g_ptr_array_new ();

  *is_complete = FALSE;
  for (gsize i = 0; encoding != NULL && i < G_N_ELEMENTS (encodings); i++)
    {
      if (g_ascii_strcasecmp (encoding, encodings[i].encoding) != 0)
        continue;
      *is_complete = i > 1; /* a matrix may have anything beside its parts */
      add_all (names, encodings[i].children);
    }
  if (ann_attributes_has (attributes, "column-order"))
    {
      *is_complete = TRUE;
      add_columns (names, attributes);
    }
  /* Any of the parts that tell what an unmarked group is. */
  for (gsize i = 0; encoding == NULL && !*is_complete && i < G_N_ELEMENTS (encodings) - 2; i++)
    add_all (names, encodings[i].children);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}

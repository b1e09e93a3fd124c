/* memory-store.h: a store in memory, which counts what it is asked for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "array/ann-box-copy-private.h"
#include "array/ann-node-private.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

/* What was asked of all nodes and arrays since the last reset. One store a test program is enough,
 * so these are global; all are atomic.
 */
typedef struct {
  int n_calls; /* of any kind that may fail */
  int n_attributes;
  int n_lists;
  int n_opened_arrays;
  int n_reads;  /* of values */
  int n_values; /* how many */
  int n_chunks; /* that were fetched, of items with chunks */
  int fail_at;  /* the number of the call that fails, from 0; -1 for none */
  GIOErrorEnum fail_code;
} Counts;

static Counts counts = { .fail_at = -1 };

G_GNUC_UNUSED static void
counts_reset (void)
{
  counts = (Counts){ .fail_at = -1 };
}

/* The gate: while it is closed, readers of values wait at it. */
typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean is_closed;
  int n_waiting;
} Gate;

static Gate gate;

G_GNUC_UNUSED static void
gate_close (void)
{
  g_mutex_lock (&gate.mutex);
  gate.is_closed = TRUE;
  g_mutex_unlock (&gate.mutex);
}

/* Waits until @n readers are at the gate, and lets them go. */
G_GNUC_UNUSED static void
gate_open_for (int n)
{
  g_mutex_lock (&gate.mutex);
  while (gate.n_waiting < n)
    g_cond_wait (&gate.cond, &gate.mutex);
  gate.is_closed = FALSE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
}

static void
gate_pass (void)
{
  g_mutex_lock (&gate.mutex);
  gate.n_waiting++;
  g_cond_broadcast (&gate.cond);
  while (gate.is_closed)
    g_cond_wait (&gate.cond, &gate.mutex);
  gate.n_waiting--;
  g_mutex_unlock (&gate.mutex);
}

static gboolean
count_call (int *counter, GError **error)
{
  g_atomic_int_inc (counter);
  if (g_atomic_int_add (&counts.n_calls, 1) != counts.fail_at)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, counts.fail_code, "Told to fail");
  return FALSE;
}

/* --- Arrays --- */

/* What is behind a node; owned by the store, as all that it points to. */
typedef struct _Item Item;

struct _Item {
  AnnNodeKind kind;
  AnnAttributes *attributes;
  GHashTable *children; /* name → Item */
  AnnDtype dtype;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint8 *values;    /* NULL: zeros, without memory for them */
  AnnStrings *texts; /* in place of values */
  char **field_names;
  Item **fields;
  const char *description; /* NULL: that of the type */
  gboolean lacks_codec;
  guint64 chunk_length; /* unless 0: stored in chunks of so many along each axis */
};

#define TEST_TYPE_ARRAY (test_array_get_type ())
G_DECLARE_FINAL_TYPE (TestArray, test_array, TEST, ARRAY, AnnArray)

struct _TestArray {
  AnnArray parent_instance;
  Item *item;
};

G_DEFINE_FINAL_TYPE (TestArray, test_array, ANN_TYPE_ARRAY)

static AnnArray *test_array_new (Item *item, const char *path);

static gboolean
test_array_read_box (AnnArray *array,
                     const AnnBox *box,
                     gpointer values,
                     GCancellable *cancellable,
                     GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  Item *item = TEST_ARRAY (array)->item;
  gsize n;

  gate_pass ();
  g_assert_true (ann_box_get_n_elements (box, &n));
  g_atomic_int_add (&counts.n_values, (int) n);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !count_call (&counts.n_reads, error))
    return FALSE;

  if (item->values == NULL)
    memset (values, 0, n * ann_dtype_get_size (item->dtype));
  else
    _ann_box_copy (box->rank, ann_dtype_get_size (item->dtype), box->count, item->values,
                   item->shape, box->start, values, box->count, origin);

  return TRUE;
}

static gboolean
test_array_locate (AnnArray *array,
                   const guint64 *indices,
                   gsize n,
                   AnnChunkLocation *locations,
                   G_GNUC_UNUSED GCancellable *cancellable,
                   G_GNUC_UNUSED GError **error)
{
  Item *item = TEST_ARRAY (array)->item;

  for (gsize i = 0; i < n; i++)
    {
      locations[i] = (AnnChunkLocation){ .index = indices[i],
                                         .length = ann_dtype_get_size (item->dtype) };
      for (guint axis = 0; axis < item->rank; axis++)
        locations[i].length *= item->chunk_length;
    }

  return TRUE;
}

static gboolean
test_array_fetch (AnnArray *array,
                  AnnChunkLocation *locations,
                  gsize n,
                  guint8 **bytes,
                  G_GNUC_UNUSED GCancellable *cancellable,
                  GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  Item *item = TEST_ARRAY (array)->item;

  gate_pass ();
  for (gsize i = 0; i < n; i++)
    {
      guint64 index = locations[i].index;
      guint64 start[ANN_MAX_RANK];
      guint64 count[ANN_MAX_RANK];
      guint64 chunk_shape[ANN_MAX_RANK];

      g_atomic_int_inc (&counts.n_chunks);
      if (!count_call (&counts.n_reads, error))
        return FALSE;
      for (guint axis = item->rank; axis-- > 0;)
        {
          guint64 n_chunks = (item->shape[axis] - 1) / item->chunk_length + 1;

          start[axis] = index % n_chunks * item->chunk_length;
          count[axis] = MIN (item->chunk_length, item->shape[axis] - start[axis]);
          chunk_shape[axis] = item->chunk_length;
          index /= n_chunks;
        }
      memset (bytes[i], 0xee, locations[i].length);
      _ann_box_copy (item->rank, ann_dtype_get_size (item->dtype), count, item->values, item->shape,
                     start, bytes[i], chunk_shape, origin);
    }

  return TRUE;
}

static AnnStrings *
test_array_read_strings (AnnArray *array,
                         const AnnBox *box,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         GError **error)
{
  Item *item = TEST_ARRAY (array)->item;
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  guint64 width = 1;
  guint64 n = 1;

  gate_pass ();
  for (guint i = 0; i < box->rank; i++)
    {
      n *= box->count[i];
      width *= i > 0 ? item->shape[i] : 1;
    }
  g_atomic_int_add (&counts.n_values, (int) n);
  if (!count_call (&counts.n_reads, error))
    return NULL;

  for (guint64 i = 0; i < n; i++) /* boxes are whole but along the first axis */
    {
      gsize length;
      guint64 at = (box->rank > 0 ? box->start[0] * width : 0) + i;
      const char *text = ann_strings_get (item->texts, at, &length);

      g_assert_true (ann_strings_append (texts, text, length, error));
    }

  return g_steal_pointer (&texts);
}

static AnnArray *
test_array_open_field (AnnArray *array, const char *name, GError **error)
{
  Item *item = TEST_ARRAY (array)->item;

  for (guint i = 0; item->field_names != NULL && item->field_names[i] != NULL; i++)
    {
      if (strcmp (item->field_names[i], name) == 0)
        return test_array_new (item->fields[i], ann_array_get_path (array));
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "No field %s", name);
  return NULL;
}

static void
test_array_class_init (TestArrayClass *klass)
{
  AnnArrayClass *array_class = ANN_ARRAY_CLASS (klass);

  array_class->locate = test_array_locate;
  array_class->fetch = test_array_fetch;
  array_class->read_box = test_array_read_box;
  array_class->read_strings = test_array_read_strings;
  array_class->open_field = test_array_open_field;
}

static void
test_array_init (G_GNUC_UNUSED TestArray *self)
{
}

static AnnArray *
test_array_new (Item *item, const char *path)
{
  TestArray *self = g_object_new (TEST_TYPE_ARRAY, NULL);
  AnnCodecChain *codecs = NULL;
  guint64 chunk_shape[ANN_MAX_RANK];

  self->item = item;
  for (guint i = 0; i < item->rank; i++)
    chunk_shape[i] = item->chunk_length;
  if (item->lacks_codec)
    {
      g_autoptr (AnnCodec) codec = ann_codec_new_missing ("brotli");

      codecs = ann_codec_chain_new ();
      ann_codec_chain_append (codecs, ann_codec_ref (codec));
    }
  _ann_array_set_info (
      ANN_ARRAY (self),
      &(AnnArrayInfo){
          .path = path,
          .dtype = item->dtype,
          .type_description = item->description != NULL ? item->description
                                                        : ann_dtype_get_name (item->dtype),
          .rank = item->rank,
          .shape = item->shape,
          .layout = item->chunk_length > 0 ? ANN_LAYOUT_CHUNKED : ANN_LAYOUT_CONTIGUOUS,
          .chunk_shape = item->chunk_length > 0 ? chunk_shape : NULL,
          .codecs = codecs,
          .field_names = (const char *const *) item->field_names,
      });
  g_clear_pointer (&codecs, ann_codec_chain_unref);

  return ANN_ARRAY (self);
}

/* --- Nodes --- */

#define TEST_TYPE_NODE (test_node_get_type ())
G_DECLARE_FINAL_TYPE (TestNode, test_node, TEST, NODE, AnnNode)

struct _TestNode {
  AnnNode parent_instance;
  Item *item;
};

G_DEFINE_FINAL_TYPE (TestNode, test_node, ANN_TYPE_NODE)

static AnnNode *
test_node_new (Item *item, const char *path)
{
  TestNode *self = g_object_new (TEST_TYPE_NODE, NULL);

  self->item = item;
  _ann_node_set_info (ANN_NODE (self), item->kind, path, "hard");
  _ann_node_set_identity (ANN_NODE (self), 0, (guintptr) item);

  return ANN_NODE (self);
}

static AnnAttributes *
test_node_read_attributes (AnnNode *node, G_GNUC_UNUSED GCancellable *cancellable, GError **error)
{
  if (!count_call (&counts.n_attributes, error))
    return NULL;

  return ann_attributes_ref (TEST_NODE (node)->item->attributes);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char **
test_node_list_children (AnnNode *node, G_GNUC_UNUSED GCancellable *cancellable, GError **error)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  if (!count_call (&counts.n_lists, error))
    {
      g_ptr_array_unref (names);
      return NULL;
    }

  g_hash_table_iter_init (&iter, TEST_NODE (node)->item->children);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}

static AnnNode *
test_node_open_child (AnnNode *node,
                      const char *name,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  Item *child = g_hash_table_lookup (TEST_NODE (node)->item->children, name);
  g_autofree char *path = _ann_path_join (ann_node_get_path (node), name);
  int ignored = 0;

  if (!count_call (&ignored, error))
    return NULL;
  if (child == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s is not there", path);
      return NULL;
    }

  return test_node_new (child, path);
}

static AnnArray *
test_node_open_array (AnnNode *node, G_GNUC_UNUSED GCancellable *cancellable, GError **error)
{
  if (!count_call (&counts.n_opened_arrays, error))
    return NULL;

  return test_array_new (TEST_NODE (node)->item, ann_node_get_path (node));
}

static void
test_node_class_init (TestNodeClass *klass)
{
  AnnNodeClass *node_class = ANN_NODE_CLASS (klass);

  node_class->read_attributes = test_node_read_attributes;
  node_class->list_children = test_node_list_children;
  node_class->open_child = test_node_open_child;
  node_class->open_array = test_node_open_array;
}

static void
test_node_init (G_GNUC_UNUSED TestNode *self)
{
}

/* --- The store --- */

/* Owns all items; the nodes and arrays of a test must be gone before it is. */
typedef struct {
  GPtrArray *items;
  Item *root;
} Store;

static void
item_free (gpointer data)
{
  Item *item = data;

  ann_attributes_unref (item->attributes);
  g_hash_table_unref (item->children);
  g_free (item->values);
  g_clear_pointer (&item->texts, ann_strings_unref);
  g_strfreev (item->field_names);
  g_free (item->fields);
  g_free (item);
}

static Item *
store_add (Store *self, Item *parent, const char *name, AnnNodeKind kind)
{
  Item *item = g_new0 (Item, 1);

  item->kind = kind;
  item->attributes = ann_attributes_new ();
  item->children = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->items, item);
  if (parent != NULL)
    g_hash_table_insert (parent->children, g_strdup (name), item);

  return item;
}

G_GNUC_UNUSED static Store *
store_new (void)
{
  Store *self = g_new0 (Store, 1);

  self->items = g_ptr_array_new_with_free_func (item_free);
  self->root = store_add (self, NULL, NULL, ANN_NODE_GROUP);
  counts_reset ();

  return self;
}

static void
store_free (Store *self)
{
  g_ptr_array_unref (self->items);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, store_free)

G_GNUC_UNUSED static AnnNode *
store_open_root (Store *self)
{
  return test_node_new (self->root, "");
}

G_GNUC_UNUSED static Item *
store_add_group (Store *self, Item *parent, const char *name)
{
  return store_add (self, parent, name, ANN_NODE_GROUP);
}

/* @values: copied; NULL for zeros that take no memory. */
G_GNUC_UNUSED static Item *
store_add_box (Store *self,
               Item *parent,
               const char *name,
               AnnDtype dtype,
               guint rank,
               const guint64 *shape,
               gconstpointer values)
{
  Item *item = store_add (self, parent, name, ANN_NODE_ARRAY);
  gsize n = 1;

  item->dtype = dtype;
  item->rank = rank;
  for (guint i = 0; i < rank; i++)
    {
      item->shape[i] = shape[i];
      n *= shape[i];
    }
  if (values != NULL)
    item->values = g_memdup2 (values, MAX (n * ann_dtype_get_size (dtype), 1));

  return item;
}

G_GNUC_UNUSED static Item *
store_add_vector (Store *self,
                  Item *parent,
                  const char *name,
                  AnnDtype dtype,
                  guint64 n,
                  gconstpointer values)
{
  return store_add_box (self, parent, name, dtype, 1, &n, values);
}

/* @texts: %NULL-terminated. */
G_GNUC_UNUSED static Item *
store_add_texts (Store *self, Item *parent, const char *name, const char *const *texts)
{
  Item *item = store_add (self, parent, name, ANN_NODE_ARRAY);

  item->dtype = ANN_DTYPE_STRING;
  item->rank = 1;
  item->texts = ann_strings_new ();
  for (; *texts != NULL; texts++)
    {
      g_assert_true (ann_strings_append (item->texts, *texts, -1, NULL));
      item->shape[0]++;
    }

  return item;
}

/* The second link to an item. */
G_GNUC_UNUSED static void
store_link (Item *parent, const char *name, Item *item)
{
  g_hash_table_insert (parent->children, g_strdup (name), item);
}

G_GNUC_UNUSED static void
item_set_text (Item *item, const char *name, const char *value)
{
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  g_assert_true (ann_strings_append (texts, value, -1, NULL));
  ann_attributes_add_texts (item->attributes, name, TRUE, texts);
}

G_GNUC_UNUSED static void
item_set_texts (Item *item, const char *name, const char *const *values)
{
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  for (; *values != NULL; values++)
    g_assert_true (ann_strings_append (texts, *values, -1, NULL));
  ann_attributes_add_texts (item->attributes, name, FALSE, texts);
}

G_GNUC_UNUSED static void
item_set_numbers (Item *item, const char *name, AnnDtype dtype, guint64 n, gconstpointer values)
{
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (dtype, n, NULL);

  if (n > 0)
    memcpy (ann_buffer_get_data_for_writing (buffer), values, n * ann_dtype_get_size (dtype));
  ann_attributes_add_numbers (item->attributes, name, buffer);
}

G_GNUC_UNUSED static void
item_set_encoding (Item *item, const char *type, const char *version)
{
  item_set_text (item, "encoding-type", type);
  item_set_text (item, "encoding-version", version);
}

/* --- What tests of every kind do --- */

/* Opens a child of the root, whatever its state. */
G_GNUC_UNUSED static AnnElement *
open_child (Store *store, const char *name)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnElement *element = _ann_element_open_child_of (root, name, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (element);

  return element;
}

/* … which must be in order and of this kind. */
G_GNUC_UNUSED static AnnElement *
open_good (Store *store, const char *name, AnnElementKind kind)
{
  AnnElement *element = open_child (store, name);

  g_assert_no_error (ann_element_get_error (element));
  g_assert_cmpint (ann_element_get_state (element), ==, ANN_ELEMENT_OK);
  g_assert_cmpint (ann_element_get_kind (element), ==, kind);

  return element;
}

/* … or broken, with @words in the reason. */
G_GNUC_UNUSED static void
assert_broken (AnnElement *element, AnnElementState state, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ann_element_get_state (element), ==, state);
  g_assert_nonnull (ann_element_get_error (element));
  if (strstr (ann_element_get_error (element)->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, ann_element_get_error (element)->message);
  g_assert_null (ann_element_read_rows (element, 0, 0, NULL, &error));
  g_assert_error (error, ann_element_get_error (element)->domain,
                  ann_element_get_error (element)->code);
}

G_GNUC_UNUSED static void
assert_warns (AnnElement *element, const char *words)
{
  const char *const *warnings = ann_element_get_warnings (element);

  for (guint i = 0; warnings[i] != NULL; i++)
    {
      if (strstr (warnings[i], words) != NULL)
        return;
    }
  g_error ("No warning says “%s”", words);
}

G_GNUC_UNUSED static AnnBlock *
read_rows (AnnElement *element, guint64 start, guint64 count)
{
  g_autoptr (GError) error = NULL;
  AnnBlock *block = ann_element_read_rows (element, start, count, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (block);
  g_assert_cmpuint (block->start, ==, start);
  g_assert_cmpuint (block->count, ==, count);

  return block;
}

G_GNUC_UNUSED static void
assert_text (const AnnStrings *texts, gsize index, const char *expected)
{
  g_assert_cmpstr (ann_strings_get (texts, index, NULL), ==, expected);
}

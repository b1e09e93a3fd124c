/* ann-python-element.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-element.h"

#include "ann-python-buffer.h"
#include "ann-python-call.h"
#include "ann-python-error.h"
#include "ann-python-report.h"
#include "ann-python-texts.h"

/* Never changed. @store: whose it is, for errors */
typedef struct {
  PyObject_HEAD AnnElement *element;
  char *store;
} Element;

PyObject *
ann_python_element_new (AnnPythonState *state, AnnElement *element, const char *store)
{
  Element *self = (Element *) PyType_GenericAlloc (state->element_type, 0);

  if (self == NULL)
    {
      g_object_unref (element);
      return NULL;
    }

  self->element = element;
  self->store = g_strdup (store);

  return (PyObject *) self;
}

AnnElement *
ann_python_element_get (PyObject *object)
{
  return ((Element *) object)->element;
}

const char *
ann_python_element_get_store (PyObject *object)
{
  return ((Element *) object)->store;
}

static void
finalize (PyObject *object)
{
  Element *self = (Element *) object;
  PyTypeObject *type = Py_TYPE (object);

  g_object_unref (self->element);
  g_free (self->store);
  PyObject_Free (object);
  Py_DECREF (type);
}

/* --- What metadata tell --- */

static PyObject *
get_path (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return ann_python_make_text (ann_element_get_path (((Element *) object)->element));
}

static PyObject *
get_store (PyObject *object, G_GNUC_UNUSED void *closure)
{
  g_autofree char *shown = ann_location_hide_secrets (((Element *) object)->store);

  return ann_python_make_text (shown);
}

static PyObject *
get_kind (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return ann_python_make_text (
      ann_element_kind_get_name (ann_element_get_kind (((Element *) object)->element)));
}

static PyObject *
get_encoding (PyObject *object, G_GNUC_UNUSED void *closure)
{
  AnnElement *element = ((Element *) object)->element;

  return Py_BuildValue ("NN", ann_python_make_text (ann_element_get_encoding_type (element)),
                        ann_python_make_text (ann_element_get_encoding_version (element)));
}

static PyObject *
get_state (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return ann_python_make_text (
      ann_element_state_get_name (ann_element_get_state (((Element *) object)->element)));
}

static PyObject *
get_error (PyObject *object, G_GNUC_UNUSED void *closure)
{
  const GError *error = ann_element_get_error (((Element *) object)->element);

  return error != NULL ? ann_python_make_text (error->message) : Py_NewRef (Py_None);
}

static PyObject *
get_warnings (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return ann_python_list_texts (ann_element_get_warnings (((Element *) object)->element));
}

static PyObject *
get_shape (PyObject *object, G_GNUC_UNUSED void *closure)
{
  AnnElement *element = ((Element *) object)->element;
  const guint rank = ann_element_get_rank (element);
  PyObject *shape = PyTuple_New (rank);

  for (guint i = 0; shape != NULL && i < rank; i++)
    {
      PyObject *length = PyLong_FromUnsignedLongLong (ann_element_get_length (element, i));

      if (length == NULL)
        Py_CLEAR (shape);
      else
        PyTuple_SetItem (shape, i, length);
    }

  return shape;
}

/* As numpy writes it; `None` for what has no numbers. */
static PyObject *
make_dtype (AnnDtype dtype)
{
  if (ann_dtype_get_size (dtype) == 0)
    Py_RETURN_NONE;

  return ann_python_make_text (ann_dtype_get_numpy_name (dtype));
}

static PyObject *
get_dtype (PyObject *object, G_GNUC_UNUSED void *closure)
{
  AnnElement *element = ((Element *) object)->element;

  const char *time_type = ann_element_get_time_type (element);

  if (ANN_IS_CATEGORICAL (element))
    Py_RETURN_NONE;
  if (time_type != NULL)
    return ann_python_make_text (time_type);

  return make_dtype (ann_element_get_dtype (element));
}

/* The array that has its values; (nullable) */
static AnnArray *
find_array (AnnElement *element)
{
  gsize n_arrays;
  AnnArray **arrays = ann_element_list_arrays (element, &n_arrays);
  AnnArray *first = n_arrays > 0 ? g_object_ref (arrays[0]) : NULL;

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);

  return first;
}

/* Of sequences: the type of their numbers. */
static PyObject *
get_item_dtype (PyObject *object, G_GNUC_UNUSED void *closure)
{
  g_autoptr (AnnArray) array = find_array (((Element *) object)->element);

  return make_dtype (array != NULL ? ann_array_get_item_dtype (array) : ANN_DTYPE_OTHER);
}

static PyObject *
get_n_stored (PyObject *object, G_GNUC_UNUSED void *closure)
{
  AnnElement *element = ((Element *) object)->element;
  const guint64 n_stored = ANN_IS_SPARSE (element) ? ann_sparse_get_n_stored (ANN_SPARSE (element))
                                                   : G_MAXUINT64;

  if (n_stored == G_MAXUINT64)
    Py_RETURN_NONE;

  return PyLong_FromUnsignedLongLong (n_stored);
}

static PyObject *
get_ordered (PyObject *object, G_GNUC_UNUSED void *closure)
{
  AnnElement *element = ((Element *) object)->element;

  return PyBool_FromLong (ANN_IS_CATEGORICAL (element)
                          && ann_categorical_get_ordered (ANN_CATEGORICAL (element)));
}

static PyObject *
get_index_name (PyObject *object, G_GNUC_UNUSED void *closure)
{
  AnnElement *element = ((Element *) object)->element;
  const char *name = ANN_IS_FRAME (element) ? ann_frame_get_index_name (ANN_FRAME (element)) : NULL;

  return name != NULL ? ann_python_make_text (name) : Py_NewRef (Py_None);
}

/* --- What lies in it --- */

/**
 * Job:
 * @element: of whom
 * @name: (nullable): of a child
 * @child: it, or an index
 * @names: of all children
 * @block: what was read
 *
 * What a thread without Python does.
 */
typedef struct {
  AnnElement *element;
  char *name;
  AnnElement *child;
  char **names;
  AnnBlock *block;
} Job;

static gboolean
run (PyObject *object, AnnPythonFunc func, Job *job)
{
  Element *self = (Element *) object;
  AnnPythonCall call = { .func = func, .data = job };
  gboolean is_right;

  job->element = self->element;
  is_right = ann_python_call (&call);
  if (call.error != NULL)
    ann_python_raise (ann_python_get_state (object), call.error, self->store);
  g_clear_error (&call.error);

  return is_right;
}

static gboolean
list_children (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->names = ann_element_list_children (job->element, cancellable, error);

  return job->names != NULL;
}

static PyObject *
children (PyObject *object, G_GNUC_UNUSED PyObject *unused)
{
  Job job = { .element = NULL };
  PyObject *list = NULL;

  if (run (object, list_children, &job))
    list = ann_python_list_texts ((const char *const *) job.names);
  g_strfreev (job.names);

  return list;
}

static gboolean
open_child (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->child = ann_element_open_child (job->element, job->name, cancellable, error);

  return job->child != NULL;
}

static gboolean
open_index (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->child = ann_frame_open_index (ANN_FRAME (job->element), cancellable, error);

  return job->child != NULL;
}

static PyObject *
open_element (PyObject *object, AnnPythonFunc func, char *name)
{
  Job job = { .name = name };

  if (!run (object, func, &job))
    return NULL;

  return ann_python_element_new (ann_python_get_state (object), job.child,
                                 ((Element *) object)->store);
}

static PyObject *
child (PyObject *object, PyObject *arguments)
{
  g_autofree char *name = NULL;
  PyObject *bytes;

  if (!PyArg_ParseTuple (arguments, "S", &bytes))
    return NULL;
  name = g_strdup (PyBytes_AsString (bytes));

  return open_element (object, open_child, name);
}

static PyObject *
get_index (PyObject *object, G_GNUC_UNUSED PyObject *unused)
{
  if (!ANN_IS_FRAME (((Element *) object)->element))
    return PyErr_Format (PyExc_TypeError, "only a table has an index");

  return open_element (object, open_index, NULL);
}

static PyObject *
get_categories (PyObject *object, G_GNUC_UNUSED PyObject *unused)
{
  Element *self = (Element *) object;

  if (!ANN_IS_CATEGORICAL (self->element))
    return PyErr_Format (PyExc_TypeError, "only a categorical has categories");

  return ann_python_element_new (
      ann_python_get_state (object),
      g_object_ref (ann_categorical_get_categories (ANN_CATEGORICAL (self->element))), self->store);
}

/* --- Its values --- */

/* What Python gets it may change: so it has to be its own. */
static gboolean
take_own (AnnBuffer **buffer, GError **error)
{
  if (*buffer == NULL)
    return TRUE;

  *buffer = ann_buffer_make_writable (*buffer, error);

  return *buffer != NULL;
}

/* All of it: of a matrix that is sparse by columns these, in their order. */
static gboolean
read_block (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (AnnBlock) block = NULL;

  if (ANN_IS_AWKWARD (job->element))
    block = ann_awkward_read_marked_rows (
        ANN_AWKWARD (job->element), 0, ann_element_get_n_rows (job->element), cancellable, error);
  else if (ann_element_get_kind (job->element) == ANN_ELEMENT_CSC)
    block = ann_element_read_columns (job->element, 0, ann_element_get_length (job->element, 1),
                                      cancellable, error);
  else
    block = ann_element_read_rows (job->element, 0, ann_element_get_n_rows (job->element),
                                   cancellable, error);
  if (block == NULL)
    return FALSE;

  /* Its buffers outlive it: if nobody else has them, they are ours without a copy. */
  job->block = ann_block_new (block->start, block->count, block->width);
  job->block->texts = block->texts != NULL ? ann_strings_ref (block->texts) : NULL;
  job->block->values = block->values != NULL ? ann_buffer_ref (block->values) : NULL;
  job->block->missing = block->missing != NULL ? ann_buffer_ref (block->missing) : NULL;
  job->block->indptr = block->indptr != NULL ? ann_buffer_ref (block->indptr) : NULL;
  job->block->indices = block->indices != NULL ? ann_buffer_ref (block->indices) : NULL;
  g_clear_pointer (&block, ann_block_unref);

  return take_own (&job->block->values, error) && take_own (&job->block->missing, error)
         && take_own (&job->block->indptr, error) && take_own (&job->block->indices, error);
}

static PyObject *
make_buffer (AnnPythonState *state, AnnBuffer **buffer)
{
  if (*buffer == NULL)
    Py_RETURN_NONE;

  return ann_python_buffer_new (state, g_steal_pointer (buffer));
}

/* As anndata does: bytes of a fixed length are text where nothing says that they are plain. */
static gboolean
are_bytes (AnnElement *element)
{
  g_autoptr (AnnArray) array = find_array (element);

  return ann_element_get_dtype (element) == ANN_DTYPE_BYTES
         && ((array != NULL && ann_array_is_variable (array))
             || g_strcmp0 (ann_element_get_encoding_type (element), "array") == 0);
}

static PyObject *
make_texts (AnnElement *element, const AnnStrings *texts)
{
  if (texts == NULL)
    Py_RETURN_NONE;

  return ann_python_list_strings (texts, are_bytes (element));
}

static PyObject *
read_values (PyObject *object, G_GNUC_UNUSED PyObject *unused)
{
  AnnPythonState *state = ann_python_get_state (object);
  AnnElement *element = ((Element *) object)->element;
  Job job = { .element = NULL };
  PyObject *values = NULL;

  if (run (object, read_block, &job))
    values = PyStructSequence_New (state->values_type);
  if (values != NULL)
    {
      PyStructSequence_SetItem (values, 0, make_buffer (state, &job.block->values));
      PyStructSequence_SetItem (values, 1, make_texts (element, job.block->texts));
      PyStructSequence_SetItem (values, 2, make_buffer (state, &job.block->missing));
      PyStructSequence_SetItem (values, 3, make_buffer (state, &job.block->indptr));
      PyStructSequence_SetItem (values, 4, make_buffer (state, &job.block->indices));
    }
  g_clear_pointer (&job.block, ann_block_unref);
  if (PyErr_Occurred ())
    Py_CLEAR (values);

  return values;
}

static PyGetSetDef getters[] = {
  { "path", get_path, NULL, "Where it lies in its store", NULL },
  { "store", get_store, NULL, "The address of its store, without secrets", NULL },
  { "kind", get_kind, NULL, "What it is", NULL },
  { "encoding", get_encoding, NULL, "Its encoding-type and encoding-version", NULL },
  { "state", get_state, NULL, "Whether it can be read", NULL },
  { "error", get_error, NULL, "Why not, or None", NULL },
  { "warnings", get_warnings, NULL, "What is odd about it", NULL },
  { "shape", get_shape, NULL, "The length of each axis", NULL },
  { "dtype", get_dtype, NULL, "The type of its numbers as numpy writes it, or None", NULL },
  { "item_dtype", get_item_dtype, NULL, "The type of the numbers of its sequences", NULL },
  { "n_stored", get_n_stored, NULL, "How many values a sparse matrix stores, or None", NULL },
  { "ordered", get_ordered, NULL, "Whether the categories have an order", NULL },
  { "index_name", get_index_name, NULL, "What the labels of a table are called, or None", NULL },
  { .name = NULL },
};

static PyMethodDef methods[] = {
  { "children", children, METH_NOARGS, "Names of what lies in it" },
  { "child", child, METH_VARARGS, "What lies in it under a name" },
  { "index", get_index, METH_NOARGS, "The labels of the rows of a table" },
  { "categories", get_categories, METH_NOARGS, "The categories of a categorical" },
  { "read", read_values, METH_NOARGS, "All of its values" },
  { "summarize", ann_python_element_summarize, METH_NOARGS, "What it holds, in numbers" },
  { .ml_name = NULL },
};

static PyType_Slot slots[] = {
  { Py_tp_doc, "An element of a store" },
  { Py_tp_dealloc, finalize },
  { Py_tp_getset, getters },
  { Py_tp_methods, methods },
  { 0, NULL },
};

PyType_Spec ann_python_element_spec = {
  .name = "anncore._anncore.Element",
  .basicsize = sizeof (Element),
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
  .slots = slots,
};

static PyStructSequence_Field fields[] = {
  { "values", "Numbers, codes, or the stored values of a sparse matrix" },
  { "texts", "Texts, where the values are these" },
  { "missing", "Where there is no value" },
  { "indptr", "Of a sparse matrix" },
  { "indices", "Of a sparse matrix" },
  { .name = NULL },
};

PyStructSequence_Desc ann_python_values_description = {
  .name = "anncore._anncore.Values",
  .doc = "What an element holds",
  .fields = fields,
  .n_in_sequence = 5,
};

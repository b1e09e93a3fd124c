/* ann-python-buffer.c
 *
 * numpy makes an array of it by the buffer protocol: nothing is copied, and nothing of numpy is
 * needed to build this.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-buffer.h"

/* @length, @item_size: what views of it point to */
typedef struct {
  PyObject_HEAD AnnBuffer *buffer;
  Py_ssize_t length;
  Py_ssize_t item_size;
} Buffer;

/* numpy takes "q" for a type of its own where a long has 64 bits, though it is the same. */
#define FORMAT_INT64 (sizeof (long) == 8 ? "l" : "q")
#define FORMAT_UINT64 (sizeof (long) == 8 ? "L" : "Q")

/* As the module `struct` says them, with numpy's for complex numbers. */
static const char *
get_format (AnnDtype dtype)
{
  static const char *const formats[] = {
    [ANN_DTYPE_BOOL] = "?",
    [ANN_DTYPE_INT8] = "b",
    [ANN_DTYPE_INT16] = "h",
    [ANN_DTYPE_INT32] = "i",
    [ANN_DTYPE_INT64] = FORMAT_INT64,
    [ANN_DTYPE_UINT8] = "B",
    [ANN_DTYPE_UINT16] = "H",
    [ANN_DTYPE_UINT32] = "I",
    [ANN_DTYPE_UINT64] = FORMAT_UINT64,
    [ANN_DTYPE_FLOAT16] = "e",
    [ANN_DTYPE_FLOAT32] = "f",
    [ANN_DTYPE_FLOAT64] = "d",
    [ANN_DTYPE_COMPLEX64] = "Zf",
    [ANN_DTYPE_COMPLEX128] = "Zd",
  };

  return formats[dtype];
}

PyObject *
ann_python_buffer_new (AnnPythonState *state, AnnBuffer *buffer)
{
  Buffer *self = (Buffer *) PyType_GenericAlloc (state->buffer_type, 0);

  if (self == NULL)
    {
      ann_buffer_unref (buffer);
      return NULL;
    }

  self->buffer = buffer;
  self->item_size = (Py_ssize_t) ann_dtype_get_size (ann_buffer_get_dtype (buffer));
  self->length = (Py_ssize_t) ann_buffer_get_n_elements (buffer);

  return (PyObject *) self;
}

static void
finalize (PyObject *object)
{
  Buffer *self = (Buffer *) object;
  PyTypeObject *type = Py_TYPE (object);

  ann_buffer_unref (self->buffer);
  PyObject_Free (object);
  Py_DECREF (type);
}

static int
get_buffer (PyObject *object, Py_buffer *view, int flags)
{
  Buffer *self = (Buffer *) object;

  *view = (Py_buffer){
    .buf = ann_buffer_get_data_for_writing (self->buffer),
    .obj = Py_NewRef (object),
    .len = self->length * self->item_size,
    .itemsize = self->item_size,
    .ndim = 1,
    .format = (flags & PyBUF_FORMAT) != 0
                  ? (char *) get_format (ann_buffer_get_dtype (self->buffer))
                  : NULL,
    .shape = (flags & PyBUF_ND) != 0 ? &self->length : NULL,
    .strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &self->item_size : NULL,
  };

  return 0;
}

static Py_ssize_t
get_length (PyObject *object)
{
  return ((Buffer *) object)->length;
}

static PyType_Slot slots[] = {
  { Py_tp_doc, "Memory of numbers, for numpy.asarray ()" },
  { Py_tp_dealloc, finalize },
  { Py_bf_getbuffer, get_buffer },
  { Py_sq_length, get_length },
  { 0, NULL },
};

PyType_Spec ann_python_buffer_spec = {
  .name = "anncore._anncore.Buffer",
  .basicsize = sizeof (Buffer),
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
  .slots = slots,
};

#ifndef DK_NATIVE_TEXT_H
#define DK_NATIVE_TEXT_H

#include "base/buffer.h"
#include "native.h"

/* Hands the bytes of a buffer over to the caller; disposes of it when an append has failed. */
dk_status dk_native_take(dk_buf *buf, dk_native_text *out, dk_error *err);

#endif

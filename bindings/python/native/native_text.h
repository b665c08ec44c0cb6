#ifndef DK_NATIVE_TEXT_H
#define DK_NATIVE_TEXT_H

#include "base/buffer.h"
#include "io/arrow_read.h"
#include "native.h"
#include "study/config.h"

/* Hands the bytes of a buffer over to the caller; disposes of it when an append has failed. */
dk_status dk_native_take(dk_buf *buf, dk_native_text *out, dk_error *err);

/* The study that the arguments make. Its tables are arrow's (responses, customers), which lies as long as the config; dispose of the
   config also after a failure. */
dk_status dk_native_configure(const dk_native_study *study, dk_study_config *config, struct dk_arrow_table arrow[2], dk_error *err);

#endif

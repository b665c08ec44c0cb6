/* The subjects of drivkraft learn, each a command of its own behind the word learn. */
#ifndef DK_CLI_LEARN_H
#define DK_CLI_LEARN_H

#include "base/buffer.h"
#include "cli/cli.h"

extern const dk_command dk_learn_language_command, dk_learn_lemmas_command, dk_learn_compounds_command,
    dk_learn_words_command;

/* Writes text to a file that appears whole, and clears it. */
dk_status dk_learn_write(const char *path, dk_buf *text, dk_error *err);

#endif
